"""Real questions: signed, unsigned and bogus zones on nsd behind unbound, resolvers that lie, die or say nothing, and what
the server makes of the answers when strangers introduce themselves."""
import json
import re
import socket
import subprocess
import threading
import time

import posthouse
import pytest
from zones import Zone, Zones, free_port

MAIL_KEY = "0d6fce3b5a9c5e5b8f4b0c7f0c7b2b2d5e1b1d5c0a3c1e7f5a6b7c8d9e0f1a2b"
RECORDS = f"""
@ MX 20 backup
@ MX 10 mail
@ TXT "v=spf1 mx " "-all"
@ CAA 128 issue "ca.example; policy=ev"
mail A 192.0.2.25
mail A 192.0.2.26
mail AAAA 2001:db8::25
_25._tcp.mail TLSA 3 1 1 {MAIL_KEY}
_imaps._tcp SRV 10 5 993 mail
null MX 0 .
client A 192.0.2.77
www CNAME web
web CNAME mail
gone CNAME nothing
loop CNAME loop2
loop2 CNAME loop
many CNAME elsewhere.plain.test.
""" + "".join(f"long{n} CNAME long{n + 1}\n" for n in range(20)) + "long20 A 192.0.2.1\n" + "".join(
    f"crowd MX {n} mx{n}\n" for n in range(500)) + "big TXT " + " ".join(f'"{"x" * 250}"' for _ in range(40)) + "\n"

ZONES = {
    "signed.test": RECORDS,
    "plain.test": Zone("@ MX 10 mail\nmail A 192.0.2.30\nelsewhere A 192.0.2.31\nto CNAME mail.signed.test.\n", signed=False),
    "bogus.test": Zone("@ MX 10 mail\nmail A 192.0.2.40\n", bogus=True),
    "2.0.192.in-addr.arpa": Zone("25 PTR mail.signed.test.\n", signed=False),
}


@pytest.fixture(scope="module")
def zones():
    with Zones(ZONES) as z:
        yield z


def look_up(resolver, kind, name, *options):
    """The exit code, and what is told."""
    r = subprocess.run([str(posthouse.PROGRAM), "dns", "lookup", kind, name, "--resolver", resolver, "--json", *options],
                       capture_output=True, text=True, timeout=60)
    assert r.stdout, r.stderr
    return r.returncode, json.loads(r.stdout)


def values(told):
    return [r.get("value", r.get("hex")) for r in told["records"]]


@pytest.mark.parametrize("kind, name, outcome, security, expected", (
    ("MX", "signed.test", "found", "secure", ["mail.signed.test", "backup.signed.test"]),
    ("TXT", "signed.test", "found", "secure", ["v=spf1 mx -all"]),
    ("CAA", "signed.test", "found", "secure", ["issue=ca.example; policy=ev"]),
    ("TLSA", "_25._tcp.mail.signed.test", "found", "secure", ["030101" + MAIL_KEY]),
    ("SRV", "_imaps._tcp.signed.test", "found", "secure", ["mail.signed.test"]),
    ("NS", "signed.test", "found", "secure", ["ns.signed.test"]),
    ("AAAA", "MAIL.Signed.Test.", "found", "secure", ["2001:db8::25"]),
    ("MX", "null.signed.test", "found", "secure", ["."]),
    ("CNAME", "www.signed.test", "found", "secure", ["web.signed.test"]),
    ("PTR", "192.0.2.25", "found", "insecure", ["mail.signed.test"]),
    ("MX", "mail.signed.test", "no data", "secure", []),
    ("A", "nothing.signed.test", "no name", "secure", []),
    ("A", "plain.test", "no data", "insecure", []),
    ("MX", "plain.test", "found", "insecure", ["mail.plain.test"]),
    ("A", "nothing.plain.test", "no name", "insecure", []),
    ("MX", "bogus.test", "temporary", "bogus", []),
    ("A", "mail.bogus.test", "temporary", "bogus", []),
    ("A", "localhost", "found", "indeterminate", ["127.0.0.1"]),
    ("A", "x.onion", "no name", "indeterminate", []),
))
def test_answers(zones, kind, name, outcome, security, expected):
    code, told = look_up(zones.resolver, kind, name)
    assert (told["outcome"], told["security"], values(told)) == (outcome, security, expected), told
    assert code == {"found": 0, "temporary": 3}.get(outcome, 1)


