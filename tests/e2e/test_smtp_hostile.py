"""Bad input on the smtp port: clear errors, nothing stored, memory flat, the server stays."""
import threading

import posthouse
import pytest

pytestmark = pytest.mark.sanitize

HELLO = b"EHLO client.example.org\r\n"
ENVELOPE = b"MAIL FROM:<a@example.org>\r\nRCPT TO:<you@localhost>\r\nDATA\r\n"


def in_data(raw):
    raw.reply()
    for line in (HELLO + ENVELOPE).splitlines(keepends=True):
        raw.send(line)
        raw.reply()


@pytest.mark.parametrize("end", [b"\n.\n", b"\r\n.\n", b"\n.\r\n", b"\r.\r", b"\r\n.\r", b"\r.\r\n", b"\n.\r"])
def test_smuggling_forms_are_refused(server, end):
    """The second mail hides behind a false end: neither may arrive, and the reply says why."""
    with server.raw() as raw:
        in_data(raw)
        raw.send(b"Subject: first\r\n\r\nbody" + end + ENVELOPE + b"Subject: smuggled\r\n\r\nevil\r\n.\r\n")
        reply = raw.reply()
        assert reply.startswith(b"5"), reply
        assert b"bare" in reply.lower(), reply
        raw.send(b"NOOP\r\n")
        assert raw.reply().startswith(b"250")
    c = server.imap()
    c.select("INBOX", readonly=True)
    assert c.search(None, "SUBJECT", "smuggled")[1] == [b""]
    assert c.search(None, "SUBJECT", "first")[1] == [b""]
    c.logout()


def test_bytes_behind_starttls_are_refused(server):
    with server.raw() as raw:
        raw.reply()
        raw.send(HELLO)
        raw.reply()
        raw.send(b"STARTTLS\r\nMAIL FROM:<evil@example.org>\r\n")
        assert raw.reply().startswith(b"5")
        assert b"sender OK" not in raw.rest()


@pytest.mark.parametrize("text,code", [
    (b"\x00\x00\x00\r\n", b"500"), (b"GET / HTTP/1.1\r\n", b"500"), (b"EHLO\r\n", b"501"), (b"EHLO a b\r\n", b"501"),
    (b"MAIL FROM:<a@example.org>\r\n", b"503"), (b"DATA\r\n", b"503"), (b"RCPT TO:<x@localhost>\r\n", b"503"),
])
def test_first_commands_that_are_wrong(server, text, code):
    with server.raw() as raw:
        raw.reply()
        raw.send(text)
        assert raw.reply().startswith(code)


@pytest.mark.parametrize("line,code", [
    (b"MAIL FROM:a@example.org", b"501"), (b"MAIL FROM:<a@example.org", b"501"), (b"MAIL FROM:<a@@example.org>", b"501"),
    (b"MAIL FROM:<a@example.org> SIZE=x", b"501"), (b"MAIL FROM:<a@example.org> SIZE=1 SIZE=1", b"501"),
    (b"MAIL FROM:<a@example.org> NONSENSE=1", b"555"), (b"MAIL FROM:<a@example.org> SIZE=999999999999", b"552"),
    (b"MAIL FROM:<a\x00b@example.org>", b"50"), ("MAIL FROM:<ä@example.org>".encode(), b"5"), (b"BDAT 5\r\nQUIT!", b"503"), (b"BDAT x", b"501"),
])
def test_mail_commands_that_are_wrong(server, line, code):
    with server.raw() as raw:
        raw.reply()
        raw.send(HELLO)
        raw.reply()
        raw.send(line + b"\r\n")
        assert raw.reply().startswith(code)


def test_relaying_is_refused(make_server):
    server = make_server().start()
    server.stop()
    text = open(server.config, encoding="utf-8").read()
    open(server.config, "w", encoding="utf-8").write(text.replace('catch_everything = "you"', 'catch_everything = ""'))
    server.start()
    with server.smtp() as s:
        s.ehlo("client.example.org")
        s.mail("a@example.org")
        assert s.rcpt("x@elsewhere.example")[0] == 550
        # Strangers don't learn from RCPT who exists.
        assert s.rcpt("nobody@localhost")[0] == 250
        assert s.data("Subject: x\r\n\r\nx\r\n")[0] == 550
        s.mail("a@example.org")
        assert s.rcpt("you@localhost")[0] == 250


def test_long_lines_and_memory(server):
    """1 MB lines on 50 connections at once: each is told and closed, and memory grows by less than 32 MB."""
    server.send(b"Subject: warm\r\n\r\nx\r\n")
    before = server.rss_kib()
    peak = [before]
    replies = []

    def one():
        with server.raw() as raw:
            raw.reply()
            try:
                raw.send(b"X" * 1_000_000 + b"\r\n")
            except OSError:
                pass
            replies.append(raw.reply())

    threads = [threading.Thread(target=one) for _ in range(50)]
    for t in threads:
        t.start()
    while any(t.is_alive() for t in threads):
        peak.append(server.rss_kib())
    assert len(replies) == 50 and all(r.startswith(b"500") for r in replies)
    if not posthouse.SANITIZED:  # they keep freed memory back
        assert max(peak) - before < 32 * 1024


def test_hostile_mime_is_kept_byte_exact(server):
    """10,000 parts, and parts nested 1,000 deep: stored as they came, memory growth under 32 MB."""
    many = b"Subject: many\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b\r\n\r\nx\r\n" * 10000 + b"--b--\r\n"
    deep = b"Subject: deep\r\n"
    for n in range(1000):
        deep += f"Content-Type: multipart/mixed; boundary=b{n}\r\n\r\n--b{n}\r\n".encode()
    deep += b"\r\ninnermost\r\n"
    before = server.rss_kib()
    for text in (many, deep):
        server.send(text)
    c = server.imap()
    c.select("INBOX", readonly=True)
    for subject, text in (("many", many), ("deep", deep)):
        number = c.search(None, "SUBJECT", subject)[1][0].split()[-1].decode()
        assert c.fetch(number, "(BODY.PEEK[])")[1][0][1].endswith(text)
        assert c.fetch(number, "(BODYSTRUCTURE)")[0] == "OK"
    c.logout()
    assert server.rss_kib() - before < 32 * 1024
