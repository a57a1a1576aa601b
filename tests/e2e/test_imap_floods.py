"""Much of something on the imap port: bodies nobody reads, literals that never come, huge sets, bombs, notifications.

Each time memory and CPU stay bounded, others are served meanwhile, and the server stays.
"""
import contextlib
import re
import threading
import time
import zlib

import posthouse
import pytest
from imap_client import Client

pytestmark = pytest.mark.sanitize

PATIENCE = 60 if posthouse.SANITIZED else 10  # seconds for one command
LINE = 64 * 1024  # a command without its literals, after login
MESSAGES = 2000


def connect(server, timeout=120):
    return Client(server.ports["imap"], timeout).login(posthouse.USER, posthouse.PASSWORD)


def message(size=0):
    return b"Subject: flood\r\nFrom: a@b.example\r\n\r\n" + b"x" * size + b"\r\n"


@contextlib.contextmanager
def bounded(server, growth_kib=48 * 1024, cpu_seconds=None):
    """What is done inside costs no more memory than that, and others are served meanwhile."""
    before = server.rss_kib()
    slowest, peak, stop = [0.0], [before], threading.Event()

    def look():
        with connect(server) as other:
            while not stop.is_set():
                begun = time.monotonic()
                other.ask("STATUS INBOX (MESSAGES)")
                slowest[0] = max(slowest[0], time.monotonic() - begun)
                peak[0] = max(peak[0], server.rss_kib())
                time.sleep(0.02)

    observer = threading.Thread(target=look)
    observer.start()
    try:
        yield
    finally:
        stop.set()
        observer.join()
    assert slowest[0] < PATIENCE / 4, f"another client waited {slowest[0]:.1f} s"
    if not posthouse.SANITIZED:  # they keep freed memory back
        assert peak[0] - before < growth_kib, f"{peak[0] - before} KiB more"


@pytest.fixture(scope="module")
def filled(server):
    with connect(server) as c:
        c.ask("CREATE Many")
        for _ in range(MESSAGES // 100):
            c.ask("APPEND Many" + " {}" * 100, *[message()] * 100)
    return server


# --- bodies nobody reads -------------------------------------------------------------------------------------------


# That its time is up after five minutes is in the unit tests; here only when there is time to wait for it.
def test_10000_bodies_nobody_reads(server):
    with connect(server) as c:
        c.ask("CREATE Bodies")
        c.ask("APPEND Bodies" + " {}" * 10, *[message(30_000)] * 10)
        c.ask("SELECT Bodies")
        lazy = []
        with bounded(server):
            for _ in range(10):
                raw = connect(server)
                raw.ask("SELECT Bodies")
                for _ in range(1000):
                    raw.begin("FETCH 1:* BODY.PEEK[]")
                lazy.append(raw)
            time.sleep(1)
            for _ in range(20):
                assert c.ask("FETCH 1 BODY.PEEK[]").count(b"x" * 30_000) == 1
        if posthouse.LONG:
            time.sleep(310)
            for raw in lazy:
                with pytest.raises(OSError):
                    while True:
                        raw.response()
        for raw in lazy:
            raw.close()


# --- literals that never come --------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", [
    "APPEND INBOX {10485760}", "APPEND INBOX (\\Seen) ~{10485760}", "REPLACE 1 Many {10485760}", "SETMETADATA Many (/private/comment {65535}",
    "SETMETADATA Many (/private/comment {10485760}", "SEARCH SUBJECT {100000}", "SEARCH SUBJECT {10485760}", "CREATE {100000}", "LIST \"\" {10485760}", "STATUS {3}",
])
def test_literals_that_never_come(filled, command):
    with contextlib.ExitStack() as stack, bounded(filled, 20 * 1024):
        for _ in range(100):
            c = stack.enter_context(connect(filled))
            c.ask("SELECT Many")
            tag = c.begin(command)
            answer = c.response()
            if answer.startswith(b"+"):
                assert c.quiet(0.01)
            else:
                # Refused before it is sent: the next command is one.
                assert re.match(tag + rb" (NO \[TOOBIG\]|BAD)", answer), answer
                c.ask("NOOP")


