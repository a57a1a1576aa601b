"""Bad input on the imap port: BAD or BYE in the protocol's terms, memory flat, the server stays."""
import socket
import threading

import posthouse
import pytest

pytestmark = pytest.mark.sanitize


def greeted(server):
    raw = server.raw("imap")
    assert raw.line().startswith(b"* OK")
    return raw


def logged_in(server):
    raw = greeted(server)
    raw.send(f"l LOGIN {posthouse.USER} {posthouse.PASSWORD}\r\ns SELECT INBOX\r\n".encode())
    raw.until(b"l")
    raw.until(b"s")
    return raw


@pytest.mark.parametrize("line", [
    b"", b" ", b"a", b"a ", b"a NONSENSE", b"a LOGIN", b"a LOGIN x", b'a LOGIN "x', b"a SELECT INBOX", b"a FETCH 1 FLAGS", b"a LOGIN (x) y",
    b"* NOOP", b"+ NOOP", b"a NOOP x", b"a AUTHENTICATE", b"a AUTHENTICATE NONSENSE", b"\xff\xfe NOOP",
])
def test_bad_commands_before_login(server, line):
    with greeted(server) as raw:
        raw.send(b"y NOOP\r\n" + line + b"\r\nz NOOP\r\n")
        raw.until(b"y")
        lines = raw.until(b"z")
        assert any(b" BAD" in x or b" NO" in x for x in lines[:-1]), lines
        assert lines[-1].startswith(b"z OK")


@pytest.mark.parametrize("line", [
    b"a FETCH", b"a FETCH 0 FLAGS", b"a FETCH 1:x FLAGS", b"a FETCH 4294967296 FLAGS", b"a FETCH 1 BODY[", b"a FETCH 1 BODY[1.0]", b"a FETCH 1 BODY[]<0.0>",
    b"a FETCH 1 (FLAGS", b"a STORE 1 FLAGS \\Recent", b"a STORE 1 +FLAGS", b"a SEARCH", b"a SEARCH NOT", b"a SEARCH " + b"(" * 500 + b"ALL" + b")" * 500,
    b"a SEARCH BEFORE 99-Foo-2020", b"a COPY 1", b"a UID", b"a UID NOOP", b"a APPEND INBOX", b"a CREATE \"a/\x01\"", b"a LIST", b"a STATUS INBOX ()",
    b"a RENAME INBOX", b"a UID FETCH 1:* (BODY.PEEK[HEADER.FIELDS ()])",
])
def test_bad_commands_when_selected(server, line):
    server.send(b"Subject: x\r\n\r\nx\r\n")
    with logged_in(server) as raw:
        raw.send(line + b"\r\nz NOOP\r\n")
        lines = raw.until(b"z")
        assert any(x.startswith((b"a BAD", b"a NO")) for x in lines), lines
        assert lines[-1].startswith(b"z OK")


@pytest.mark.parametrize("data", [b"a LOGIN \x00 x\r\n", b"a NOOP\n", b"a NO\rOP\r\n"])
def test_framing_that_is_lost_ends_the_connection(server, data):
    with greeted(server) as raw:
        raw.send(data)
        out = raw.rest()
        assert b"BAD" in out or b"BYE" in out, out


@pytest.mark.parametrize("data", [
    b"a LOGIN {99999999999}\r\n", b"a LOGIN {x}\r\n", b"a LOGIN {-1}\r\n", b"a LOGIN {18446744073709551616}\r\n", b"a LOGIN {1000000+}\r\n", b"a LOGIN {5\r\n",
])
def test_wrong_literals(server, data):
    with greeted(server) as raw:
        raw.send(data)
        raw.socket.shutdown(socket.SHUT_WR)
        out = raw.rest()
        assert b"BAD" in out or b"BYE" in out or b"a NO" in out, out
        assert b"\r\n+" not in out


