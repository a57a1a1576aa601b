"""What the extensions promise, on the real store: resynchronization, odd messages, dates, keywords, limits."""
import re

import posthouse
import pytest


@pytest.fixture
def raw(server):
    with logged_in(server) as c:
        yield c


def logged_in(server):
    c = server.raw("imap", timeout=60)
    c.line()
    ask(c, f"LOGIN {posthouse.USER} {posthouse.PASSWORD}")
    return c


def ask(c, command, ok=b"OK"):
    """The lines of the answer, as one; literals included."""
    c.send(b"t " + (command.encode() if isinstance(command, str) else command) + b"\r\n")
    lines = c.until(b"t")
    assert lines[-1].startswith(b"t " + ok), lines
    return b"".join(lines)


def append(c, mailbox, message, more=""):
    return ask(c, f"APPEND {mailbox} {more}{{{len(message)}+}}\r\n".encode() + message)


def modseq(answer):
    return int(re.findall(rb"HIGHESTMODSEQ (\d+)", answer)[-1])


def test_qresync_tells_what_was_missed(server, raw):
    ask(raw, "CREATE Sync")
    for n in range(1, 21):
        append(raw, "Sync", b"Subject: %d\r\n\r\n" % n)
    ask(raw, "ENABLE QRESYNC")
    known = ask(raw, "SELECT Sync")
    validity = int(re.search(rb"UIDVALIDITY (\d+)", known).group(1))
    ask(raw, "UNSELECT")
    with logged_in(server) as other:
        ask(other, "SELECT Sync")
        ask(other, "STORE 3:5,17 +FLAGS.SILENT (\\Deleted)")
        ask(other, "EXPUNGE")
        ask(other, "UID STORE 7,9 +FLAGS.SILENT (Seen2 \\Seen)")
        append(other, "Sync", b"Subject: 21\r\n\r\n")
    answer = ask(raw, f"SELECT Sync (QRESYNC ({validity} {modseq(known)} 1:20))")
    assert b"* VANISHED (EARLIER) 3:5,17\r\n" in answer
    changed = re.findall(rb"\* (\d+) FETCH \(UID (\d+) FLAGS \(([^)]*)\) MODSEQ \((\d+)\)\)", answer)
    assert [(x[0], x[1], x[2]) for x in changed] == [(b"4", b"7", b"\\Seen Seen2"), (b"6", b"9", b"\\Seen Seen2")], answer
    assert all(modseq(known) < int(x[3]) <= modseq(answer) for x in changed)
    again = ask(raw, f"SELECT Sync (QRESYNC ({validity} {modseq(answer)}))")
    assert b"VANISHED" not in again and b"FETCH" not in again
    vanished = ask(raw, f"UID FETCH 4:10 (FLAGS) (CHANGEDSINCE {modseq(known)} VANISHED)")
    assert vanished.startswith(b"* VANISHED (EARLIER) 4:5\r\n* 4 FETCH")
    assert b"NONEXISTENT" in ask(raw, f"SELECT Gone (QRESYNC ({validity} 1))", ok=b"NO")


def test_header_of_300_kb(raw):
    ask(raw, "CREATE Large")
    header = b"Subject: first\r\n" + b"".join(b"X-%d: %s\r\n" % (n, b"x" * 70) for n in range(4000)) + b"To: last@example.org\r\n\r\n"
    assert len(header) > 300_000
    append(raw, "Large", header + b"body\r\n")
    ask(raw, "SELECT Large")
    answer = ask(raw, "FETCH 1 (ENVELOPE BODY.PEEK[HEADER.FIELDS (Subject To)] RFC822.SIZE)")
    assert b'(NIL "first" NIL' in answer and b"Subject: first\r\n" in answer
    assert b"RFC822.SIZE %d" % (len(header) + 6) in answer
    assert header + b"body\r\n" in ask(raw, "FETCH 1 BODY.PEEK[]")
    assert b"* SEARCH 1\r\n" in ask(raw, "SEARCH SUBJECT first")


