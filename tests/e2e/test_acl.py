"""Mailboxes that are shared, on the real server: each right allowed and denied, taken away, kept over crashes."""
import re
import threading

import posthouse
import pytest
from imap_client import Client, Refused
from posthouse import wait_for

pytestmark = pytest.mark.sanitize

MAIL = b"Subject: %s\r\nFrom: a@b.example\r\n\r\n%s\r\n"
ANN, BOB = "ann@localhost", "bob@localhost"
SECRET = "correct horse"
DENIED, GONE, CREATE = b"NO [NOPERM]", b"NO [NONEXISTENT]", b"NO [TRYCREATE]"


def add_accounts(server, *names):
    for name in names:
        server.run("account", "add", "--dir", str(server.folder), "--password-stdin", name, f"{name}@localhost", input=SECRET + "\n")


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    s = posthouse.Server(tmp_path_factory.mktemp("acl") / "dir").start()
    add_accounts(s, "ann", "bob", "carl")
    yield s
    assert s.stop() == 0


def connect(server, user, secret=SECRET):
    return Client(server.ports["imap"]).login(user, f'"{secret}"')


@pytest.fixture
def ann(server):
    with connect(server, ANN) as c:
        yield c


@pytest.fixture
def bob(server):
    with connect(server, BOB) as c:
        yield c


COUNT = iter(range(1, 1000))


@pytest.fixture
def box(ann):
    """A new mailbox of ann's with three messages: its name, and what bob calls it."""
    name = f"Box{next(COUNT)}"
    ann.ask(f"CREATE {name}")
    for n in range(3):
        ann.ask(f"APPEND {name} {{}}", MAIL % (b"%d" % n, b"text"))
    return name, f'"Other Users/ann/{name}"'


def refused(client, command, code, *literals):
    untagged, tagged = client.end(client.begin(command, literals))
    assert tagged.startswith(code), (command, tagged)
    return b"".join(untagged)


def uidvalidity(client, name):
    return re.search(rb"UIDVALIDITY (\d+)", client.ask(f"STATUS {name} (UIDVALIDITY)")).group(1).decode()


# A command; the rights of which it needs one; whether it is given in the selected mailbox.
RIGHTS = [
    ("SELECT {box}", "r", False),
    ("EXAMINE {box}", "r", False),
    ("STATUS {box} (MESSAGES)", "r", False),
    ("SUBSCRIBE {box}", "l", False),
    ("APPEND {box} {{}}", "i", False),
    ("CREATE {child}", "k", False),
    ("RENAME {box} {other}", "x", False),
    ("DELETE {box}", "x", False),
    ("GETACL {box}", "a", False),
    ("SETACL {box} carl l", "a", False),
    ("DELETEACL {box} carl", "a", False),
    ("LISTRIGHTS {box} carl", "a", False),
    ("GETMETADATA {box} /shared/comment", "rswip", False),
    ('SETMETADATA {box} (/shared/comment "x")', "w", False),
    ("STORE 1 +FLAGS (\\Seen)", "s", True),
    ("STORE 1 +FLAGS (\\Deleted)", "t", True),
    ("STORE 1 +FLAGS (\\Flagged)", "w", True),
    ("STORE 1 +FLAGS (keyword)", "w", True),
    ("STORE 1 FLAGS (\\Seen)", "stw", True),
    ("EXPUNGE", "e", True),
    ("UID EXPUNGE 1", "e", True),
    ("COPY 1 {box}", "i", True),
    ("MOVE 1 INBOX", "t", True),
    ("MOVE 1 INBOX", "e", True),
]