@pytest.mark.parametrize("data", [b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", b"EHLO x\r\n", b"\x16\x03\x01\x00\xa5\x01\x00\r\n", b"{}\r\n"])
def test_another_protocol_ends_the_connection(server, data):
    with greeted(server) as raw:
        raw.send(data)
        out = raw.rest()
        assert out.count(b"BAD") == 1 and b"* BYE this is IMAP\r\n" in out or b"* BYE NUL in command\r\n" in out, out


def test_literals_of_one_command(server):
    with logged_in(server) as raw:
        raw.send(b"a LIST \"\" (" + b" ".join(b"{1+}\r\nx" for _ in range(90)) + b")\r\n")
        assert raw.until(b"a")[-1].startswith(b"a OK")
        raw.send(b"b SEARCH " + b" ".join(b"SUBJECT {1+}\r\nx" for _ in range(1001)) + b"\r\nz NOOP\r\n")
        assert raw.until(b"b")[-1].startswith(b"b NO [TOOBIG]")
        assert raw.until(b"z")[-1].startswith(b"z OK")
        raw.send(b"c SEARCH " + b" ".join(b"SUBJECT {100000+}\r\n" + b"x" * 100_000 for _ in range(11)) + b"\r\nz NOOP\r\n")
        assert raw.until(b"c")[-1].startswith(b"c NO [TOOBIG]")
        assert raw.until(b"z")[-1].startswith(b"z OK")


def test_append_that_is_too_large_is_refused_before_it_is_sent(server):
    with logged_in(server) as raw:
        raw.send(b"a APPEND INBOX {999999999}\r\n")
        answer = raw.line()
        while answer.startswith(b"*"):
            answer = raw.line()
        assert answer.startswith(b"a NO [TOOBIG]") or answer.startswith(b"a NO"), answer
        raw.send(b"z NOOP\r\n")
        assert raw.until(b"z")[-1].startswith(b"z OK")


def test_append_cut_off_in_the_middle_stores_nothing(server):
    with logged_in(server) as raw:
        raw.send(b"a APPEND INBOX {1000}\r\n")
        while not raw.line().startswith(b"+"):
            pass
        raw.send(b"Subject: half of it\r\n\r\nx")
    c = server.imap()
    c.select("INBOX", readonly=True)
    assert c.search(None, "SUBJECT", '"half of it"')[1] == [b""]
    c.logout()


def test_1_mb_lines_on_50_connections(server):
    before = server.rss_kib()
    peak = [before]
    answers = []

    def one():
        with greeted(server) as raw:
            try:
                raw.send(b"a LOGIN " + b"x" * 1_000_000 + b" y\r\n")
            except OSError:
                pass
            answers.append(raw.rest() if b"OK" not in raw.buffer else b"")

    threads = [threading.Thread(target=one) for _ in range(50)]
    for t in threads:
        t.start()
    while any(t.is_alive() for t in threads):
        peak.append(server.rss_kib())
    assert len(answers) == 50 and all(b"BAD" in a or b"BYE" in a for a in answers), answers[:3]
    assert max(peak) - before < 32 * 1024


def test_client_that_never_reads_its_fetch(server):
    c = server.imap()
    c.create("Large")
    for _ in range(20):
        c.append("Large", None, None, b"Subject: x\r\n\r\n" + b"y" * 1_000_000 + b"\r\n")
    before = server.rss_kib()
    lazy = []
    for _ in range(10):
        raw = greeted(server)
        raw.send(f"l LOGIN {posthouse.USER} {posthouse.PASSWORD}\r\ns SELECT Large\r\nf FETCH 1:* BODY.PEEK[]\r\n".encode())
        lazy.append(raw)
    for _ in range(20):
        c.noop()
    assert c.select("Large", readonly=True)[1] == [b"20"]
    assert server.rss_kib() - before < 32 * 1024
    for raw in lazy:
        raw.close()
    c.logout()


def test_too_many_failed_logins_end_the_connection(server):
    with greeted(server) as raw:
        raw.socket.settimeout(60)
        for n in range(12):
            raw.send(f"a{n} LOGIN nobody x\r\n".encode())
            line = raw.line()
            if b"BYE" in line or not line:
                break
            assert b"NO [AUTHENTICATIONFAILED]" in line
            if n >= 3:  # slowed down: that is enough to see
                break
        else:
            raise AssertionError("never slowed, never closed")
