"""Tools that copy whole accounts by IMAP: offlineimap and Dovecot's `doveadm backup`."""
import mailbox
import os
import pwd
import re
import shutil
import subprocess
import tempfile

import posthouse
import pytest

pytestmark = pytest.mark.sanitize


def message(n):
    return (f"From: Ann \u00e4 <ann@example.org>\r\nTo: you@localhost\r\nSubject: number {n}\r\nMessage-ID: <n{n}@example.org>\r\n"
            f"Content-Type: text/plain; charset=utf-8\r\n\r\n{'text ' * (n % 50)}\u20ac\r\n").encode()


@pytest.fixture
def filled(make_server):
    """Three mailboxes, flags, a name that is not ASCII."""
    server = make_server().start()
    c = server.imap()
    c.create("Work")
    c.create("Work/Caf&AOk-")
    for n in range(300):
        flags = "(\\Seen)" if n % 2 else "(\\Flagged)" if n % 3 == 0 else None
        c.append(("INBOX", "Work", "Work/Caf&AOk-")[n % 3], flags, None, message(n))
    c.logout()
    yield server
    assert server.stop() == 0
    assert server.verify().returncode == 0


def subjects(messages):
    return sorted(int(re.search(rb"Subject: number (\d+)", m).group(1)) for m in messages)


def test_offlineimap_both_ways(filled, tmp_path):
    rc = tmp_path / "offlineimaprc"
    local = tmp_path / "mail"
    rc.write_text(f"""[general]
accounts = a
metadata = {tmp_path}/meta
ui = quiet
[Account a]
localrepository = l
remoterepository = r
[Repository l]
type = Maildir
localfolders = {local}
[Repository r]
type = IMAP
remotehost = 127.0.0.1
remoteport = {filled.ports['imap']}
remoteuser = {posthouse.USER}
remotepass = {posthouse.PASSWORD}
ssl = no
starttls = no
auth_mechanisms = LOGIN
""")

    def run():
        done = subprocess.run(["offlineimap", "-c", rc, "-o"], capture_output=True, text=True, timeout=300, env=dict(os.environ, HOME=str(tmp_path)))
        assert done.returncode == 0, done.stdout + done.stderr

    run()
    folders = {p.name: mailbox.Maildir(p) for p in local.iterdir() if (p / "cur").is_dir()}
    got = [m for f in folders.values() for m in f]
    assert subjects(m.as_bytes() for m in got) == list(range(300)), sorted(folders)
    assert sum("S" in m.get_flags() for m in got) == 150 and sum("F" in m.get_flags() for m in got) == 50
    # New mail, a flag and a removal go back.
    inbox = folders["INBOX"]
    inbox.add(mailbox.MaildirMessage(message(1000).replace(b"\r\n", b"\n")))
    key = next(k for k, m in inbox.items() if m["Subject"] == "number 6")
    inbox.remove(key)
    run()
    c = filled.imap()
    c.select("INBOX")
    assert c.search(None, "SUBJECT", '"number 6"')[1][0].split() and c.search(None, "HEADER", "Message-ID", '"<n6@example.org>"', "UNDELETED")[1] == [b""]
    assert len(c.search(None, "SUBJECT", '"number 1000"')[1][0].split()) == 1
    c.logout()


def test_doveadm_backup(filled):
    """Dovecot pulls the account; a second run finds nothing to do."""
    folder = tempfile.mkdtemp(prefix="doveadm-")  # where an unprivileged program may write, too
    try:
        who = pwd.getpwuid(os.getuid()) if os.getuid() else pwd.getpwnam("nobody")
        os.chown(folder, who.pw_uid, who.pw_gid)
        conf = os.path.join(folder, "dovecot.conf")
        with open(conf, "w", encoding="utf-8") as f:
            f.write(f"""base_dir = {folder}/run
state_dir = {folder}/state
log_path = /dev/stderr
ssl = no
mail_location = maildir:{folder}/mail
mail_home = {folder}/home
mail_uid = {who.pw_uid}
mail_gid = {who.pw_gid}
first_valid_uid = 1
imapc_host = 127.0.0.1
imapc_port = {filled.ports['imap']}
imapc_user = {posthouse.USER}
imapc_password = {posthouse.PASSWORD}
imapc_features = rfc822.size fetch-headers fetch-bodystructure
namespace inbox {{
  inbox = yes
  separator = /
}}
""")
        os.chmod(conf, 0o644)

        def doveadm(*words):
            done = subprocess.run(["doveadm", "-c", conf, *words], capture_output=True, timeout=300, user=who.pw_uid, group=who.pw_gid, extra_groups=[],
                                  env={"HOME": folder, "USER": who.pw_name, "PATH": os.environ["PATH"]})
            assert done.returncode == 0, done.stderr.decode()
            return done.stdout

        for _ in range(2):
            doveadm("backup", "-R", "imapc:")
            assert subjects(b"Subject: number " + n for n in re.findall(rb"(?m)^hdr.subject: number (\d+)$", doveadm("fetch", "hdr.subject", "ALL"))) == list(range(300))
        assert len(doveadm("fetch", "uid", "mailbox", "Work/Caf\u00e9", "ALL").split(b"uid:")) - 1 == 100
        assert len(doveadm("fetch", "uid", "SEEN").split(b"uid:")) - 1 == 150
    finally:
        shutil.rmtree(folder, ignore_errors=True)