def test_literals_of_strangers_that_never_come(make_server):
    server = make_server().start()
    server.stop()
    config = server.folder / "posthouse.toml"
    config.write_text(config.read_text() + '\n[plugins.imap]\nlogin_timeout = "2s"\n')
    server.start()
    with contextlib.ExitStack() as stack:
        begun = time.monotonic()
        clients = []
        for command in (b"a LOGIN {8000}", b"a LOGIN x {8000}", b"a AUTHENTICATE {8000}", b"a LOGIN {10485760}", b"{10485760}"):
            clients.append(stack.enter_context(Client(server.ports["imap"], 30)))
            clients[-1].send(command + b"\r\n")
        for c in clients:
            with pytest.raises(ConnectionError):
                while True:
                    c.response()
        assert time.monotonic() - begun < PATIENCE
    assert server.stop() == 0


# --- huge sets -----------------------------------------------------------------------------------------------------


def odd(room):
    """1,3,5,... as many as there is room for."""
    out, n = ["1"], 3
    while room > 8:
        out.append(str(n))
        room -= len(out[-1]) + 1
        n += 2
    return ",".join(out)


def whole(room):
    return ",".join(["1:4294967295"] * (room // 13))


def backwards(room):
    return ",".join(str(n) for n in range(room // 6, 0, -1) if n % 2)


def known(room):
    """Messages that are there, again and again, in no order."""
    return ",".join(str(n * 7919 % MESSAGES + 1) for n in range(room // 5))


SETS = {"odd": odd, "whole": whole, "backwards": backwards, "known": known}


@pytest.mark.parametrize("name", SETS)
@pytest.mark.parametrize("command", [
    "FETCH {} FLAGS", "FETCH {} (FLAGS BODY.PEEK[HEADER])", "UID FETCH {} FLAGS", "UID FETCH {} FLAGS (PARTIAL 1:100)", "UID FETCH {} (FLAGS) (CHANGEDSINCE 1)",
    "UID FETCH {} (FLAGS) (CHANGEDSINCE 1 VANISHED)", "STORE {} +FLAGS (\\Flagged)", "UID STORE {} +FLAGS (\\Flagged)", "UID STORE {} -FLAGS.SILENT (\\Flagged)",
    "UID STORE {} (UNCHANGEDSINCE 1) +FLAGS (\\Seen)", "SEARCH {}", "UID SEARCH UID {}", "UID SEARCH NOT UID {}", "UID SEARCH RETURN (PARTIAL 1:100) UID {}",
    "UID SEARCH RETURN (SAVE) UID {}", "UID SORT (SUBJECT) UTF-8 UID {}", "UID THREAD REFERENCES UTF-8 UID {}", "UID EXPUNGE {}", "ESEARCH IN (personal) UID {}",
    "SELECT Many (QRESYNC ({validity} 1 {}))", "SELECT Many (QRESYNC ({validity} 1 1:2000 ({} {})))",
])
def test_sets_as_long_as_a_line(filled, name, command):
    with connect(filled) as c:
        c.ask("ENABLE QRESYNC")
        validity = re.search(rb"UIDVALIDITY (\d+)", c.ask("SELECT Many")).group(1).decode()
        numbers = SETS[name](LINE // command.count("{}") - 200)
        text = command.replace("{validity}", validity).replace("{}", numbers)
        with bounded(filled):
            begun = time.monotonic()
            _, answer = c.end(c.begin(text))
            assert time.monotonic() - begun < PATIENCE
        # Sequence numbers that are not there are an error, UIDs are not.
        assert "{})))" in command or answer.startswith(b"OK" if name == "known" or "UID" in command or "QRESYNC" in command else b"BAD"), answer
        c.ask("NOOP")


@pytest.mark.parametrize("criteria", [
    " ".join(["UID 1:4294967295"] * 3700), " ".join(["NOT UID 1,3,5:4294967295"] * 2500), "OR UID 1:4294967295 " * 90 + "ALL",
    "(" * 90 + "UID 1:4294967295" + ")" * 90, " ".join(["SUBJECT flood"] * 4600), " ".join(["BODY xx"] * 3000) + " NOT ALL",
], ids=["uid", "not", "or", "nested", "subject", "body"])
def test_many_criteria(filled, criteria):
    with connect(filled) as c:
        c.ask("SELECT Many")
        with bounded(filled):
            begun = time.monotonic()
            _, answer = c.end(c.begin(f"UID SEARCH {criteria}"))
            assert time.monotonic() - begun < PATIENCE
        assert answer.startswith((b"OK", b"BAD")), answer


def test_a_million_numbers(filled):
    with connect(filled) as c:
        c.ask("SELECT Many")
        with bounded(filled), pytest.raises(OSError):
            c.begin("FETCH " + ",".join(map(str, range(1, 2_000_000, 2))) + " FLAGS")
            while True:
                assert not c.response().startswith(b"t")


# --- compression ---------------------------------------------------------------------------------------------------


def bomb(text, count):
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    out = b"".join(packer.compress(text) for _ in range(count))
    return out + packer.flush(zlib.Z_SYNC_FLUSH)


@pytest.mark.parametrize("text, count", [
    (b"a NOOP\r\n" * 1000, 2000),  # answers nobody reads
    (b"a LIST \"\" *\r\n" * 1000, 1000),
    (b"\r\n" * 50_000, 1000),
    (b"a APPEND INBOX {90000000+}\r\n" + b"x" * 90_000_000, 10),
    (b"a SEARCH SUBJECT {90000+}\r\n" + b"x" * 90_000, 1000),
], ids=["answers", "lists", "lines", "message", "search"])
def test_bombs(server, text, count):
    data = bomb(text, count)
    with contextlib.ExitStack() as stack, bounded(server):
        for _ in range(4):
            c = stack.enter_context(connect(server)).compress()
            c.socket.settimeout(2)
            with contextlib.suppress(OSError):
                c.socket.sendall(data)
        time.sleep(1)


# --- notifications -------------------------------------------------------------------------------------------------


def test_10000_changes_of_all_mailboxes(server):
    """More than can be told at once, while the client does not read: it is told so, and nothing else any more."""
    count = 500
    names = [f"flood-{n}-" + "x" * 300 for n in range(count)]
    with connect(server) as c, connect(server) as other:
        other.ask("CREATE Large")
        other.ask("APPEND Large {}", message(8_000_000))
        c.ask("SELECT Large")
        c.ask("NOTIFY SET (selected (MessageNew MessageExpunge)) "
              "(personal (MessageNew MessageExpunge FlagChange MailboxName SubscriptionChange MailboxMetadataChange ServerMetadataChange))")
        tag = c.begin("FETCH 1 BODY.PEEK[]")
        with bounded(server):
            for start in range(0, count, 50):
                some = names[start:start + 50]
                tags = [other.begin(f"CREATE {name}") for name in some]
                tags += [other.begin(f"{verb} {name}") for _ in range(9) for verb in ("SUBSCRIBE", "UNSUBSCRIBE") for name in some]
                tags += [other.begin(f"SUBSCRIBE {name}") for name in some]
                for t in tags:
                    assert other.end(t)[1].startswith(b"OK")
        c.end(tag)
        assert c.response().startswith(b"* OK [NOTIFICATIONOVERFLOW]")
        other.ask("CREATE flood-later")
        other.ask("APPEND Large {}", message())
        assert c.quiet(1)
        assert b"EXISTS" not in c.ask("NOOP")
        # As after NOTIFY NONE: a client that asks again is told again.
        c.ask("NOTIFY SET (mailboxes flood-later (MessageNew MessageExpunge))")
        other.ask("APPEND flood-later {}", message())
        assert re.match(rb"\* STATUS flood-later \(UIDNEXT 2 MESSAGES 1\)", c.response())