@pytest.mark.parametrize("command,needed,selected", RIGHTS, ids=[f"{n}-{c.split()[0]}-{r}" for n, (c, r, _) in enumerate(RIGHTS)])
def test_each_right(ann, bob, box, command, needed, selected):
    name, shared = box
    ann.ask("SETACL INBOX bob l")
    places = {"box": shared, "child": shared[:-1] + '/child"', "other": f'"Other Users/ann/INBOX/{name}"'}
    text = command.format(**places)
    literals = [MAIL % (b"x", b"y")] if "{}" in text else []
    everything = "lrswipkxtea"
    if command.startswith("RENAME"):
        ann.ask("SETACL INBOX bob lk")
    without = everything.translate(str.maketrans("", "", needed))
    ann.ask(f"SETACL {name} bob {without}")
    if selected:
        bob.ask(f"SELECT {shared}")
    # The text of the answer does not matter; who does not see it learns nothing.
    code = GONE if needed == "l" else DENIED
    refused(bob, text, code, *literals)
    if not selected and needed != "l" and not command.startswith("CREATE"):
        ann.ask(f"SETACL {name} bob {without.replace('l', '')}")
        hidden = {"APPEND": CREATE}.get(command.split()[0], GONE)
        refused(bob, text, hidden, *literals)
    extra = {"MOVE": "te", "CREATE": ""}.get(command.split()[0], "")
    ann.ask(f"SETACL {name} bob lr{needed[0]}{extra}")
    bob.ask(text, *literals)


def test_nothing_tells_what_is_not_seen_from_what_is_not_there(ann, bob, box):
    """RFC 4314 6: word for word the same."""
    name, shared = box
    ann.ask(f"SETACL {name} carl lrswipkxtea")
    ann.ask("SETACL INBOX bob l")
    for command in ("SELECT {}", "STATUS {} (MESSAGES)", "GETACL {}", "SETACL {} bob lr", "LISTRIGHTS {} bob", "MYRIGHTS {}", "DELETE {}", "RENAME {} {}x", "CREATE {}",
                    "CREATE {}/x", "SUBSCRIBE {}", "GETMETADATA {} /shared/comment", 'SETMETADATA {} (/shared/comment "x")', "EXAMINE {}"):
        answers = set()
        for place in (f"ann/{name}", "ann/Nowhere", "nobody/INBOX", "bob/INBOX"):
            text = command.replace("{}/x", '"Other Users/%s/x"' % place).replace("{}x", '"Other Users/%s2"' % place).replace("{}", '"Other Users/%s"' % place)
            untagged, tagged = bob.end(bob.begin(text))
            answers.add((tuple(untagged), tagged))
        assert len(answers) == 1, (command, answers)
        assert not any(a[1].startswith(b"OK") for a in answers), command
    assert name.encode() not in bob.ask('LIST "" *')


def test_identifiers_have_many_spellings(ann, bob, box):
    name, shared = box
    for spelling in ("bob", BOB, '"BOB@LocalHost"'):
        ann.ask(f"SETACL {name} {spelling} lr")
        assert b"* ACL %s ann lrswipkxteacd bob lr\r\n" % name.encode() in ann.ask(f"GETACL {name}")
        assert b"* MYRIGHTS %s lr\r\n" % shared.encode() in bob.ask(f"MYRIGHTS {shared}")
        ann.ask(f"DELETEACL {name} {spelling}")
        refused(bob, f"MYRIGHTS {shared}", GONE)
    refused(ann, f"SETACL {name} nobody lr", b"NO")
    refused(ann, f"SETACL {name} {ANN} lr", b"NO")
    refused(ann, f"SETACL {name} bob lrQ", b"BAD")
    ann.ask(f"SETACL {name} anyone lr")
    ann.ask(f"SETACL {name} -bob r")
    assert b"MYRIGHTS %s l\r\n" % shared.encode() in bob.ask(f"MYRIGHTS {shared}")


def test_lists_and_subscriptions(server, ann, bob, box):
    name, shared = box
    bare = shared.encode()
    assert bare not in bob.ask('LIST "" *')
    ann.ask(f"SETACL {name} bob lr")
    listed = bob.ask('LIST "" * RETURN (SUBSCRIBED MYRIGHTS STATUS (MESSAGES))')
    assert b'* LIST (\\NonExistent \\HasChildren) "/" "Other Users"\r\n' in listed
    assert b'* LIST (\\NonExistent \\HasChildren) "/" "Other Users/ann"\r\n' in listed
    assert b'* LIST (\\HasNoChildren) "/" %s\r\n* MYRIGHTS %s lr\r\n* STATUS %s (MESSAGES 3)\r\n' % (bare, bare, bare) in listed
    with connect(server, "carl@localhost") as carl:
        assert bare not in carl.ask('LIST "" *')
    bob.ask(f"SUBSCRIBE {shared}")
    assert b"* LSUB () \"/\" %s\r\n" % bare in bob.ask('LSUB "" *')
    assert b"\\Subscribed" in bob.ask(f"LIST (SUBSCRIBED) \"\" {shared}")
    ann.ask(f"DELETEACL {name} bob")
    assert b"* LIST (\\NonExistent" in bob.ask(f"LIST (SUBSCRIBED) \"\" {shared}")
    bob.ask(f"UNSUBSCRIBE {shared}")
    for own in ("CREATE", "RENAME INBOX"):
        refused(bob, f'{own} "Other Users"', b"NO")


