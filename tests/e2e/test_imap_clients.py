"""Mail out by IMAP with the clients people use: imaplib, mutt, mbsync; several at once on one mailbox."""
import imaplib
import os
import pathlib
import re
import ssl
import subprocess
import threading
import time

import posthouse
import pytest

pytestmark = pytest.mark.sanitize


def insecure():
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def message(n, body="hello"):
    return f"From: a@example.org\r\nTo: {posthouse.USER}\r\nSubject: number {n}\r\nMessage-ID: <n{n}@example.org>\r\n\r\n{body}\r\n".encode()


@pytest.mark.parametrize("how", ["plain", "starttls", "implicit"])
def test_imaplib_reads_what_smtp_delivered(server, how):
    sent = message(how)
    server.send(sent)
    if how == "implicit":
        c = imaplib.IMAP4_SSL("127.0.0.1", server.ports["imaps"], ssl_context=insecure())
    else:
        c = server.imap(login=False)
        if how == "starttls":
            c.starttls(insecure())
    c.login(posthouse.USER, posthouse.PASSWORD)
    c.select("INBOX")
    number = c.search(None, "SUBJECT", f'"number {how}"')[1][0].split()[-1].decode()
    data = c.fetch(number, "(FLAGS BODY.PEEK[] ENVELOPE BODYSTRUCTURE INTERNALDATE RFC822.SIZE UID)")[1]
    assert data[0][1].endswith(sent)
    assert b"X-Posthouse-Meta" not in data[0][1]
    assert b"Return-Path: <a@example.org>" in data[0][1]
    size = int(re.search(rb"RFC822.SIZE (\d+)", b" ".join(x if isinstance(x, bytes) else x[0] for x in data)).group(1))
    assert size == len(data[0][1])
    c.logout()


def test_wrong_password(server):
    c = server.imap(login=False)
    with pytest.raises(imaplib.IMAP4.error, match="AUTHENTICATIONFAILED"):
        c.login(posthouse.USER, "wrong password")
    c.shutdown()


def test_25_mb_message_byte_for_byte(server):
    body = os.urandom(3 * 1024 * 1024).hex()
    lines = "\r\n".join(body[i:i + 76] for i in range(0, len(body), 76))
    text = message("large", (lines + "\r\n") * 4)
    assert len(text) > 25_000_000
    c = server.imap()
    assert c.append("INBOX", "(\\Flagged)", imaplib.Time2Internaldate(1_000_000_000), text)[0] == "OK"
    c.select("INBOX")
    uid = c.uid("SEARCH", None, "FLAGGED")[1][0].split()[-1].decode()
    assert c.uid("FETCH", uid, "(BODY.PEEK[])")[1][0][1] == text
    part = c.uid("FETCH", uid, "(BODY.PEEK[TEXT]<1000.500>)")[1][0][1]
    assert part == text.split(b"\r\n\r\n", 1)[1][1000:1500]
    assert b" 9-Sep-2001 01:46:40" in c.uid("FETCH", uid, "(INTERNALDATE)")[1][0]
    c.logout()


def test_changes_reach_an_idling_client_within_200_ms(server):
    watcher = server.raw("imap")
    watcher.line()
    watcher.send(f"a LOGIN {posthouse.USER} {posthouse.PASSWORD}\r\nb SELECT INBOX\r\n".encode())
    watcher.until(b"a")
    watcher.until(b"b")
    watcher.send(b"c IDLE\r\n")
    assert watcher.line().startswith(b"+")
    for n in range(5):
        server.send(message(f"idle{n}"))
        sent = time.monotonic()
        line = watcher.line()
        while b"EXISTS" not in line:
            assert line.endswith(b"RECENT\r\n"), line
            line = watcher.line()
        assert time.monotonic() - sent < 0.2
    c = server.imap()
    c.select("INBOX")
    last = c.search(None, "ALL")[1][0].split()[-1].decode()
    changed = time.monotonic()
    c.store(last, "+FLAGS", "(\\Deleted keyword1)")
    lines = [watcher.line()]
    while b"FETCH" not in lines[-1]:
        lines.append(watcher.line())
    assert b"\\Deleted" in lines[-1] and b"keyword1" in lines[-1]
    assert time.monotonic() - changed < 0.2
    c.expunge()
    while b"EXPUNGE" not in lines[-1]:
        lines.append(watcher.line())
    watcher.send(b"DONE\r\n")
    assert watcher.until(b"c")[-1].startswith(b"c OK")
    watcher.close()
    c.logout()


