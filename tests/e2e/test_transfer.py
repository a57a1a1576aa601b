"""Import and export through a running server, by real programs' files, killed at random; undelete."""
import email.utils
import mailbox
import os
import pathlib
import random
import shutil
import subprocess
import threading
import time

import posthouse
import pytest

pytestmark = pytest.mark.sanitize

FROM_LINE = "From ann@example.org Thu Nov 24 18:22:48 1986\n"
MESSAGES = 2_000 if posthouse.SANITIZED else 1_000_000 if posthouse.LONG else 50_000
MAX_GROWTH_KIB = 256 * 1024 if not posthouse.SANITIZED else 2**30  # they keep freed memory back


def cli(server, *args, check=True, **kwargs):
    return server.run(*args, "--dir", str(server.folder), check=check, **kwargs)


def add_account(server, name):
    cli(server, "account", "add", name, f"{name}@localhost", "--password-stdin", input="long enough password\n")


def counts(result):
    """"7 messages, 1 KB in 0 s (9/s): 5 imported, 2 were there, 0 problems" -> 5, 2, 0"""
    words = result.stdout.split(": ", 1)[1].replace(",", "").split()
    return int(words[0]), int(words[2]), int(words[5])


def fill(server):
    c = server.imap()
    c.create("Work/Papers")
    c.create('"B&APw-ro.2026"')
    for n in range(40):
        text = f"From: a@example.org\r\nMessage-ID: <m{n}@x>\r\nSubject: m{n}\r\n\r\nFrom here\r\n>From there {n}\r\n".encode()
        box = ("INBOX", "Work/Papers", '"B&APw-ro.2026"')[n % 3]
        flags = ("", "\\Seen", "\\Flagged $Forwarded", "\\Answered Later")[n % 4]
        c.append(box, f"({flags})", f'"{n % 28 + 1:02}-Jan-2020 10:00:00 +0200"', text)
    c.logout()


def content(server, user):
    c = server.imap(user=user, password=posthouse.PASSWORD if user == posthouse.USER else "long enough password")
    found = {}
    try:
        for box in ("INBOX", "Work/Papers", '"B&APw-ro.2026"'):
            assert c.select(box, readonly=True)[0] == "OK", box
            _, data = c.fetch("1:*", "(FLAGS INTERNALDATE BODY.PEEK[])")
            for item in data:
                if isinstance(item, tuple):
                    head = item[0].decode()
                    flags = head.split("FLAGS (")[1].split(")")[0].split()
                    date = head.split('INTERNALDATE "')[1].split('"')[0]
                    found[(box, item[1])] = (sorted(f for f in flags if f != "\\Recent"), email.utils.mktime_tz(email.utils.parsedate_tz(date.replace("-", " ", 2))))
    finally:
        c.logout()
    return found


@pytest.mark.parametrize("form", ["mbox", "maildir"])
@pytest.mark.parametrize("suffix", ["", ".zip", ".tgz"])
def test_round_trip(make_server, tmp_path, form, suffix):
    server = make_server().start()
    fill(server)
    out = str(tmp_path / ("out" + suffix))
    cli(server, "export", "you", "--format", form, "--to", out)
    add_account(server, "ann")
    assert counts(cli(server, "import", form, "ann", out)) == (40, 0, 0)
    assert counts(cli(server, "import", form, "ann", out)) == (0, 40, 0)
    before, after = content(server, posthouse.USER), content(server, "ann@localhost")
    assert before == after and len(before) == 40
    # What is there is not written over.
    assert cli(server, "export", "you", "--format", form, "--to", out, check=False).returncode != 0
    # Without a server the same on the files.
    assert server.stop() == 0
    assert counts(server.run("import", form, "--config", server.config, "ann", out)) == (0, 40, 0)
    assert server.verify("ann").returncode == 0


def test_other_programs_read_it(make_server, tmp_path):
    server = make_server().start()
    fill(server)
    cli(server, "export", "you", "--format", "mbox", "--to", str(tmp_path / "m"))
    cli(server, "export", "you", "--format", "maildir", "--to", str(tmp_path / "d"))
    box = mailbox.mbox(tmp_path / "m" / "Work" / "Papers.mbox")
    assert len(box) == 13
    assert all(m.get_payload().startswith(("From here", ">From here")) for m in box)
    maildir = mailbox.Maildir(tmp_path / "d", create=False)
    assert sorted(maildir.list_folders()) == sorted(["Archive", "B&APw-ro&AC4-2026", "Drafts", "Junk", "Sent", "Trash", "Work", "Work.Papers"])
    assert len(maildir.get_folder("Work.Papers")) == 13
    assert sum("F" in m.get_flags() for m in maildir) > 0
    if shutil.which("mutt"):
        home = tmp_path / "home"
        home.mkdir()
        out = home / "saved"
        for source in (tmp_path / "m" / "INBOX.mbox", tmp_path / "d"):
            commands = f"push <tag-pattern>~A<enter><tag-prefix><copy-message>{out}<enter>y<quit>"
            (home / "rc").write_text(f"set mbox_type=mbox confirmcreate=no confirmappend=no delete=no quit=yes\n{commands}\n")
            subprocess.run(["mutt", "-F", str(home / "rc"), "-R", "-f", str(source)], env={**os.environ, "HOME": str(home), "TERM": "dumb"},
                           stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=60, check=False)
    # Standard output, standard input.
    text = subprocess.run([posthouse.PROGRAM, "export", "you", "--dir", str(server.folder), "--mailbox", "Work/Papers", "--to", "-"], capture_output=True, check=True).stdout
    add_account(server, "ann")
    done = subprocess.run([posthouse.PROGRAM, "import", "mbox", "ann", "-", "--mailbox", "Papers", "--dir", str(server.folder)], input=text, capture_output=True, check=True)
    assert b": 13 imported" in done.stdout