def test_aliases(zones):
    _, told = look_up(zones.resolver, "A", "www.signed.test")
    assert told["name"] == "mail.signed.test" and sorted(values(told)) == ["192.0.2.25", "192.0.2.26"]
    assert told["security"] == "secure"
    # As secure as the weakest link, in both directions.
    for name in ("many.signed.test", "to.plain.test"):
        _, told = look_up(zones.resolver, "A", name)
        assert (told["outcome"], told["security"]) == ("found", "insecure"), told
    _, told = look_up(zones.resolver, "A", "gone.signed.test")
    assert (told["outcome"], told["name"], told["security"]) == ("no name", "nothing.signed.test", "secure")


def test_aliases_without_an_end(zones):
    for resolver in (zones.resolver, zones.authority):
        code, told = look_up(resolver, "A", "loop.signed.test")
        assert (code, told["outcome"]) == (3, "temporary")
    # nsd gives the whole of it: the chain is cut here.
    assert "more than 16 aliases" in look_up(zones.authority, "A", "long0.signed.test")[1]["text"]
    assert look_up(zones.authority, "A", "long10.signed.test")[1]["name"] == "long20.signed.test"


def test_what_does_not_fit_into_a_datagram(zones):
    _, told = look_up(zones.resolver, "TXT", "big.signed.test")
    assert values(told) == ["x" * 10000] and told["security"] == "secure"
    _, told = look_up(zones.resolver, "MX", "crowd.signed.test")
    assert [r["preference"] for r in told["records"]] == list(range(500))


def test_reasons(zones):
    told = look_up(zones.resolver, "MX", "bogus.test")[1]
    assert re.search(r"SERVFAIL \(DNS", told["text"]), told
    told = look_up(f"127.0.0.1:{free_port()}", "MX", "signed.test")[1]
    assert told["outcome"] == "temporary" and "refused" in told["text"]


def test_command_line(zones):
    def run(*args):
        return subprocess.run([str(posthouse.PROGRAM), "dns", "lookup", *args], capture_output=True, text=True)
    r = run("MX", "signed.test", "--resolver", zones.resolver)
    assert r.returncode == 0 and re.match(
        r"signed\.test \d+ MX 10 mail\.signed\.test\nsigned\.test \d+ MX 20 backup\.signed\.test\n; found, secure, ", r.stdout)
    for args, code, text in (((), 2, "usage"), (("MX",), 2, "usage"), (("XX", "a.test"), 2, "'XX' is none of A NS"),
                             (("A", "a..test", "--resolver", zones.resolver), 1, "not a domain name"),
                             (("A", "a.test", "--resolver", "here"), 1, "'here' is not an address"),
                             (("A", "a.test", "--config", "/nowhere/x.toml"), 1, "/nowhere/x.toml")):
        r = run(*args)
        assert r.returncode == code and text in r.stderr, (args, r)


def test_configuration_is_checked(tmp_path):
    file = tmp_path / "posthouse.toml"
    for line, problem in (('resolvers = ["127.0.0.1:5301", "::1"]\ntrusted = ["192.0.2.0/24"]', None), ("resolvers = []", None),
                          ('resolvers = ["ns.example"]', "'dns.resolvers': 'ns.example' is not an address"),
                          ('trusted = ["here"]', "'dns.trusted': 'here' is not a network")):
        file.write_text(f'hostname = "mail.example.org"\n[dns]\n{line}\n')
        r = subprocess.run([str(posthouse.PROGRAM), "config", "check", "--config", str(file)], capture_output=True, text=True)
        assert (r.returncode == 0) == (problem is None) and (problem or "") in r.stderr, r
        assert problem is None or f"{file}:2" in r.stderr