def test_a_list_of_rights_is_inherited_and_moves_along(ann, bob, box):
    name, shared = box
    ann.ask(f"SETACL {name} bob lrk")
    ann.ask(f"CREATE {name}/Below")
    bob.ask(f"CREATE {shared[:-1]}/Below/More\"")
    assert b"lrkc" in bob.ask(f"MYRIGHTS {shared[:-1]}/Below/More\"")
    ann.ask(f"RENAME {name} {name}x")
    refused(bob, f"MYRIGHTS {shared}", GONE)
    assert b"lrkc" in bob.ask(f"MYRIGHTS {shared[:-1]}x/Below/More\"")
    ann.ask(f"DELETE {name}x/Below/More")
    ann.ask(f"SETACL {name}x/Below bob l")
    ann.ask(f"CREATE {name}x/Below/More")
    assert b" l\r\n" in bob.ask(f"MYRIGHTS {shared[:-1]}x/Below/More\"")


@pytest.mark.parametrize("rights", ["l", ""])
@pytest.mark.parametrize("command", ["NOOP", "FETCH 1:* FLAGS", "FETCH 1 BODY.PEEK[]", "STORE 1 +FLAGS (\\Seen)", "SEARCH ALL", "COPY 1 INBOX", "IDLE"])
def test_reading_ends_while_selected(ann, bob, box, rights, command):
    name, shared = box
    ann.ask(f"SETACL {name} bob lrs")
    bob.ask(f"SELECT {shared}")
    tag = bob.begin(command) if command == "IDLE" else None
    if tag:
        assert bob.response().startswith(b"+")
    ann.ask(f'SETACL {name} bob "{rights}"')
    if not tag:
        bob.begin(command)
    told = b""
    with pytest.raises(ConnectionError):
        while True:
            told += bob.response()
    assert told.startswith(b"* BYE ") or b"\r\n* BYE " in told, told
    assert b"text" not in told and b"* 1 FETCH" not in told


def test_changed_rights_are_told(ann, bob, box):
    name, shared = box
    ann.ask(f"SETACL {name} bob lr")
    assert b"[PERMANENTFLAGS ()]" in (answer := bob.ask(f"SELECT {shared}")) and b"OK [READ-ONLY]" in answer
    ann.ask(f"SETACL {name} bob +w")
    assert b"[PERMANENTFLAGS (\\Answered \\Flagged \\Draft \\*)]" in bob.ask("NOOP")
    bob.ask("STORE 1 +FLAGS (\\Flagged)")
    ann.ask(f"SETACL {name} bob -w")
    refused(bob, "STORE 1 -FLAGS (\\Flagged)", DENIED)
    assert b"\\Flagged" in bob.ask("FETCH 1 FLAGS")


def test_flags_are_shared(ann, bob, box):
    name, shared = box
    ann.ask(f"SETACL {name} bob lrst")
    ann.ask(f"SELECT {name}")
    bob.ask("ENABLE QRESYNC")
    bob.ask(f"SELECT {shared}")
    bob.ask("FETCH 2 BODY[]")
    assert b"* 2 FETCH (UID 2 FLAGS (\\Seen))" in ann.ask("NOOP")
    ann.ask("STORE 2 +FLAGS (\\Answered)")
    assert b"FLAGS (\\Answered \\Seen)" in bob.ask("NOOP").replace(b"\\Seen \\Answered", b"\\Answered \\Seen")
    bob.ask("STORE 2 FLAGS (\\Deleted \\Flagged)")
    flags = ann.ask("FETCH 2 FLAGS")
    assert b"\\Deleted" in flags and b"\\Answered" in flags and b"\\Seen" not in flags and b"\\Flagged" not in flags
    ann.ask("EXPUNGE")
    assert b"* VANISHED 2\r\n" in bob.ask("NOOP")


