"""The PROXY protocol: clients behind a trusted proxy keep their own addresses, in limits, logs and headers."""
import re
import socket
import ssl
import struct

import posthouse
import pytest

SIGNATURE = b"\r\n\r\n\x00\r\nQUIT\n"


def v2(source, destination=("198.51.100.1", 25), command=0x21):
    body = b"".join(socket.inet_aton(ip) for ip in (source[0], destination[0]))
    body += struct.pack("!HH", source[1], destination[1])
    return SIGNATURE + bytes([command, 0x11]) + struct.pack("!H", len(body)) + body


def v1(ip, port=4000):
    return f"PROXY TCP4 {ip} 198.51.100.1 {port} 25\r\n".encode()


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    s = posthouse.Server(tmp_path_factory.mktemp("server") / "dir").start()
    s.stop()
    with open(s.config, encoding="utf-8") as f:
        text = f.read()
    text = re.sub(r"(?m)^exempt = .*$", 'trusted_proxies = ["127.0.0.1/32"]\nconnections = [2, 0, 0]', text)
    text = re.sub(r"(?m)^(\[listeners\.(smtp|submissions)\])$", r"\1\nproxy_protocol = true", text)
    with open(s.config, "w", encoding="utf-8") as f:
        f.write(text)
    s.start()
    yield s
    assert s.stop() == 0


def log_has(server, text):
    posthouse.wait_for(lambda: text in server.log.read_text(), what=text)


@pytest.mark.parametrize("header, client", ((v1("192.0.2.77"), "192.0.2.77"), (v2(("192.0.2.78", 4000)), "192.0.2.78"),
                                            (b"PROXY TCP6 2001:db8::7 2001:db8::1 4000 25\r\n", "2001:db8::7")))
def test_address_of_the_client(server, header, client):
    with server.raw("smtp") as c:
        for byte in header[:-3]:
            c.send(bytes([byte]))
        c.send(header[-3:] + b"")
        assert c.reply().startswith(b"220 ")
        c.send(b"EHLO client.example\r\n")
        c.reply()
        c.send(b"MAIL FROM:<a@example.org>\r\nRCPT TO:<you@localhost>\r\nDATA\r\n")
        assert [c.reply()[:3] for _ in range(3)] == [b"250", b"250", b"354"]
        c.send(b"Subject: proxied\r\n\r\nx\r\n.\r\n")
        assert c.reply().startswith(b"250 ")
    imap = server.imap()
    imap.select("INBOX")
    count = imap.search(None, "ALL")[1][0].split()[-1].decode()
    text = imap.fetch(count, "(BODY[HEADER])")[1][0][1].decode()
    imap.logout()
    assert client in text, text


def test_header_and_greeting_in_one_packet(server):
    with server.raw("smtp") as c:
        c.send(v1("192.0.2.1") + b"EHLO x\r\n")
        assert c.reply().startswith(b"220 ")
        assert c.reply().startswith(b"250")


def test_before_tls(server):
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    for header in (v1("192.0.2.2"), v2(("192.0.2.2", 1))):
        with socket.create_connection(("127.0.0.1", server.ports["submissions"]), 20) as raw:
            raw.sendall(header)
            with context.wrap_socket(raw) as c:
                assert c.recv(100).startswith(b"220 ")


@pytest.mark.parametrize("header", (b"PROXY UNKNOWN\r\n", v2(("192.0.2.1", 1), command=0x20)))
def test_the_proxy_itself(server, header):
    # More of them than one client may open.
    connections = [server.raw("smtp") for _ in range(5)]
    for c in connections:
        c.send(header)
        assert c.reply().startswith(b"220 ")
    for c in connections:
        c.close()


@pytest.mark.parametrize("bad", (b"EHLO x\r\n", b"PROXY TCP4 x y 1 2\r\n", v2(("192.0.2.1", 1), command=0x31)))
def test_no_header_no_service(server, bad):
    with server.raw("smtp") as c:
        c.send(bad)
        assert c.rest() == b""
    log_has(server, "rule=proxy.invalid")


def test_others_are_no_proxies(server):
    c = socket.create_connection(("127.0.0.1", server.ports["smtp"]), 20, source_address=("127.0.0.2", 0))
    with c:
        c.sendall(v1("192.0.2.1"))
        assert c.recv(100)[:4] in (b"421 ", b"")
    log_has(server, "rule=proxy.untrusted")


def test_limits_hold_for_clients(server):
    clients = [server.raw("smtp") for _ in range(3)]
    try:
        for c in clients[:2]:
            c.send(v1("203.0.113.9"))
            assert c.reply().startswith(b"220 ")
        clients[2].send(v2(("203.0.113.9", 9)))
        assert clients[2].reply().startswith(b"421 4.")
        log_has(server, "remote=203.0.113.9 rule=connections.ip32")
        with server.raw("smtp") as other:
            other.send(v1("203.0.113.10"))
            assert other.reply().startswith(b"220 ")
    finally:
        for c in clients:
            c.close()


def test_needs_trusted_proxies(make_server):
    s = make_server()
    s.start()
    s.stop()
    with open(s.config, encoding="utf-8") as f:
        text = f.read()
    with open(s.config, "w", encoding="utf-8") as f:
        f.write(text.replace("[listeners.smtp]\n", "[listeners.smtp]\nproxy_protocol = true\n"))
    result = s.run("config", "check", "--config", s.config, check=False)
    assert result.returncode != 0 and "needs 'trusted_proxies'" in result.stderr