class Liar(threading.Thread):
    """A UDP server that sends what `lies` makes of a query, or nothing."""

    def __init__(self, lies, ip="127.0.0.1"):
        super().__init__(daemon=True)
        self.socket = socket.socket(socket.AF_INET6 if ":" in ip else socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind((ip, 0))
        self.other = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.lies, self.queries = lies, []
        self.address = (f"[{ip}]" if ":" in ip else ip) + f":{self.socket.getsockname()[1]}"
        self.start()

    def run(self):
        while True:
            query, client = self.socket.recvfrom(4096)
            self.queries.append(query)
            self.lies(self, query, client)


def forged(query, ident=None, ip=b"\xc6\x33\x64\x01"):
    """An A record for what was asked, authentic of course."""
    end = query.index(b"\0", 12) + 5
    return ((ident or query[:2]) + b"\x81\xa0\0\1\0\1\0\0\0\0" + query[12:end] +
            b"\xc0\x0c\0\1\0\1\0\0\0\x3c\0\4" + ip)


def test_forged_answers():
    def lies(server, query, client):
        for guess in range(1, 20):
            server.socket.sendto(forged(query, bytes([query[0] ^ guess, query[1]])), client)
        server.other.sendto(forged(query), client)  # the right id, from another port
        server.socket.sendto(b"\xff" * 100, client)
        time.sleep(0.1)
        server.socket.sendto(forged(query, ip=b"\xc0\0\2\1"), client)
    liar = Liar(lies)
    _, told = look_up(liar.address, "A", "victim.test")
    assert values(told) == ["192.0.2.1"] and len(liar.queries) == 1


def test_ids_and_ports_differ():
    ports = set()

    def lies(server, query, client):
        ports.add(client[1])
        server.socket.sendto(forged(query), client)
    liar = Liar(lies)
    for n in range(12):
        look_up(liar.address, "A", "the-same-long-name-again-and-again.test")
    assert len({q[:2] for q in liar.queries}) > 9 and len(ports) > 9
    assert len({q[12:40] for q in liar.queries}) > 9  # the case of letters


def test_resolver_on_ipv6():
    try:
        liar = Liar(lambda server, query, client: server.socket.sendto(forged(query), client), "::1")
    except OSError:
        pytest.skip("no IPv6 here")
    _, told = look_up(liar.address, "A", "six.test")
    assert (values(told), told["security"]) == (["198.51.100.1"], "secure")


def test_silence_ends():
    liar = Liar(lambda *_: None)
    begun = time.monotonic()
    code, told = look_up(liar.address, "A", "victim.test")
    assert code == 3 and "does not answer in time" in told["text"]
    assert 5 < time.monotonic() - begun < 20 and len(liar.queries) >= 3


# --- the server ----------------------------------------------------------------------------------------------------------

STRANGER = b"PROXY TCP4 192.0.2.77 198.51.100.1 4000 25\r\n"


def asking(make_server, resolver):
    """A server that takes its clients for strangers and asks about them."""
    server = make_server(args=["--no-limits"])
    server.start()
    server.stop()
    with open(server.config, encoding="utf-8") as f:
        text = f.read()
    for pattern, new in ((r"^resolvers = \[\]$", f'resolvers = ["{resolver}"]'), (r"^check_domains = false$", "check_domains = true"),
                         (r"^catch_everything = .*\n", ""),  # else every sender is one of ours
                         (r"^(\[listeners\.smtp\])$", r"\1\nproxy_protocol = true\ntrusted_proxies = ['127.0.0.1/32']")):
        text, count = re.subn("(?m)" + pattern, new, text)
        assert count == 1, pattern
    with open(server.config, "w", encoding="utf-8") as f:
        f.write(text)
    return server.start()


def say(connection, *lines):
    replies = []
    for line in lines:
        connection.send(line + b"\r\n")
        replies.append(connection.reply())
    return replies


def stranger(server):
    c = server.raw("smtp", 30)
    c.send(STRANGER)
    assert c.reply().startswith(b"220 ")
    return c


def test_strangers_are_looked_up(make_server, zones):
    server = asking(make_server, zones.resolver)
    with stranger(server) as c:
        assert say(c, b"EHLO nothing.signed.test")[0].startswith(b"550 5.5.0 ")
        assert say(c, b"EHLO client.signed.test")[0].startswith(b"250")
        assert say(c, b"MAIL FROM:<a@nothing.signed.test>")[0].startswith(b"550 5.7.27 ")
        assert say(c, b"MAIL FROM:<a@null.signed.test>")[0].startswith(b"550 5.7.27 ")
        assert say(c, b"MAIL FROM:<a@bogus.test>")[0].startswith(b"451 4.4.0 ")
        assert [r[:3] for r in say(c, b"MAIL FROM:<a@mail.plain.test>", b"RSET")] == [b"250", b"250"]
        assert [r[:3] for r in say(c, b"MAIL FROM:<a@signed.test>", b"RCPT TO:<you@localhost>", b"DATA")] == [b"250", b"250", b"354"]
        assert say(c, b"Subject: looked up\r\n\r\nx\r\n.")[0].startswith(b"250 ")
    with stranger(server) as c:  # a resolver in trouble is nobody's fault
        assert say(c, b"EHLO mail.bogus.test")[0].startswith(b"250")
    metrics = metrics_of(server)
    assert re.search(r'posthouse_dns_questions_total\{type="MX"\} [1-9]', metrics)
    assert re.search(r'posthouse_dns_answers_total\{outcome="temporary",security="bogus"\} [1-9]', metrics)
    assert re.search(r"posthouse_dns_seconds_count [1-9]", metrics) and "posthouse_dns_waiting 0" in metrics
    assert server.stop() == 0


def metrics_of(server):
    with server.raw("metrics") as c:
        c.send(b"GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        return c.rest().decode()


def test_resolvers_change_while_running(make_server, zones):
    server = asking(make_server, f"127.0.0.1:{free_port()}")
    with stranger(server) as c:
        assert say(c, b"EHLO nothing.signed.test")[0].startswith(b"250")  # nobody to ask
        begun = time.monotonic()
        assert say(c, b"MAIL FROM:<a@signed.test>")[0].startswith(b"451 4.4.0 ")
        assert time.monotonic() - begun < 2
        with open(server.config, encoding="utf-8") as f:
            text = f.read()
        with open(server.config, "w", encoding="utf-8") as f:
            f.write(re.sub(r"(?m)^resolvers = .*$", f'resolvers = ["{zones.resolver}"]', text))
        server.reload()
        posthouse.wait_for(lambda: "configuration reloaded" in server.log.read_text(), what="the reload")
        assert say(c, b"MAIL FROM:<a@signed.test>")[0].startswith(b"250 ")
        assert say(c, b"EHLO nothing.signed.test")[0].startswith(b"550 ")
    assert server.stop() == 0


def test_silent_resolver_holds_neither_threads_nor_the_stop(make_server):
    liar = Liar(lambda *_: None)
    server = asking(make_server, liar.address)
    waiting = [stranger(server) for _ in range(300)]
    for n, c in enumerate(waiting):
        c.send(b"EHLO client%d.signed.test\r\n" % n)
    # All at once, and more of them than there may ever be session workers.
    posthouse.wait_for(lambda: "posthouse_dns_waiting 300\n" in metrics_of(server), what="the questions")
    assert server.status_kib("Threads") < 100
    begun = time.monotonic()
    assert server.stop() == 0
    assert time.monotonic() - begun < 20
    for c in waiting:
        c.close()


def test_localserve_asks_nobody(make_server):
    server = make_server().start()
    begun = time.monotonic()
    server.send(b"Subject: x\r\n\r\nx\r\n", sender="a@no-such-domain.test")
    assert time.monotonic() - begun < 5
    assert not re.search(r"posthouse_dns_questions_total\{[^}]*\} [1-9]", metrics_of(server))