def test_fetch_sets_seen_only_with_the_right(ann, bob, box):
    name, shared = box
    ann.ask(f"SETACL {name} bob lr")
    bob.ask(f"SELECT {shared}")
    assert b"\\Seen" not in bob.ask("FETCH 1 BODY[]") + bob.ask("NOOP")
    ann.ask(f"SELECT {name}")
    assert b"\\Seen" not in ann.ask("FETCH 1 FLAGS")


def test_idle_tells_of_anothers_mailbox(ann, bob, box):
    name, shared = box
    ann.ask(f"SETACL {name} bob lr")
    bob.ask(f"SELECT {shared}")
    bob.begin("IDLE")
    assert bob.response().startswith(b"+")
    ann.ask(f"APPEND {name} {{}}", MAIL % (b"new", b"text"))
    assert bob.response() == b"* 4 EXISTS\r\n"
    bob.send(b"DONE\r\n")


def test_searches_and_sorts_look_there_too(ann, bob, box):
    name, shared = box
    ann.ask(f"SETACL {name} bob lr")
    bob.ask(f"SELECT {shared}")
    assert b"* SEARCH 2\r\n" in bob.ask("SEARCH SUBJECT 1")
    assert b"* SORT 3 2 1\r\n" in bob.ask("SORT (REVERSE SUBJECT) UTF-8 ALL")
    assert shared.encode() in bob.ask('ESEARCH IN (subtree "Other Users/ann") SUBJECT 1')
    assert b"ESEARCH (" not in bob.ask("ESEARCH IN (personal) SUBJECT 1")


def test_copies_both_ways(ann, bob, box):
    name, shared = box
    mine = f"Mine{name}"
    bob.ask(f"CREATE {mine}")
    ann.ask(f"SETACL {name} bob lrswite")
    ann.ask(f"SELECT {name}")
    ann.ask("STORE 1 FLAGS (\\Seen \\Flagged word)")
    date = re.search(rb'INTERNALDATE "[^"]*"', ann.ask("FETCH 1 INTERNALDATE")).group(0)
    body = ann.ask("FETCH 1 BODY.PEEK[]")
    bob.ask(f"SELECT {shared}")
    assert f"[COPYUID {uidvalidity(bob, mine)} 1:3 1:3]".encode() in bob.ask(f"COPY 1:3 {mine}")
    moved = bob.ask(f"MOVE 3 {mine}")
    assert b"COPYUID" in moved and b"* 3 EXPUNGE" in moved and b" 3 4]" in moved
    bob.ask(f"SELECT {mine}")
    fetched = bob.ask("FETCH 1 (FLAGS INTERNALDATE)")
    assert date in fetched and all(flag in fetched for flag in (b"\\Seen", b"\\Flagged", b"word"))
    assert bob.ask("FETCH 1 BODY.PEEK[]").split(b"\r\n")[1:6] == body.split(b"\r\n")[1:6]
    assert f"[COPYUID {uidvalidity(bob, shared)} 1:4 4:7]".encode() in bob.ask(f"MOVE 1:4 {shared}")
    assert b"MESSAGES 0" in bob.ask(f"STATUS {mine} (MESSAGES)")
    assert b"MESSAGES 6" in ann.ask(f"STATUS {name} (MESSAGES)")
    # Within the account of another.
    bob.ask(f"SELECT {shared}")
    bob.ask(f"COPY 1 {shared}")
    ann.ask(f"SETACL {name} bob lrit")
    for command, code in ((f"MOVE 1 {mine}", DENIED), (f"MOVE 1 {shared}", b"NO [CANNOT]"), ('COPY 1 "Other Users/ann/Nowhere"', CREATE)):
        refused(bob, command, code)
    assert b"\\Deleted" not in bob.ask("FETCH 1:* FLAGS")


