"""SPF, iprev and DMARC on a real server: zones on nsd and unbound, clients with addresses of their own by PROXY."""
import re

import posthouse
import pytest
from zones import Zone, Zones

pytestmark = pytest.mark.sanitize

ZONES = {
    "good.test": Zone("@ TXT \"v=spf1 ip4:192.0.2.7 -all\"\n_dmarc TXT \"v=DMARC1; p=reject\"\nmail A 192.0.2.7\n@ MX 10 mail\n@ A 192.0.2.7"),
    "quiet.test": Zone("@ TXT \"v=spf1 -all\"\n_dmarc TXT \"v=DMARC1; p=none\"\n@ A 192.0.2.9", signed=False),
    "bare.test": Zone("@ A 192.0.2.8\nmail A 192.0.2.8", signed=False),
    "2.0.192.in-addr.arpa": Zone("7 PTR mail.good.test.\n8 PTR wrong.bare.test.", signed=False),
}


@pytest.fixture(scope="module")
def zones():
    with Zones(ZONES) as z:
        yield z


def started(folder, zones, extra="", change=lambda text: text):
    server = posthouse.Server(folder).start()
    server.stop()
    with open(server.config, encoding="utf-8") as f:
        text = f.read()
    text = text.replace("resolvers = []", f'resolvers = ["{zones.resolver}"]')
    text = re.sub(r"(?m)^exempt = .*$", 'trusted_proxies = ["127.0.0.1/32"]', text)
    text = re.sub(r"(?m)^(\[listeners\.smtp\])$", r"\1\nproxy_protocol = true", text)
    with open(server.config, "w", encoding="utf-8") as f:
        f.write(change(text) + f"\n[plugins.spf-dkim-dmarc]\n{extra}\n")
    return server.start()


@pytest.fixture(scope="module")
def server(tmp_path_factory, zones):
    s = started(tmp_path_factory.mktemp("server") / "dir", zones)
    yield s
    assert s.stop() == 0


def deliver(server, ip, sender, text, helo="mail.good.test", to=("you@localhost",)):
    """The reply to the message, or to what was refused before."""
    with server.raw("smtp") as c:
        c.send(f"PROXY TCP4 {ip} 198.51.100.1 4000 25\r\n".encode())
        assert c.reply().startswith(b"220 ")
        c.send(f"EHLO {helo}\r\n".encode())
        assert c.reply().startswith(b"250")
        for line in (f"MAIL FROM:<{sender}>", *(f"RCPT TO:<{a}>" for a in to), "DATA"):
            c.send(line.encode() + b"\r\n")
            reply = c.reply()
            if reply[:1] not in b"23":
                return reply.decode()
        c.send(text.encode() + b".\r\n")
        return c.reply().decode()


def newest(server):
    """Header fields of the message that came last, unfolded."""
    c = server.imap()
    c.select("INBOX")
    number = c.search(None, "ALL")[1][0].split()[-1].decode()
    header = c.fetch(number, "(BODY.PEEK[HEADER])")[1][0][1].decode()
    c.logout()
    return re.sub(r"\r\n[ \t]+", " ", header).split("\r\n")


def field(fields, name):
    return [f.split(": ", 1)[1] for f in fields if f.lower().startswith(name.lower() + ":")]


def test_all_well(server):
    assert deliver(server, "192.0.2.7", "ann@good.test", "From: Ann <ann@good.test>\r\n\r\nx\r\n").startswith("250")
    fields = newest(server)
    (results,) = field(fields, "Authentication-Results")
    entries = [e.strip() for e in results.split(";")]
    assert sorted(entries[1:]) == ["dkim=none", "dmarc=pass header.from=good.test", "iprev=pass policy.iprev=192.0.2.7 (mail.good.test)",
                                   "spf=none smtp.helo=mail.good.test", "spf=pass smtp.mailfrom=ann@good.test"]
    (received,) = field(fields, "Received-SPF")
    assert received.startswith("pass (192.0.2.7 may send for good.test) receiver=" + entries[0])


def test_a_policy_is_enforced(server):
    reply = deliver(server, "192.0.2.8", "x@bare.test", "From: Ann <ann@good.test>\r\n\r\nx\r\n", helo="mail.bare.test")
    assert reply.startswith("550 5.7.26 ") and "good.test" in reply


def test_a_quiet_policy_only_tells(server):
    reply = deliver(server, "192.0.2.8", "x@quiet.test", "From: x@quiet.test\r\nSubject: told\r\n\r\nx\r\n", helo="mail.bare.test")
    assert reply.startswith("250")
    (results,) = field(newest(server), "Authentication-Results")
    assert "spf=fail smtp.mailfrom=x@quiet.test" in results and "dmarc=fail header.from=quiet.test" in results
    assert "spf=none smtp.helo=mail.bare.test" in results and "iprev=permerror policy.iprev=192.0.2.8" in results


def test_forged_results_go(server):
    (name,) = {r.split(";")[0] for r in field(newest(server), "Authentication-Results")}
    forged = f"Authentication-Results: {name}; dmarc=pass header.from=good.test\r\n"
    others = "Authentication-Results: mx.elsewhere.example; spf=pass\r\n"
    assert deliver(server, "192.0.2.8", "x@bare.test", forged + others + "From: x@bare.test\r\n\r\nx\r\n", helo="mail.bare.test").startswith("250")
    ours, theirs = field(newest(server), "Authentication-Results")
    assert "dmarc=none header.from=bare.test" in ours and "dmarc=pass" not in ours and theirs.startswith("mx.elsewhere.example")


def test_off(tmp_path, zones):
    """Mail flows, nothing is refused, no field is added."""
    server = started(tmp_path / "dir", zones, "enabled = false")
    try:
        reply = deliver(server, "192.0.2.8", "x@bare.test", "From: Ann <ann@good.test>\r\n\r\nx\r\n", helo="mail.bare.test")
        assert reply.startswith("250")
        fields = newest(server)
        assert field(fields, "Authentication-Results") == field(fields, "Received-SPF") == []
    finally:
        assert server.stop() == 0


def test_not_enforced(tmp_path, zones):
    server = started(tmp_path / "dir", zones, "dmarc_enforce = false")
    try:
        assert deliver(server, "192.0.2.8", "x@bare.test", "From: Ann <ann@good.test>\r\n\r\nx\r\n", helo="mail.bare.test").startswith("250")
        (results,) = field(newest(server), "Authentication-Results")
        assert "dmarc=fail (p=reject) header.from=good.test" in results
    finally:
        assert server.stop() == 0


def test_loopback_is_exempt(make_server):
    """localserve without a resolver: no check can be made, and none is."""
    server = make_server().start()
    server.send(b"From: a@example.org\r\n\r\nx\r\n", to=("you@localhost", "you+b@localhost"))
    assert field(newest(server), "Authentication-Results") == []
    assert server.stop() == 0
