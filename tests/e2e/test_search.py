"""SEARCH with the index, without it and while it is made finds the same: what is in the messages."""
import base64
import json
import quopri
import random

import posthouse
import pytest
from posthouse import wait_for

pytestmark = pytest.mark.sanitize

WORDS = ["Straße", "naïve", "ångström", "東京都庁", "日本", "Ελλάδα", "Привет", "quick", "brown", "foxes", "over", "xy", "q", "emoji😀here", "10%", "don't"]
MAIL = 120


def fold(text):
    return text.casefold()


class Mail:
    def __init__(self, rng, n):
        self.subject = " ".join(rng.choices(WORDS, k=2))
        self.body = " ".join(rng.choices(WORDS, k=5)) + f" number{n}"
        kind = rng.randrange(4)
        if kind == 0:
            coding, bytes_ = "base64", base64.encodebytes(self.body.encode()).replace(b"\n", b"\r\n")
        elif kind == 1:
            coding, bytes_ = "quoted-printable", quopri.encodestring(self.body.encode()).replace(b"\n", b"\r\n") + b"\r\n"
        else:
            coding, bytes_ = "8bit", self.body.encode() + b"\r\n"
        head = (f"From: Sender{n % 7} <s{n % 7}@x.example>\r\nTo: you@localhost\r\n"
                f"Subject: =?utf-8?B?{base64.b64encode(self.subject.encode()).decode()}?=\r\nMIME-Version: 1.0\r\n")
        type_ = "Content-Type: text/plain; charset=utf-8\r\n"
        self.fields = [f"From: Sender{n % 7} <s{n % 7}@x.example>", "To: you@localhost", f"Subject: {self.subject}", "MIME-Version: 1.0"]
        self.fields += ["Content-Type: multipart/mixed; boundary=b"] if kind == 3 else [type_.strip(), f"Content-Transfer-Encoding: {coding}"]
        if kind == 3:
            self.bytes = (f"{head}Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n{type_}"
                          f"Content-Transfer-Encoding: 8bit\r\n\r\n").encode() + bytes_ + b"--b--\r\n"
        else:
            self.bytes = f"{head}{type_}Content-Transfer-Encoding: {coding}\r\n\r\n".encode() + bytes_

    def has(self, key, word):
        return any(fold(word) in fold(text) for text in {"SUBJECT": [self.subject], "BODY": [self.body], "TEXT": [*self.fields, self.body]}[key])


def append(client, mail, mailbox="INBOX"):
    assert client.append(mailbox, None, None, mail.bytes)[0] == "OK"


def search(client, key, word):
    client.literal = word.encode()
    status, data = client.uid("SEARCH", "CHARSET", "UTF-8", key)
    assert status == "OK"
    return {int(n) for n in data[0].split()} if data[0] else set()


def compare(client, there, rng, rounds):
    for _ in range(rounds):
        key, word = rng.choice(["SUBJECT", "BODY", "TEXT"]), rng.choice(WORDS)
        if rng.random() < 0.3:
            word = word[:rng.randrange(1, len(word) + 1)].upper()
        assert search(client, key, word) == {uid for uid, m in there.items() if m.has(key, word)}, (key, word)


def admin(server, *words):
    return json.loads(server.run(*words, "--dir", str(server.folder), "--json").stdout)


def waiting(server):
    return admin(server, "store", "index", "you")["waiting"]


def index(server):
    wait_for(lambda: waiting(server) == 0, 60, what="the index")


@pytest.fixture
def filled(make_server):
    rng = random.Random(4)
    server = make_server().start()
    client = server.imap()
    client.create("Other")
    first = int(client.status("INBOX", "(UIDNEXT)")[1][0].split()[-1].rstrip(b")"))
    there = {}
    for n in range(MAIL):
        there[first + n] = Mail(rng, n)
        append(client, there[first + n])
    client.select("INBOX")
    # What the house itself put there is no part of the game.
    for uid in search(client, "TEXT", "e") - set(there):
        client.uid("STORE", str(uid), "+FLAGS.SILENT", "\\Deleted")
    client.expunge()
    return server, client, there, rng


def test_same_hits(filled):
    server, client, there, rng = filled
    compare(client, there, rng, 25)  # before the index knows them
    index(server)
    compare(client, there, rng, 60)
    # Expunged, moved away, and new mail that is not indexed yet.
    gone = rng.sample(sorted(there), 30)
    for uid in gone[:15]:
        client.uid("STORE", str(uid), "+FLAGS.SILENT", "\\Deleted")
    client.expunge()
    client.uid("MOVE", ",".join(map(str, gone[15:])), "Other")
    moved = [there[uid] for uid in sorted(gone[15:])]
    for uid in gone:
        del there[uid]
    client.noop()
    compare(client, there, rng, 30)
    new = Mail(rng, 900)
    append(client, new)
    there[max(max(there), max(gone)) + 1] = new
    client.noop()
    compare(client, there, rng, 30)
    client.select("Other")
    compare(client, dict(enumerate(moved, 1)), rng, 20)
    client.select("INBOX")
    # Made anew, and lost while the server was away.
    assert admin(server, "store", "reindex", "you")["indexed"] == 0
    compare(client, there, rng, 20)
    index(server)
    compare(client, there, rng, 20)
    client.logout()
    assert server.stop() == 0
    path = server.folder / "data" / "accounts" / "you" / "search.db"
    damaged = bytearray(path.read_bytes())
    damaged[5000:9000] = bytes(4000)
    path.write_bytes(damaged)
    server.start()
    client = server.imap()
    client.select("INBOX")
    compare(client, there, rng, 20)
    assert server.stop() == 0
    path.unlink()
    server.start()
    client = server.imap()
    client.select("INBOX")
    compare(client, there, rng, 10)
    index(server)
    compare(client, there, rng, 20)
    client.logout()


def test_command_line(filled):
    server, client, there, rng = filled
    index(server)
    for word in ["東京都庁", "NUMBER77", "xy"]:
        found = admin(server, "search", "you", word, "--max", "1000")["items"]
        wanted = {uid for uid, m in there.items() if m.has("TEXT", word)}
        assert {m["uid"] for m in found if m["mailbox"] == "INBOX"} == wanted, word
    one = admin(server, "search", "you", "number77", "sender0")["items"]
    assert len(one) == 1 and one[0]["from"] == "Sender0 <s0@x.example>"
    assert admin(server, "search", "you", "number77", "sender1")["items"] == []
    assert server.run("search", "nobody", "x", "--dir", str(server.folder), check=False).returncode == 1
    client.logout()


def test_sort_and_thread(filled):
    server, client, there, rng = filled
    status, data = client.uid("SORT", "(REVERSE SIZE)", "UTF-8", "ALL")
    sizes = {uid: len(m.bytes) for uid, m in there.items()}
    assert [int(n) for n in data[0].split()] == sorted(there, key=lambda uid: (-sizes[uid], uid))
    status, data = client.uid("THREAD", "REFERENCES", "UTF-8", "ALL")
    numbers = [int(n) for n in data[0].replace(b"(", b" ").replace(b")", b" ").split()]
    assert status == "OK" and sorted(numbers) == sorted(there)
    client.logout()
