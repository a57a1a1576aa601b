"""Damaged accounts: what `store verify --fix`, `store rebuild` and `store bump-uidvalidity` bring back."""
import os
import shutil
import sqlite3

import posthouse
import pytest

SUBJECTS = [f"m{n}" for n in range(20)]


def fill(server):
    for subject in SUBJECTS:
        server.send(f"From: a@example.org\r\nMessage-ID: <{subject}@x>\r\nSubject: {subject}\r\n\r\n{subject}\r\n")
    c = server.imap()
    c.select("INBOX")
    c.store("1:5", "+FLAGS", "\\Flagged")
    c.copy("1", "Archive")
    c.logout()


def subjects(server, mailbox="INBOX"):
    c = server.imap()
    try:
        status, count = c.select(mailbox, readonly=True)
        if status != "OK" or count == [b"0"]:
            return []
        data = c.fetch("1:*", "(BODY[HEADER.FIELDS (SUBJECT)])")[1]
        return sorted(item[1].decode().split(": ", 1)[1].strip() for item in data if isinstance(item, tuple))
    finally:
        c.logout()


def uidvalidity(server, mailbox="INBOX"):
    c = server.imap()
    try:
        return int(c.status(mailbox, "(UIDVALIDITY)")[1][0].split()[-1].rstrip(b")"))
    finally:
        c.logout()


def store(server, *args, check=True):
    command, account = args[:-1], args[-1]
    words = [account] if isinstance(account, str) else list(account)
    return server.run("store", command[0], "--config", server.config, *command[1:], *words, check=check)


@pytest.fixture
def filled(make_server):
    server = make_server().start()
    fill(server)
    server.before = uidvalidity(server)
    assert server.stop() == 0
    server.account = server.folder / "data" / "accounts" / "you"
    return server


def damage_nothing(account):
    pass


def damage_truncate(account):
    os.truncate(account / "index.db", (account / "index.db").stat().st_size // 2)


def damage_remove(account):
    (account / "index.db").unlink()


def damage_garble(account):
    with open(account / "index.db", "r+b") as f:
        f.seek(5000)
        f.write(os.urandom(30000))


def damage_all_but_messages(account):
    for path in account.iterdir():
        if path.name != "msg":
            shutil.rmtree(path) if path.is_dir() else path.unlink()


@pytest.mark.parametrize("damage", [damage_nothing, damage_truncate, damage_remove, damage_garble, damage_all_but_messages])
def test_rebuild(filled, damage):
    damage(filled.account)
    print(store(filled, "rebuild", "you").stdout)
    assert store(filled, "verify", "--content", "you").returncode == 0
    filled.start()
    assert subjects(filled) == sorted(SUBJECTS)
    assert subjects(filled, "Archive") == (["m0"] if damage is damage_nothing else [])
    assert uidvalidity(filled) > filled.before
    filled.send("Subject: new\r\n\r\nx\r\n")
    assert "new" in subjects(filled)
    assert filled.stop() == 0


def test_a_damaged_account_does_not_stop_the_server(filled):
    damage_truncate(filled.account)
    filled.start()
    c = filled.imap(login=False)
    with pytest.raises(Exception):
        c.login(posthouse.USER, posthouse.PASSWORD)
        c.select("INBOX")
        raise AssertionError("the mailbox was opened")
    assert filled.stop() == 0
    store(filled, "rebuild", "you")
    filled.start()
    assert subjects(filled) == sorted(SUBJECTS)
    assert filled.stop() == 0


def test_verify_fix(filled):
    assert store(filled, "verify", "you").returncode == 0
    db = sqlite3.connect(filled.account / "index.db")
    db.execute("UPDATE mailboxes SET messages=messages+3,unseen=77")
    db.execute("DELETE FROM messages WHERE uid=7 AND mailbox=1")
    db.commit()
    db.close()
    files = sorted(filled.account.glob("msg/*/*"), key=lambda p: int(p.name))
    files[2].unlink()
    (files[3].parent / "strange").write_text("x")
    assert store(filled, "verify", "you", check=False).returncode == 1
    fixed = store(filled, "verify", "--fix", "you")
    assert "mailboxes had wrong counters" in fixed.stdout
    assert "<m2@x>" not in fixed.stdout and "Message-ID m2@x) is lost" in fixed.stdout
    assert "strange was moved to" in fixed.stdout
    assert [p.name.split("-", 1)[1] for p in (filled.folder / "data/moved/you").iterdir()] == ["strange"]
    assert store(filled, "verify", "--content", "you").returncode == 0
    filled.start()
    assert subjects(filled) == sorted(set(SUBJECTS) - {"m2", "m6"})
    assert subjects(filled, "Recovered") == ["m6"]
    assert uidvalidity(filled) == filled.before
    assert filled.stop() == 0


def test_bump_uidvalidity(filled):
    assert "1 mailboxes" in store(filled, "bump-uidvalidity", ("you", "INBOX")).stdout
    filled.start()
    bumped = uidvalidity(filled)
    archive = uidvalidity(filled, "Archive")
    assert bumped > filled.before
    assert filled.stop() == 0
    store(filled, "bump-uidvalidity", "you")
    missing = store(filled, "bump-uidvalidity", ("you", "nowhere"), check=False)
    assert missing.returncode == 1 and "no such mailbox" in missing.stderr
    filled.start()
    assert uidvalidity(filled) > bumped and uidvalidity(filled, "Archive") > archive
    assert filled.stop() == 0