def test_mutt_reads_a_message(server, tmp_path):
    server.send(message("mutt", "the text mutt shall show"))
    out = tmp_path / "out"
    rc = tmp_path / "muttrc"
    rc.write_text(
        f'set folder="imap://127.0.0.1:{server.ports["imap"]}/"\nset spoolfile="imap://127.0.0.1:{server.ports["imap"]}/INBOX"\n'
        f'set imap_user="{posthouse.USER}"\nset imap_pass="{posthouse.PASSWORD}"\nset ssl_starttls=no\nset ssl_force_tls=no\n'
        f'set quit=yes\nset delete=no\nset wait_key=no\nset header_cache=""\nset pipe_decode=yes\n'
        f'push "<limit>~s \'number mutt\'<enter><last-entry><pipe-message>cat >{out}<enter><quit>"\n')
    env = dict(os.environ, TERM="xterm", HOME=str(tmp_path))
    subprocess.run(["script", "-qec", f"mutt -n -F {rc}", "/dev/null"], env=env, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, timeout=60, check=False)
    assert "the text mutt shall show" in out.read_text()


def mutt(server, folder, mailbox, keys, more=""):
    """Runs mutt with a header cache, so that it resynchronizes; what it said and heard."""
    (folder / "cache").mkdir(exist_ok=True)
    rc = folder / "muttrc"
    rc.write_text(
        f'set folder="imap://127.0.0.1:{server.ports["imap"]}/"\nset spoolfile="imap://127.0.0.1:{server.ports["imap"]}/{mailbox}"\n'
        f'set imap_user="{posthouse.USER}"\nset imap_pass="{posthouse.PASSWORD}"\nset ssl_starttls=no\nset ssl_force_tls=no\n'
        f'set quit=yes\nset delete=no\nset wait_key=no\nset header_cache="{folder}/cache/"\nset imap_condstore=yes\nset imap_qresync=yes\n'
        f'set pipe_decode=yes\n{more}push "{keys}<quit>"\n')
    (folder / ".muttdebug0").unlink(missing_ok=True)
    env = dict(os.environ, TERM="xterm", HOME=str(folder))
    subprocess.run(["script", "-qec", f"mutt -n -d 3 -F {rc}", "/dev/null"], env=env, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, timeout=60, check=False)
    return (folder / ".muttdebug0").read_text(errors="replace")


def test_mutt_resynchronizes(server, tmp_path):
    c = server.imap()
    c.create("Cached")
    for n in range(10):
        c.append("Cached", "(\\Seen)", None, message(f"c{n}"))
    all_of_them = "<tag-pattern>~A<enter><tag-prefix><pipe-message>grep Subject >{}<enter>"
    log = mutt(server, tmp_path, "Cached", all_of_them.format(tmp_path / "first"))
    assert "ENABLE" in log and "HIGHESTMODSEQ" in log
    assert (tmp_path / "first").read_text().split("\n")[:-1] == [f"Subject: number c{n}" for n in range(10)]
    c.select("Cached")
    c.store("3,5", "+FLAGS.SILENT", "(\\Deleted)")
    c.expunge()
    c.store("4", "+FLAGS", "(\\Flagged)")
    c.append("Cached", None, None, message("c10"))
    c.logout()
    flagged = f"<limit>~F<enter><pipe-message>grep Subject >{tmp_path / 'flagged'}<enter><limit>~A<enter>"
    log = mutt(server, tmp_path, "Cached", flagged + all_of_them.format(tmp_path / "second"))
    assert "VANISHED)" in log and "VANISHED (EARLIER) 3,5" in log, log[-3000:]
    assert (tmp_path / "second").read_text().split("\n")[:-1] == [f"Subject: number c{n}" for n in (0, 1, 3, 5, 6, 7, 8, 9, 10)]
    assert (tmp_path / "flagged").read_text() == "Subject: number c5\n"


def test_mutt_compresses(server, tmp_path):
    c = server.imap()
    c.create("Deflated")
    for n in range(20):
        c.append("Deflated", "(\\Seen)", None, message(f"d{n}", "many words " * 5000))
    c.logout()
    keys = f"<tag-pattern>~A<enter><tag-prefix><pipe-message>grep -c many >{tmp_path / 'out'}<enter>"
    log = mutt(server, tmp_path, "Deflated", keys, "set imap_deflate=yes\n")
    assert "COMPRESS DEFLATE" in log and "OK DEFLATE active" in log, log[-3000:]
    assert int((tmp_path / "out").read_text()) >= 20


