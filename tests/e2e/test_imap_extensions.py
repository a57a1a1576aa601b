"""Each IMAP extension with a client of our own, on the real store."""
import random
import re
import threading
import zlib

import posthouse
import pytest
from imap_client import Client, Refused

pytestmark = pytest.mark.sanitize

MAIL = b"Subject: %s\r\nFrom: a@b.example\r\n\r\n%s\r\n"


def connect(server):
    return Client(server.ports["imap"]).login(posthouse.USER, posthouse.PASSWORD)


@pytest.fixture
def c(server):
    with connect(server) as client:
        yield client


@pytest.fixture
def other(server):
    with connect(server) as client:
        yield client


def mailbox(client, name, count=0):
    client.ask(f"CREATE {name}")
    for n in range(count):
        client.ask(f"APPEND {name} {{}}", MAIL % (b"%d" % n, b"text"))
    client.ask(f"SELECT {name}")


def test_object_ids_stay(c):
    made = c.ask("CREATE Objects")
    box = re.search(rb"MAILBOXID \((F[\w-]+)\)", made).group(1)
    c.ask("APPEND Objects {}", b"Subject: A\r\nMessage-ID: <a@x.example>\r\n\r\n")
    c.ask("APPEND Objects {}", b"Subject: Re: A\r\nMessage-ID: <b@x.example>\r\nReferences: <a@x.example>\r\n\r\n")
    assert b"[MAILBOXID (%s)]" % box in c.ask("SELECT Objects")
    ids = re.findall(rb"EMAILID \((\w+)\) THREADID \((\w+)\)", c.ask("FETCH 1:2 (EMAILID THREADID)"))
    assert ids[0][0] != ids[1][0] and ids[0][1] == ids[1][1]
    assert b"* SEARCH 1 2\r\n" in c.ask(b"SEARCH THREADID " + ids[0][1])
    c.ask("COPY 2 Archive")
    c.ask("RENAME Objects Objects2")
    assert b"MAILBOXID (%s)" % box in c.ask("STATUS Objects2 (MAILBOXID)")
    c.ask("SELECT Archive")
    assert b"* SEARCH 1\r\n" in c.ask(b"SEARCH EMAILID " + ids[1][0])


# RFC 8474 5.2: a parent that comes late joins threads, and changes no THREADID.
def test_thread_ids_stay(c):
    mailbox(c, "Threads")
    for name, refs in ((b"a", b""), (b"z", b"<y@t.example>"), (b"y", b"<a@t.example>")):
        c.ask("APPEND Threads {}", b"Subject: Hi\r\nMessage-ID: <%s@t.example>\r\nReferences: %s\r\n\r\n" % (name, refs))
        now = re.findall(rb"THREADID \((\w+)\)", c.ask("FETCH 1:* THREADID"))
        assert name == b"a" or now[: len(before)] == before
        before = now
    assert before[2] == before[0]


def test_preview(c):
    mailbox(c, "Preview")
    text = "<html><style>p {}</style><p>Gr\u00fc\u00dfe &amp; mehr</p>" + "<p>x</p>" * 5000
    body = b"Content-Type: text/html; charset=iso-8859-1\r\n\r\n" + text.encode("latin-1") + b"\r\n"
    c.ask("APPEND Preview {}", b"Subject: p\r\n" + body)
    answer = c.ask("FETCH 1 (PREVIEW (LAZY) FLAGS)")
    preview = re.search(rb"PREVIEW \{(\d+)\}\r\n(.*) FLAGS \(\)\)\r\n", answer, re.S)
    shown = preview.group(2).decode()
    assert len(preview.group(2)) == int(preview.group(1)) and shown.startswith("Gr\u00fc\u00dfe & mehr x x") and len(shown) <= 256


def test_metadata_of_mailbox_and_account(c, other):
    mailbox(c, "Meta")
    value = bytes(range(1, 256)) * 100
    c.ask("SETMETADATA Meta (/private/comment {} /shared/comment \"s\")", value)
    c.ask('SETMETADATA "" (/shared/vendor/x/y "server")')
    assert value in other.ask("GETMETADATA Meta /private/comment")
    assert b"LONGENTRIES %d" % len(value) in other.ask("GETMETADATA (MAXSIZE 100) Meta (/private/comment /shared/comment)")
    c.ask("SETMETADATA Meta (/private/comment NIL)")
    assert b"METADATA" not in other.ask("GETMETADATA Meta /private/comment")
    assert b'* METADATA Meta (/shared/comment "s")' in other.ask('LIST "" Meta RETURN (METADATA (/shared/comment))')
    with pytest.raises(Refused, match="TOOMANY"):
        c.ask("SETMETADATA Meta (" + " ".join(f'/shared/{n} "x"' for n in range(1000)) + ")")
    assert other.ask("GETMETADATA (DEPTH infinity) Meta /shared/1").startswith(b"OK")