def test_flags_without_a_right_are_lost_on_the_way(ann, bob, box):
    name, shared = box
    for rights, kept in (("lri", b""), ("lris", b"\\Seen"), ("lrit", b"\\Deleted"), ("lriw", b"\\Draft word")):
        ann.ask(f"SETACL {name} bob {rights}")
        bob.ask(f"APPEND {shared} (\\Seen \\Deleted \\Draft word) {{}}", MAIL % (b"f", b"text"))
        bob.ask("APPEND INBOX (\\Seen \\Deleted \\Draft word) {}", MAIL % (b"f", b"text"))
        bob.ask("SELECT INBOX")
        bob.ask(f"COPY * {shared}")
        ann.ask(f"SELECT {name}")
        count = int(re.search(rb"MESSAGES (\d+)", ann.ask(f"STATUS {name} (MESSAGES)")).group(1))
        for n in (count - 1, count):
            assert b"FLAGS (%s))" % kept in ann.ask(f"FETCH {n} FLAGS"), rights


def test_the_quota_is_the_owners(make_server):
    s = make_server().start()
    add_accounts(s, "ann", "bob")
    s.stop()
    account = s.folder / "accounts" / "ann.toml"
    account.write_text('quota = "4KB"\n' + account.read_text())
    s.start()
    with connect(s, ANN) as a, connect(s, BOB) as b:
        a.ask("SETACL INBOX bob lrite")
        for _ in range(3):
            b.ask("APPEND INBOX {}", MAIL % (b"large", b"x" * 3000))
        b.ask("SELECT INBOX")
        for command in ("COPY 1:3", "MOVE 1:3"):
            refused(b, f'{command} "Other Users/ann/INBOX"', b"NO [OVERQUOTA]")
        # All or none.
        assert b"MESSAGES 0" in a.ask("STATUS INBOX (MESSAGES)") and b"MESSAGES 3" in b.ask("STATUS INBOX (MESSAGES)")
        b.ask('MOVE 1 "Other Users/ann/INBOX"')
        refused(b, 'APPEND "Other Users/ann/INBOX" {}', b"NO [OVERQUOTA]", MAIL % (b"large", b"x" * 3000))


def test_object_ids_are_apart(ann, bob, box):
    name, shared = box
    ann.ask(f"SETACL {name} bob lr")
    own = bob.ask("CREATE Ids" + name) + bob.ask(f"APPEND Ids{name} {{}}", MAIL % (b"x", b"y"))
    bob.ask(f"SELECT Ids{name}")
    mine = re.search(rb"EMAILID \(([\w-]+)\)", bob.ask("FETCH 1 EMAILID")).group(1)
    assert b"-" not in mine and b"MAILBOXID" in own
    bob.ask(f"SELECT {shared}")
    theirs = re.search(rb"EMAILID \(([\w-]+)\)", bob.ask("FETCH 1 EMAILID")).group(1)
    assert re.fullmatch(rb"M\d+-\d+", theirs)
    assert b"* SEARCH 1\r\n" in bob.ask(b"SEARCH EMAILID " + theirs)
    assert b"* SEARCH\r\n" in bob.ask(b"SEARCH EMAILID " + mine)


def test_annotations(ann, bob, box):
    name, shared = box
    ann.ask(f'SETMETADATA {name} (/private/comment "mine" /shared/comment "ours")')
    ann.ask(f"SETACL {name} bob lr")
    told = bob.ask(f"GETMETADATA {shared} (/private/comment /shared/comment)")
    assert b"ours" in told and b"mine" not in told
    ann.ask(f"SETACL {name} bob lrw")
    refused(bob, f'SETMETADATA {shared} (/private/comment "x")', b"NO [METADATA NOPRIVATE]")
    bob.ask(f'SETMETADATA {shared} (/shared/comment "x")')
    assert b'"x"' in ann.ask(f"GETMETADATA {name} /shared/comment")