@pytest.mark.parametrize("date", [" 1-Jan-1900 00:30:00 +0100", "31-Mar-2024 02:30:00 +0100", "27-Oct-2024 02:30:00 +0200", " 5-Feb-2038 03:14:08 -1130"])
def test_dates_keep_their_zone(raw, date):
    ask(raw, "STATUS INBOX (MESSAGES)")
    append(raw, "INBOX", b"Subject: dated\r\n\r\n", f'"{date}" ')
    ask(raw, "SELECT INBOX")
    assert f'INTERNALDATE "{date}"'.encode() in ask(raw, "FETCH * INTERNALDATE")
    day = date.split()[0]
    assert b"* SEARCH\r\n" not in ask(raw, f"SEARCH ON {day}")


def test_bytes_that_are_no_text(raw):
    ask(raw, "CREATE Odd")
    message = b"Subject: \xff\xfe \xc3(\r\nFrom: \x80 <a@example.org>\r\n\r\n" + bytes(range(1, 256)) + b"\r\n"
    append(raw, "Odd", message)
    ask(raw, "SELECT Odd")
    assert message in ask(raw, "FETCH 1 BODY.PEEK[]")
    assert b"ENVELOPE (NIL {5}\r\n\xff\xfe \xc3( ((" in ask(raw, "FETCH 1 ENVELOPE")
    assert b"[UNKNOWN-CTE]" in ask(raw, b"APPEND Odd ~{3+}\r\na\0b", ok=b"NO")
    for name in (b'"\xff"', b"{1+}\r\n\xff", b'"&ZeVnLIqe"', b'"a&-&"'):
        assert b"t NO" in (x := refused(raw, b"CREATE " + name)) or b"t BAD" in x, (name, x)


def refused(c, command):
    c.send(b"t " + command + b"\r\n")
    return b"".join(c.until(b"t"))


def test_long_keywords_and_many(server, raw):
    ask(raw, "CREATE Words")
    append(raw, "Words", b"Subject: x\r\n\r\n")
    ask(raw, "SELECT Words")
    with logged_in(server) as other:
        ask(other, "SELECT Words")
        answer = ask(other, "STORE 1 FLAGS (" + " ".join(f"k{n}" for n in range(100)) + ")")
        assert answer.startswith(b"* FLAGS (") and b" k99" in answer.split(b"\r\n")[0]
    answer = ask(raw, "NOOP")
    assert answer.startswith(b"* FLAGS (") and b"PERMANENTFLAGS" in answer and b" k99" in answer
    assert b"* FLAGS" not in ask(raw, "FETCH 1 FLAGS")


def test_quota(make_server):
    server = make_server().start()
    assert server.stop() == 0
    config = server.folder / "accounts" / "you.toml"
    config.write_text('quota = "20KB"\n' + config.read_text())
    server.start()
    with logged_in(server) as c:
        limit = int(re.search(rb'QUOTA "" \(STORAGE 0 (\d+)\)', ask(c, "GETQUOTAROOT INBOX")).group(1))
        assert limit in (19, 20)
        message = b"Subject: x\r\n\r\n" + b"x" * 8000 + b"\r\n"
        append(c, "INBOX", message)
        append(c, "INBOX", message)
        assert b'QUOTA "" (STORAGE 16 %d)' % limit in ask(c, 'GETQUOTA ""')
        # Neither asked for nor sent: refused at once, and when it comes without waiting.
        c.send(b"t APPEND INBOX {8000}\r\n")
        assert c.line().startswith(b"t NO [OVERQUOTA]")
        assert b"t NO [OVERQUOTA]" in refused(c, b"APPEND INBOX {%d+}\r\n" % len(message) + message)
        ask(c, "SELECT INBOX")
        assert b"t NO [OVERQUOTA]" in refused(c, b"COPY 1 Archive")
        ask(c, "MOVE 1 Archive")
        ask(c, "STORE 1 +FLAGS.SILENT (\\Deleted)")
        ask(c, "EXPUNGE")
        append(c, "INBOX", message)
    assert server.stop() == 0