def test_metadata_that_others_change(c, other):
    mailbox(c, "Watched")
    assert b"* ENABLED METADATA" in c.ask("ENABLE METADATA")
    c.ask('SETMETADATA Watched (/private/comment "own")')
    assert c.quiet()
    other.ask('SETMETADATA Watched (/private/comment "theirs" /shared/a "b")')
    assert c.response() == b"* METADATA Watched /private/comment /shared/a\r\n"
    tag = c.begin("IDLE")
    assert c.response().startswith(b"+")
    other.ask('SETMETADATA "" (/private/z "y")')
    assert c.response() == b'* METADATA "" /private/z\r\n'
    c.send(b"DONE\r\n")
    c.end(tag)
    other.ask('SETMETADATA "" (/private/z NIL)')
    assert c.response() == b'* METADATA "" /private/z\r\n'
    assert b"METADATA" not in c.ask("NOOP")


def test_multiappend_is_one_change(c, other):
    mailbox(c, "Multi")
    answer = c.ask("APPEND Multi (k1) {} {} (\\Seen) {}", *(MAIL % (b"%d" % n, b"x" * 10000) for n in range(3)))
    assert b"1:3] " in answer and b"* 3 EXISTS" in answer
    modseqs = set(re.findall(rb"MODSEQ \((\d+)\)", c.ask("FETCH 1:3 (MODSEQ)")))
    assert len(modseqs) == 1
    with pytest.raises(Refused, match="CANNOT"):
        c.ask("APPEND Multi {} {}", b"one", b"t\x00wo")
    with pytest.raises(Refused, match="cancelled"):
        c.ask("APPEND Multi {} {}", b"one", b"")
    assert b"MESSAGES 3 UIDNEXT 4" in other.ask("STATUS Multi (MESSAGES UIDNEXT)")


def test_replace_is_one_change(c, other):
    mailbox(c, "Replace", 3)
    other.ask("SELECT Replace")
    answer = c.ask("UID REPLACE 2 Replace (\\Draft) {}", MAIL % (b"new", b"n"))
    assert re.match(rb"\* OK \[APPENDUID \d+ 4\] .*\r\n\* 2 EXPUNGE\r\n\* 3 EXISTS\r\n", answer)
    assert re.match(rb"\* 2 EXPUNGE\r\n\* 3 EXISTS\r\n", other.ask("NOOP"))
    c.ask("REPLACE 1 Archive {}", MAIL % (b"moved", b"n"))
    assert b"MESSAGES 2 " in other.ask("STATUS Replace (MESSAGES UIDNEXT)")
    with pytest.raises(Refused, match="NONEXISTENT"):
        c.ask("UID REPLACE 1 Replace {}", b"x")


def test_compressed(server, c):
    mailbox(c, "Packed", 5)
    c.ask("APPEND Packed {}", MAIL % (b"large", b"all work and no play\r\n" * 50_000))
    plain = c.ask("UID FETCH 1:* (FLAGS ENVELOPE BODY.PEEK[])")
    with connect(server).compress() as packed:
        packed.ask("SELECT Packed")
        before = packed.received
        assert packed.ask("UID FETCH 1:* (FLAGS ENVELOPE BODY.PEEK[])").split(b"\r\n", 1)[1:] == plain.split(b"\r\n", 1)[1:]
        assert packed.received - before < len(plain) / 20
        with pytest.raises(Refused, match="COMPRESSIONACTIVE"):
            packed.ask("COMPRESS DEFLATE")
        rng = random.Random(1)
        for n in range(30):
            size = rng.choice([1, 100, 40_000, 300_000])
            message = MAIL % (b"%d" % n, rng.randbytes(size).replace(b"\x00", b"x").replace(b"\n", b"x").replace(b"\r", b"x"))
            packed.ask("APPEND Packed {}", message)
            assert message in packed.ask(f"UID FETCH {7 + n} BODY.PEEK[]")
        tag = packed.begin("IDLE")
        assert packed.response().startswith(b"+")
        c.ask("APPEND Packed {}", b"x")
        assert packed.response() == b"* 37 EXISTS\r\n"
        packed.send(b"DONE\r\n")
        packed.end(tag)
        # The last block of a client that ends its stream properly is read too.
        packed.socket.sendall(packed.packer.compress(b"z LOGOUT\r\n") + packed.packer.flush(zlib.Z_FINISH))
        assert packed.response().startswith(b"* BYE") and packed.response().startswith(b"z OK")