def test_from_another_server(make_server):
    """Posthouse as the other server: flags, dates, names, and a second run that gets only what is new."""
    server = make_server().start()
    fill(server)
    add_account(server, "ann")
    command = ["import", "imap", "ann", "--host", "127.0.0.1", "--port", str(server.ports["imap"]), "--tls", "none", "--user", posthouse.USER]
    assert counts(cli(server, *command, input=posthouse.PASSWORD + "\n")) == (40, 0, 0)
    assert content(server, posthouse.USER) == content(server, "ann@localhost")
    server.send("Subject: new\r\n\r\nnew\r\n")
    assert counts(cli(server, *command, input=posthouse.PASSWORD + "\n")) == (1, 40, 0)
    wrong = cli(server, *command, input="wrong\n", check=False)
    assert wrong.returncode == 1 and "login failed" in wrong.stderr
    # A certificate that nobody vouches for is refused before the password goes out.
    tls = ["import", "imap", "ann", "--host", "127.0.0.1", "--port", str(server.ports["imaps"]), "--user", posthouse.USER]
    assert cli(server, *tls, input=posthouse.PASSWORD + "\n", check=False).returncode != 0
    assert counts(cli(server, *tls, "--insecure", input=posthouse.PASSWORD + "\n")) == (0, 41, 0)


def big_mbox(path, messages):
    with open(path, "w", encoding="ascii") as f:
        for n in range(messages):
            f.write(f"{FROM_LINE}From: a@example.org\nSubject: m{n}\nMessage-ID: <m{n}@x>\nStatus: {'RO' if n % 2 else 'O'}\n\nText of {n}\n{'x' * 70}\n\n")


def test_killed_at_random(make_server, tmp_path):
    """Client, worker or both die; in the end every message is there once."""
    total = posthouse.scaled(20_000)
    path = tmp_path / "big.mbox"
    big_mbox(path, total)
    server = make_server().start()
    rng = random.Random()
    command = [posthouse.PROGRAM, "import", "mbox", "you", str(path), "--dir", str(server.folder)]
    for n in range(posthouse.scaled(40)):
        client = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(rng.uniform(0.05, 0.6))
        if n % 2:
            client.kill()
        else:
            server.kill()
        client.wait(60)
        if n % 2 == 0:
            server.start()
    stored, known, problems = counts(cli(server, "import", "mbox", "you", str(path)))
    assert stored + known == total and problems == 0
    c = server.imap()
    assert int(c.select("INBOX", readonly=True)[1][0]) == total
    c.logout()
    assert server.stop() == 0
    assert server.verify().returncode == 0


def test_memory_and_readers(make_server, tmp_path):
    """Neither end grows with the mail; who reads meanwhile is answered."""
    path = tmp_path / "big.mbox"
    big_mbox(path, MESSAGES)
    server = make_server().start()
    server.send("Subject: first\r\n\r\nx\r\n")
    before = server.rss_kib()
    slowest = [0.0]
    stop = threading.Event()

    def read():
        c = server.imap()
        while not stop.is_set():
            begun = time.monotonic()
            c.select("INBOX", readonly=True)
            c.fetch("1", "(BODY.PEEK[])")
            slowest[0] = max(slowest[0], time.monotonic() - begun)
            time.sleep(0.05)
        c.logout()

    reader = threading.Thread(target=read)
    reader.start()
    client = subprocess.Popen([posthouse.PROGRAM, "import", "mbox", "you", str(path), "--dir", str(server.folder)], stdout=subprocess.PIPE, text=True)
    peak = 0
    while client.poll() is None:
        try:
            status = pathlib.Path(f"/proc/{client.pid}/status").read_text()
            peak = max([peak] + [int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")])
        except OSError:
            pass
        time.sleep(0.2)
    stop.set()
    reader.join()
    assert client.returncode == 0 and f": {MESSAGES} imported" in client.stdout.read()
    assert peak < MAX_GROWTH_KIB
    assert server.peak_kib() - before < MAX_GROWTH_KIB
    assert slowest[0] < 30
    out = tmp_path / "out"
    cli(server, "export", "you", "--to", str(out))
    assert server.peak_kib() - before < MAX_GROWTH_KIB
    assert sum(1 for line in open(out / "INBOX.mbox", encoding="latin-1") if line.startswith("From ")) == MESSAGES + 1


def test_undelete(make_server):
    server = make_server().start()
    fill(server)
    before = content(server, posthouse.USER)
    c = server.imap()
    c.select("Work/Papers")
    c.store("1:5", "+FLAGS", "\\Deleted")
    c.expunge()
    c.close()
    c.delete('"B&APw-ro.2026"')
    listed = cli(server, "store", "undelete", "you", "--list").stdout
    assert listed.count("UID") == 18 and "<m1@x>" in listed
    assert cli(server, "store", "undelete", "you", check=False).returncode != 0  # says which
    cli(server, "store", "undelete", "you", "--message-id", "<m1@x>")
    assert cli(server, "store", "removed", "you", "--json").stdout.count('"uid"') == 17
    cli(server, "store", "undelete", "you", "--all", "--since", "1h")
    assert content(server, posthouse.USER) == before
    assert cli(server, "store", "verify", "you").returncode == 0
    # It is off: what is expunged is gone, and what could be restored goes with the next maintenance.
    c.select("INBOX")
    c.store("1", "+FLAGS", "\\Deleted")
    c.expunge()
    c.logout()
    assert server.stop() == 0
    offline = server.run("store", "undelete", "--config", server.config, "you", "--list").stdout
    assert offline.count("UID") == 1
    assert "1 messages restored" in server.run("store", "undelete", "--config", server.config, "you", "--all").stdout
    assert server.verify().returncode == 0
