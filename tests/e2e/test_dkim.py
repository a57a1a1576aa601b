"""Signing and verifying on a real server: keys from the first to the last step, mail out and in, a crash in between."""
import json
import re
import smtplib
import ssl

import dkim
import posthouse
import pytest
from zones import Zone, Zones

pytestmark = pytest.mark.sanitize

PASSWORD = "password of ann"
OPTIONS = 'sign_domains = ["sign.test"]\nkey_publish_wait = "1s"\narc_trusted_sealers = ["forward.test"]\n'


def text_records(records):
    """Zone lines for (name, text)."""
    return "\n".join(f"{name} TXT " + " ".join(f'"{text[i:i + 200]}"' for i in range(0, len(text), 200)) for name, text in records)


def configure(server, options, resolver=None):
    with open(server.config, encoding="utf-8") as f:
        text = f.read()
    text = re.sub(r"\n\[plugins\.spf-dkim-dmarc\](.|\n)*?(?=\n\[|\Z)", "", text)
    if resolver:
        text = text.replace("resolvers = []", f'resolvers = ["{resolver}"]')
    if "proxy_protocol" not in text:
        text = re.sub(r"(?m)^exempt = .*$", 'trusted_proxies = ["127.0.0.1/32"]', text)
        text = re.sub(r"(?m)^(\[listeners\.smtp\])$", r"\1\nproxy_protocol = true", text)
    text = "\n".join(line for line in text.split("\n") if "catch_everything" not in line)
    with open(server.config, "w", encoding="utf-8") as f:
        f.write(text + f"\n[plugins.spf-dkim-dmarc]\n{options}\n")


def command(server, *args):
    return json.loads(server.run(*args, "--dir", str(server.folder), "--json").stdout)


def keys(server):
    return command(server, "dkim", "status", "sign.test")["items"]


def wait_for_signing(server):
    posthouse.wait_for(lambda: {k["state"] for k in keys(server)} == {"signing"}, 20, "keys that sign")


def submit(server, author="ann@sign.test", to="ann@sign.test", body="Hello\r\n", headers=""):
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    message = f"From: Ann <{author}>\r\nTo: <{to}>\r\nSubject: x\r\n{headers}\r\n{body}"
    with smtplib.SMTP_SSL("127.0.0.1", server.ports["submissions"], context=context, timeout=30) as s:
        s.login("ann", PASSWORD)
        s.sendmail(author, [to], message.encode())


def arrive(server, message, ip="192.0.2.7", sender="x@forward.test"):
    with server.raw("smtp") as c:
        c.send(f"PROXY TCP4 {ip} 198.51.100.1 4000 25\r\n".encode())
        c.reply()
        for line in ("EHLO mail.forward.test", f"MAIL FROM:<{sender}>", "RCPT TO:<ann@sign.test>", "DATA"):
            c.send(line.encode() + b"\r\n")
            reply = c.reply()
            assert reply[:1] in b"23", reply
        c.send(message.replace(b"\r\n.", b"\r\n..") + b".\r\n")
        return c.reply().decode()


def inbox(server, count):
    """All messages, once there are so many."""
    def look():
        c = server.imap(user="ann", password=PASSWORD)
        try:
            c.select("INBOX")
            numbers = c.search(None, "ALL")[1][0].split()
            return [c.fetch(n, "(BODY.PEEK[])")[1][0][1] for n in numbers] if len(numbers) >= count else None
        finally:
            c.logout()
    found = posthouse.wait_for(look, 20)
    assert found, f"not {count} messages"
    return found


def results(message):
    header = re.sub(rb"\r\n[ \t]+", b" ", message.split(b"\r\n\r\n")[0]).decode()
    (line,) = re.findall(r"(?m)^Authentication-Results: (.*)\r?$", header)
    return [e.strip() for e in line.split("; ")[1:]]


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    """A server whose keys sign, with a resolver that knows their records."""
    server = posthouse.Server(tmp_path_factory.mktemp("server") / "dir").start()
    server.stop()
    (server.folder / "domains" / "sign.test.toml").write_text("")
    configure(server, OPTIONS)
    server.run("account", "add", "--config", server.config, "--password-stdin", "ann", "ann@sign.test", input=PASSWORD + "\n")
    server.start()
    try:
        yield from living(server)
    finally:
        server.kill()


def living(server):
    made = keys(server)
    assert sorted(k["algorithm"] for k in made) == ["ed25519", "rsa"]
    assert {k["state"] for k in made} == {"generated"}
    # Nothing is signed as long as nobody could verify it.
    submit(server)
    assert b"DKIM-Signature" not in inbox(server, 1)[0]
    # What is to be published stands beside the domain's other records.
    wanted = {(r["name"], r["value"]) for r in command(server, "domain", "dns", "sign.test")["items"]}
    assert wanted >= {(k["name"], k["value"]) for k in made}
    server.kill()  # as good as any other end
    records = [(k["name"].removesuffix(".sign.test."), k["value"]) for k in made]
    zones = Zones({"sign.test": Zone("@ A 192.0.2.7\n_dmarc TXT \"v=DMARC1; p=reject\"\n" + text_records(records), signed=False, ttl=1),
                   "forward.test": Zone("@ A 192.0.2.8\n@ MX 10 mail\nmail A 192.0.2.8", signed=False)})
    with zones:
        configure(server, OPTIONS, zones.resolver)
        server.start()
        assert {k["selector"] for k in keys(server)} == {k["selector"] for k in made}
        wait_for_signing(server)
        server.published = {k["name"].rstrip("."): k["value"].encode() for k in made}
        yield server
        assert server.stop() == 0


