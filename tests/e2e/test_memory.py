"""Limits of memory, by watching the server's resident set: strangers, slow readers, huge headers, the whole."""
import concurrent.futures
import json
import smtplib
import time

import posthouse
import pytest

KIB = 1024


def growth(server, action, hold):
    """How many KiB the server grew while `hold` connections are as `action` left them."""
    connections = []
    try:
        before = server.rss_kib()
        for _ in range(hold):
            connections.append(action())
        time.sleep(1)
        return server.rss_kib() - before
    finally:
        for c in connections:
            c.close()


def send_what_it_takes(port, head, block, limit):
    """A connection that sends an endless line until the server takes no more; it reads nothing."""
    c = posthouse.Raw(port)
    c.line()
    c.socket.settimeout(0.3)
    try:
        c.send(head)
        for _ in range(0, limit, len(block)):
            c.send(block)
    except OSError:
        pass
    return c


@pytest.mark.parametrize("port, head", (("smtp", b"EHLO "), ("submission", b"EHLO "), ("imap", b"a LOGIN ")))
def test_before_login(make_server, port, head):
    server = make_server()
    server.start()
    # What the first connections make the server build up once belongs to nobody.
    growth(server, lambda: send_what_it_takes(server.ports[port], head, b"x" * 4096, 256 * KIB), 20)
    count = 300
    used = growth(server, lambda: send_what_it_takes(server.ports[port], head, b"x" * 4096, 64 * KIB), count)
    assert used / count < 64, f"{used / count:.1f} KiB per connection"


@pytest.mark.parametrize("literals", (1, 20))
def test_literals_before_login(make_server, literals):
    server = make_server().start()

    def stranger():
        c = posthouse.Raw(server.ports["imap"])
        c.line()
        c.socket.settimeout(0.3)
        try:
            c.send(b"a LOGIN")
            for _ in range(literals):
                c.send(b" {4000+}\r\n" + b"x" * 4000)
        except OSError:
            pass
        return c

    growth(server, stranger, 20)
    count = 300
    used = growth(server, stranger, count)
    assert used / count < 64, f"{used / count:.1f} KiB per connection"


def test_slow_readers(make_server):
    server = make_server().start()
    server.send(b"From: a@example.org\r\nSubject: large\r\n\r\n" + b"0123456789 large message\r\n" * 160_000)
    # Its text is indexed meanwhile, which takes memory of its own, once.
    indexed = lambda: json.loads(server.run("store", "index", "you", "--json", "--dir", str(server.folder)).stdout)["waiting"] == 0  # noqa: E731
    posthouse.wait_for(indexed, 60, "the index")

    def reader():
        c = posthouse.Raw(server.ports["imap"])
        c.line()
        c.send(f"a LOGIN {posthouse.USER} {posthouse.PASSWORD}\r\nb SELECT INBOX\r\n".encode())
        c.until(b"b")
        c.send(b"".join(b"c%d FETCH 1 BODY.PEEK[]\r\n" % i for i in range(8)))
        return c

    growth(server, reader, 4)
    count = 60
    used = growth(server, reader, count)
    assert used / count < 256 + 64, f"{used / count:.1f} KiB per connection"


def test_huge_headers(make_server):
    server = make_server().start()
    field = b"".join(b"X-Field-%d: " % i + b"v" * 60 + b"\r\n" for i in range(100_000))
    text = b"From: a@example.org\r\nSubject: first\r\n" + field + b"X-Last: end\r\n\r\nbody\r\n"
    server.send(text)
    before = server.rss_kib()
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: server.send(text), range(16)))
    c = server.imap()
    c.select("INBOX")
    for what in ("ENVELOPE", "BODY.PEEK[HEADER.FIELDS (SUBJECT)]"):
        assert b"first" in repr(c.fetch("1", f"({what})")).encode()
    c.logout()
    # Large messages wait for each other at 64 MiB; nothing else grows with their headers.
    used = server.peak_kib() - before
    assert used < (64 + 24) * KIB, f"{used} KiB"


def test_the_whole(make_server):
    server = make_server()
    server.start()
    server.stop()
    with open(server.config, encoding="utf-8") as f:
        text = f.read()
    with open(server.config, "w", encoding="utf-8") as f:
        assert "[limits]\n" in text
        f.write(text.replace("[limits]\n", "[limits]\nmemory = \"2MB\"\n"))
    server.start()
    polite = server.imap()
    polite.select("INBOX")
    hold, refused = [], 0
    before = server.rss_kib()
    try:
        for _ in range(400):
            try:
                c = posthouse.Raw(server.ports["imap"], timeout=5)
                if b"BYE [UNAVAILABLE]" in c.line():
                    refused += 1
                    c.close()
                    continue
                c.socket.settimeout(0.2)
                c.send(b"a LOGIN " + b"x" * 15_000)
                hold.append(c)
            except OSError:
                refused += 1
        assert refused > 100, refused
        used = server.rss_kib() - before
        assert used < 2 * KIB + 16 * len(hold) + 4 * KIB, f"{used} KiB"
        # Who is inside and modest is served on.
        assert polite.noop()[0] == "OK"
        assert b"rule=memory" in server.log.read_bytes()
    finally:
        for c in hold:
            c.close()

    def served():
        try:
            with server.smtp() as s:
                return s.noop()[0] == 250
        except (OSError, smtplib.SMTPException):
            return False

    posthouse.wait_for(served, what="a free server")
    polite.logout()
