"""SIGKILL at random moments of `store rebuild`: the mail is there all the time, and another run finishes."""
import os
import random
import shutil
import subprocess
import time

import posthouse

MESSAGES = 300
ROUNDS = posthouse.scaled(100)


def rebuild(server):
    return subprocess.Popen([str(posthouse.PROGRAM), "store", "rebuild", "--config", server.config, "you"], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


def files(account):
    """The mail itself: its files, by their bytes."""
    return sorted(p.read_bytes() for p in account.glob("msg/*/*"))


def test_kill_rebuild(make_server):
    server = make_server().start()
    with server.smtp(local_hostname="client.example.org") as s:
        for n in range(MESSAGES):
            s.sendmail("a@example.org", [posthouse.USER], f"Message-ID: <{n}@x>\r\nSubject: m{n}\r\n\r\n{'x' * 2000}\r\n")
    assert server.stop() == 0
    account = server.folder / "data" / "accounts" / "you"
    os.truncate(account / "index.db", (account / "index.db").stat().st_size // 2)
    mail = files(account)
    assert len(mail) == MESSAGES
    saved = server.folder.parent / "saved"
    shutil.copytree(account, saved)
    start = time.monotonic()
    assert rebuild(server).wait() == 0
    full = time.monotonic() - start
    killed = 0
    for _ in range(ROUNDS):
        shutil.rmtree(account)
        shutil.copytree(saved, account)
        for _ in range(3):
            process = rebuild(server)
            time.sleep(random.uniform(0, full * 1.1))
            process.kill()
            killed += process.wait() != 0
            assert files(account) == mail
        process = rebuild(server)
        assert process.wait() == 0, process.stderr.read()
        assert files(account) == mail
        assert server.verify().returncode == 0
    assert killed >= ROUNDS
    server.start()
    c = server.imap()
    assert c.select("INBOX")[1] == [str(MESSAGES).encode()]
    c.logout()
    assert server.stop() == 0