def dns(server):
    return lambda name, timeout=5: server.published.get(name.decode().rstrip("."), b"")


def test_signed_and_verified(house):
    have = len(inbox(house, 1))
    submit(house, body="8 bit \u00fc\r\n.dot\r\n\r\n\r\n")
    ours = inbox(house, have + 1)[-1]
    assert ours.count(b"DKIM-Signature:") == 2
    for index in (0, 1):
        assert dkim.DKIM(ours).verify(index, dnsfunc=dns(house))
    # Out in the world nobody but us reads Return-Path and Delivered-To; then it comes back through a forwarder.
    message = ours[ours.index(b"DKIM-Signature:"):]
    assert arrive(house, message).startswith("250"), "DMARC: aligned by DKIM alone"
    entries = results(inbox(house, have + 2)[-1])
    assert sum(e.startswith("dkim=pass ") and "header.d=sign.test" in e for e in entries) == 2, entries
    assert "dmarc=pass header.from=sign.test" in entries
    changed = message.replace(b".dot", b".cot")
    assert arrive(house, changed).startswith("550 5.7.26")


def test_unsigned_mail_is_said_to_be(house):
    have = len(inbox(house, 1))
    assert arrive(house, b"From: x@forward.test\r\nSubject: none\r\n\r\nx\r\n").startswith("250")
    assert "dkim=none" in results(inbox(house, have + 1)[-1])


def test_notifications_are_signed(house):
    have = len(inbox(house, 1))
    submit(house, to="nobody@forward.invalid")
    told = inbox(house, have + 1)[-1]
    assert b"multipart/report" in told
    # From the server's own name, which has no keys here.
    assert b"DKIM-Signature" not in told.split(b"\r\n\r\n")[0]


def test_rotation_and_crashes(house):
    """A second generation of keys; whenever the server is killed, it goes on where it was."""
    before = {k["selector"] for k in keys(house)}
    house.run("dkim", "rotate", "sign.test", "--dir", str(house.folder))
    made = [k for k in keys(house) if k["selector"] not in before]
    assert {k["state"] for k in made} == {"generated"} and len(made) == 2
    house.kill()
    house.start()
    states = {k["selector"]: k["state"] for k in keys(house)}
    assert all(states[s] == "signing" for s in before) and all(states[k["selector"]] == "generated" for k in made)
    have = len(inbox(house, 1))
    submit(house)
    ours = inbox(house, have + 1)[-1]
    assert set(re.findall(rb"s=([^;]+);", ours.split(b"\r\n\r\n")[0])) == {s.encode() for s in before}
    denied = house.run("dkim", "generate", "sign.test", "--dir", str(house.folder), check=False)
    assert denied.returncode != 0 and "has keys already" in denied.stderr


def test_keys_that_are_lost(house):
    """What can't be signed goes unsigned, loudly, or is not taken: as the configuration says."""
    house.stop()
    with open(house.config, encoding="utf-8") as f:
        text = f.read()
    folder = house.folder / "data" / "plugin-data" / "spf-dkim-dmarc" / "secrets"
    kept = {path: path.read_bytes() for path in folder.glob("dkim-*")}
    assert len(kept) == 4 and all(path.stat().st_mode & 0o777 == 0o600 for path in kept)
    try:
        for path in kept:
            path.write_bytes(b"nonsense")
        house.start()
        have = len(inbox(house, 1))
        submit(house)
        assert b"DKIM-Signature" not in inbox(house, have + 1)[-1]
        assert "mail goes unsigned" in house.log.read_text()
        house.stop()
        configure(house, OPTIONS + 'sign_failure = "tempfail"')
        house.start()
        with pytest.raises(smtplib.SMTPDataError) as refused:
            submit(house)
        assert refused.value.smtp_code == 451
    finally:
        house.stop()
        for path, content in kept.items():
            path.write_bytes(content)
        with open(house.config, "w", encoding="utf-8") as f:
            f.write(text)
        house.start()
    have = len(inbox(house, 1))
    submit(house)
    assert inbox(house, have + 1)[-1].count(b"DKIM-Signature:") == 2


def test_switched_off(house):
    """Without the plugin mail flows, unsigned and unjudged."""
    house.stop()
    with open(house.config, encoding="utf-8") as f:
        text = f.read()
    try:
        configure(house, "enabled = false")
        house.start()
        have = len(inbox(house, 1))
        submit(house)
        assert b"DKIM-Signature" not in inbox(house, have + 1)[-1]
        assert arrive(house, b"From: x@forward.test\r\n\r\nx\r\n").startswith("250")
        assert b"Authentication-Results" not in inbox(house, have + 2)[-1]
    finally:
        house.stop()
        with open(house.config, "w", encoding="utf-8") as f:
            f.write(text)
        house.start()