def test_an_account_that_is_gone_shares_nothing(server, ann, bob):
    add_accounts(server, "dora")
    with connect(server, "dora@localhost") as dora:
        dora.ask("SETACL INBOX bob lr")
        dora.ask("SETACL INBOX ann la")
        ann.ask("CREATE ForDora")
        ann.ask("SETACL ForDora dora lr")
    shared = '"Other Users/dora/INBOX"'
    bob.ask(f"SELECT {shared}")
    server.run("account", "remove", "dora", "--dir", str(server.folder))
    refused(ann, f"SELECT {shared}", GONE)
    assert b"dora" not in ann.ask('LIST "" *')
    # What is there of somebody who is gone can be taken away.
    assert b"dora lr" in ann.ask("GETACL ForDora")
    ann.ask("DELETEACL ForDora dora")
    assert b"dora" not in ann.ask("GETACL ForDora")


def test_owners_find_each_other_at_once(server):
    """Both copy from the other's mailbox: no lock of one waits for the other's."""
    with connect(server, ANN) as a, connect(server, BOB) as b:
        for c, other in ((a, "bob"), (b, "ann")):
            c.ask("CREATE Swap")
            c.ask(f"SETACL Swap {other} lrswite")
            for _ in range(5):
                c.ask("APPEND Swap {}", MAIL % (b"s", b"text"))

        def copy(user, other):
            with connect(server, user) as c:
                c.ask(f'SELECT "Other Users/{other}/Swap"')
                for _ in range(20):
                    c.ask("COPY 1:5 Swap")

        threads = [threading.Thread(target=copy, args=pair) for pair in ((ANN, "bob"), (BOB, "ann"))]
        for t in threads:
            t.start()
        for t in threads:
            t.join()
        for c in (a, b):
            assert b"MESSAGES 105" in c.ask("STATUS Swap (MESSAGES)")


def test_rights_are_as_acknowledged_after_a_crash(make_server):
    s = make_server().start()
    add_accounts(s, "ann", "bob")
    for turn in range(4):
        acknowledged, asked = "", ""
        with connect(s, ANN) as c:
            killer = threading.Timer(0.05 + turn * 0.07, s.kill_worker)
            killer.start()
            try:
                for n in range(100_000):
                    asked = ["lr", "", "lrs", "l"][n % 4]
                    c.ask(f'SETACL INBOX bob "{asked}"')
                    acknowledged = asked
            except (ConnectionError, OSError, Refused):
                pass
            killer.join()
        s.kill()
        s.start()
        with connect(s, ANN) as c, connect(s, BOB) as b:
            entry = re.search(rb"\* ACL INBOX ann lrswipkxteacd(?: bob (\w+))?\r\n", c.ask("GETACL INBOX"))
            rights = (entry.group(1) or b"").decode()
            assert rights in (acknowledged, asked)
            assert (b"Other Users/ann/INBOX" in b.ask('LIST "" *')) == ("l" in rights)
    assert s.stop() == 0
    for name in ("ann", "bob"):
        assert s.verify(name).returncode == 0, s.verify(name).stdout


def test_shares_are_known_again_when_their_file_is_lost(make_server):
    s = make_server().start()
    add_accounts(s, "ann", "bob")
    with connect(s, ANN) as c:
        c.ask("SETACL INBOX bob lr")
    assert s.stop() == 0
    for file in s.folder.rglob("shares.db*"):
        file.unlink()
    s.start()
    with connect(s, BOB) as b:
        b.ask('SELECT "Other Users/ann/INBOX"')
        wait_for(lambda: b"Other Users/ann/INBOX" in b.ask('LIST "" *'), timeout=60)


def test_switched_off(make_server):
    s = make_server().start()
    add_accounts(s, "ann", "bob")
    with connect(s, ANN) as c:
        c.ask("SETACL INBOX bob lr")
    s.stop()
    config = s.folder / "posthouse.toml"
    config.write_text(config.read_text() + '\n[plugins.imap]\ndisabled_capabilities = ["ACL"]\n')
    s.start()
    with connect(s, BOB) as b:
        assert b" ACL" not in b.ask("CAPABILITY") and b"RIGHTS=" not in b.ask("CAPABILITY") and b"MYRIGHTS" not in b.ask("CAPABILITY")
        assert b"Other Users" not in b.ask('LIST "" *') + b.ask("NAMESPACE")
        refused(b, 'SELECT "Other Users/ann/INBOX"', GONE)
        refused(b, "MYRIGHTS INBOX", b"BAD")