def test_compressed_nonsense_and_bombs(server):
    rss = server.rss_kib()
    for junk in (b"\xff" * 100, b"a NOOP\r\n" * 100):
        with connect(server).compress() as packed:
            packed.socket.sendall(junk)
            with pytest.raises(ConnectionError):
                while True:
                    packed.response()
    with connect(server).compress() as packed:
        with pytest.raises((ConnectionError, Refused)):
            packed.ask(b"CREATE " + b"x" * 100_000_000)
    if not posthouse.SANITIZED:  # they keep freed memory back
        assert server.rss_kib() - rss < 50_000
    with connect(server) as c:
        c.ask("NOOP")


def test_compressed_and_idle_costs_little(make_server):
    server = make_server().start()  # nothing to be indexed meanwhile
    clients = []
    for _ in range(50):
        client = connect(server).compress()
        client.ask("SELECT INBOX")
        clients.append(client)
    for client in clients:
        client.ask("NOOP")
    rss = server.rss_kib()
    more = []
    for _ in range(100):
        client = connect(server).compress()
        client.ask("SELECT INBOX")
        client.ask("NOOP")
        more.append(client)
    each = (server.rss_kib() - rss) / 100
    for client in clients + more:
        client.close()
    assert each < 40 or posthouse.SANITIZED, f"{each} KiB for a compressed connection at rest"


def test_uidonly(c, other):
    mailbox(c, "Uids", 4)
    c.ask("ENABLE UIDONLY")
    with pytest.raises(Refused, match="UIDREQUIRED"):
        c.ask("FETCH 1 FLAGS")
    assert b"* 2 UIDFETCH (FLAGS ())\r\n" in c.ask("UID FETCH 2 FLAGS")
    other.ask("SELECT Uids")
    other.ask("STORE 1,3 +FLAGS.SILENT (\\Deleted)")
    assert c.ask("NOOP").startswith(b"* 1 UIDFETCH (FLAGS (\\Deleted))\r\n* 3 UIDFETCH")
    other.ask("EXPUNGE")
    assert c.ask("NOOP").startswith(b"* VANISHED 1,3\r\n")


def test_notify(c, other):
    mailbox(other, "Notify/Sub", 1)
    other.ask("UNSELECT")
    c.ask("SELECT INBOX")
    answer = c.ask(
        "NOTIFY SET STATUS (selected (MessageNew (UID BODY.PEEK[HEADER.FIELDS (SUBJECT)]) MessageExpunge FlagChange)) "
        "(subtree Notify (MessageNew MessageExpunge FlagChange MailboxName MailboxMetadataChange SubscriptionChange))")
    assert b"* STATUS Notify/Sub (MESSAGES 1 UIDNEXT 2" in answer
    exists = int(re.search(rb"MESSAGES (\d+)", other.ask("STATUS INBOX (MESSAGES)")).group(1))
    other.ask("APPEND INBOX {}", b"Subject: hello\r\n\r\nx")
    assert c.response() == b"* %d EXISTS\r\n" % (exists + 1)
    fetched = c.response()
    assert fetched.startswith(b"* %d FETCH (UID " % (exists + 1)) and b"Subject: hello\r\n" in fetched
    other.ask("APPEND Notify/Sub {}", b"x")
    assert re.match(rb"\* STATUS Notify/Sub \(UIDNEXT 3 MESSAGES 2 UIDVALIDITY \d+ UNSEEN 2\)", c.response())
    other.ask("CREATE Notify/New")
    assert c.response() == b'* LIST (\\HasNoChildren) "/" Notify/New\r\n'
    assert c.response() == b'* LIST (\\HasChildren) "/" Notify\r\n'
    other.ask("SUBSCRIBE Notify/New")
    assert c.response() == b'* LIST (\\HasNoChildren \\Subscribed) "/" Notify/New\r\n'
    other.ask('SETMETADATA Notify/New (/shared/comment "x")')
    assert c.response() == b"* METADATA Notify/New /shared/comment\r\n"
    other.ask("RENAME Notify Told")
    assert c.response() == b'* LIST (\\HasChildren) "/" Told ("OLDNAME" (Notify))\r\n'
    c.ask("NOTIFY NONE")
    other.ask("APPEND INBOX {}", b"x")
    assert c.quiet()
    assert c.ask("NOOP").startswith(b"OK")