def mbsync(server, folder, config):
    rc = folder / "mbsyncrc"
    rc.write_text(config)
    result = subprocess.run(["mbsync", "-c", str(rc), "-a"], capture_output=True, text=True, timeout=300, env=dict(os.environ, HOME=str(folder)))
    assert result.returncode == 0, result.stdout + result.stderr


def test_mbsync_two_ways(make_server, tmp_path):
    """1,000 messages out, flags both ways, new mail both ways, deletions both ways."""
    server = make_server().start()
    c = server.imap()
    for n in range(1000):
        c.append("INBOX", "(\\Seen)" if n % 2 else None, None, message(n, "x" * (n % 300)))
    c.logout()
    local = tmp_path / "maildir"
    config = (f"IMAPAccount a\nHost 127.0.0.1\nPort {server.ports['imap']}\nUser {posthouse.USER}\nPass {posthouse.PASSWORD}\nSSLType None\nAuthMechs LOGIN\n\n"
              f"IMAPStore r\nAccount a\n\nMaildirStore l\nPath {local}/\nInbox {local}/INBOX\nSubFolders Verbatim\n\n"
              "Channel c\nFar :r:\nNear :l:\nPatterns *\nCreate Both\nExpunge Both\nSyncState *\n")
    local.mkdir()
    mbsync(server, tmp_path, config)
    files = [p for d in ("cur", "new") for p in (local / "INBOX" / d).iterdir()]
    assert len(files) == 1000
    assert sum("S" in p.name.partition(":2,")[2] for p in files) == 500
    # Local changes: flag one, delete one, add one; on the server: flag another, delete another, add another.
    by_subject = {re.search(rb"Subject: (.*)\r?\n", p.read_bytes()).group(1).strip(): p for p in files}
    flagged, removed = by_subject[b"number 10"], by_subject[b"number 20"]
    base = flagged.name.partition(":2,")[0]
    flagged.rename(flagged.parent.parent / "cur" / f"{base}:2,F")
    removed.unlink()
    (local / "INBOX" / "new" / "1.local").write_bytes(message("local").replace(b"\r\n", b"\n"))
    c = server.imap()
    c.select("INBOX")
    c.store(c.search(None, "HEADER", "Message-ID", '"<n30@example.org>"')[1][0].split()[0].decode(), "+FLAGS", "(\\Answered)")
    c.store(c.search(None, "HEADER", "Message-ID", '"<n40@example.org>"')[1][0].split()[0].decode(), "+FLAGS", "(\\Deleted)")
    c.expunge()
    c.append("INBOX", None, None, message("remote"))
    c.logout()
    mbsync(server, tmp_path, config)
    c = server.imap()
    c.select("INBOX")
    assert b"\\Flagged" in c.fetch(c.search(None, "HEADER", "Message-ID", '"<n10@example.org>"')[1][0].split()[0].decode(), "(FLAGS)")[1][0]
    assert c.search(None, "HEADER", "Message-ID", '"<n20@example.org>"')[1] == [b""]
    assert len(c.search(None, "SUBJECT", '"number local"')[1][0].split()) == 1
    c.logout()
    files = [p for d in ("cur", "new") for p in (local / "INBOX" / d).iterdir()]
    texts = {re.search(rb"Subject: (.*)\r?\n", p.read_bytes()).group(1).strip(): p for p in files}
    assert "R" in texts[b"number 30"].name.partition(":2,")[2]
    assert b"number 40" not in texts and b"number remote" in texts
    assert len(files) == 1000
    assert server.stop() == 0
    assert server.verify().returncode == 0


def test_200_clients_at_once(make_server):
    server = make_server().start()
    for n in range(20):
        server.send(message(n))
    errors = []

    def client(n):
        try:
            c = server.imap()
            c.select("INBOX")
            answers = c.fetch("1:20", "(FLAGS ENVELOPE)")[1]
            # Flags that others changed meanwhile may be told in between.
            assert sum(b"ENVELOPE" in a for a in answers) == 20
            assert c.append("INBOX", None, None, message(f"c{n}"))[0] == "OK"
            c.store("1", "+FLAGS", f"(k{n % 10})")
            c.logout()
        except Exception as e:  # noqa: BLE001 - collected for the report
            errors.append(repr(e))

    threads = [threading.Thread(target=client, args=(n,)) for n in range(200)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert errors == []
    c = server.imap()
    assert c.select("INBOX")[1] == [b"220"]
    c.logout()
    assert server.stop() == 0
    assert pathlib.Path(server.config).exists() and server.verify().returncode == 0