# What is too much to say at once ends it, and says so.
def test_notify_overflow(c, other):
    tags = []
    c.ask("NOTIFY SET (personal (MailboxName))")
    tag = c.begin("IDLE")
    assert c.response().startswith(b"+")
    for n in range(300):
        tags.append(other.begin(f"CREATE many-{n}-" + "x" * 700))
    for t in tags:
        other.end(t)
    said = b""
    while not c.quiet(1):
        said += c.response()
    c.send(b"DONE\r\n")
    c.end(tag)
    created = said.count(b"LIST (\\HasNoChildren)")
    assert created == 300 or b"NOTIFICATIONOVERFLOW" in said
    other.ask("CREATE later")
    assert (b"NOTIFICATIONOVERFLOW" in said) == c.quiet()


def test_unauthenticate(server):
    with connect(server) as c:
        c.ask("ENABLE CONDSTORE")
        c.ask("SELECT INBOX")
        c.ask("UNAUTHENTICATE")
        with pytest.raises(Refused):
            c.ask("SELECT INBOX")
        c.login(posthouse.USER, posthouse.PASSWORD)
        assert b"FETCH" not in c.ask("NOOP")


def test_capabilities_can_be_disabled(make_server):
    server = make_server()
    server.start()
    server.stop()
    config = server.folder / "posthouse.toml"
    config.write_text(config.read_text() + '\n[plugins.imap]\ndisabled_capabilities = ["UIDONLY"]\n'
                      'disabled_for_accounts = ["you: COMPRESS=DEFLATE"]\ndisabled_for_clients = ["Old: NOTIFY"]\n')
    server.start()
    with connect(server) as c:
        offered = c.ask("CAPABILITY").split()
        assert b"UIDONLY" not in offered and b"COMPRESS=DEFLATE" not in offered and b"NOTIFY" in offered
        c.ask('ID ("name" "Old Mail 2")')
        assert b"NOTIFY" not in c.ask("CAPABILITY").split()
        for command in ("NOTIFY NONE", "COMPRESS DEFLATE"):
            with pytest.raises(Refused, match="unknown command"):
                c.ask(command)
        assert b"UIDONLY" not in c.ask("ENABLE UIDONLY")


def kill_while(server, work):
    """Runs `work(client)` until the server is killed somewhere in the middle."""
    timer = threading.Timer(random.uniform(0.3, 1.0), server.kill)
    timer.start()
    try:
        with connect(server) as c:
            while True:
                work(c)
    except (OSError, ConnectionError):
        pass
    timer.join()
    server.start()


# MULTIAPPEND, REPLACE and SETMETADATA are there whole or not at all, also when the server is killed in them.
def test_killed_in_the_middle(make_server):
    server = make_server()
    server.start()
    with connect(server) as c:
        for name in ("Many", "One"):
            c.ask(f"CREATE {name}")
        c.ask("APPEND One {}", MAIL % (b"0", b"x"))
    done = {"many": 0, "one": 0, "meta": 0}
    for _ in range(max(3, posthouse.scaled(30))):

        def work(c):
            c.ask("APPEND Many {} {} {}", *(MAIL % (b"%d" % n, b"x" * 3000) for n in range(3)))
            done["many"] += 1
            c.ask("SELECT One")
            c.ask("REPLACE 1 One {}", MAIL % (b"%d" % (done["one"] + 1), b"x" * 3000))
            done["one"] += 1
            c.ask(f'SETMETADATA One (/private/a "{done["meta"] + 1}" /shared/a "{done["meta"] + 1}")')
            done["meta"] += 1

        kill_while(server, work)
        with connect(server) as c:
            count = int(re.search(rb"MESSAGES (\d+)", c.ask("STATUS Many (MESSAGES)")).group(1))
            assert count in (3 * done["many"], 3 * done["many"] + 3)
            done["many"] = count // 3
            assert b"* 1 EXISTS" in c.ask("SELECT One")
            one = int(re.search(rb'ENVELOPE \(NIL "(\d+)"', c.ask("FETCH 1 ENVELOPE")).group(1))
            assert one in (done["one"], done["one"] + 1)
            done["one"] = one
            values = re.findall(rb'/a "(\d+)"', c.ask("GETMETADATA One (/private/a /shared/a)"))
            assert len(set(values)) <= 1
            if values:
                assert int(values[0]) in (done["meta"], done["meta"] + 1)
                done["meta"] = int(values[0])
    server.stop()
    assert server.verify().returncode == 0
