"""`posthouse sendmail`: as cron and scripts call it, against a real server."""
import email
import os
import subprocess

import posthouse
import pytest
from posthouse import PROGRAM, wait_for

pytestmark = pytest.mark.sanitize


@pytest.fixture
def house(make_server, tmp_path):
    s = make_server()
    s.start()
    config = tmp_path / "sendmail.toml"
    config.write_text(f'host = "localhost"\nport = {s.ports["submissions"]}\nauthorities = "{s.folder}/localhost.crt"\nusername = "{posthouse.USER}"\npassword = "{posthouse.PASSWORD}"\n'
                      f'from = "{posthouse.USER}"\nunsent = "{tmp_path}/unsent"\n')
    return s, config


def sendmail(config, text, *args, program=PROGRAM, name=("sendmail",)):
    env = {**os.environ, "POSTHOUSE_SENDMAIL": str(config)}
    return subprocess.run([str(program), *name, *args], input=text, capture_output=True, text=True, env=env)


def inbox(server):
    c = server.imap()
    try:
        count = int(c.select("INBOX", readonly=True)[1][0])
        return [email.message_from_bytes(c.fetch(str(n), "(BODY.PEEK[])")[1][0][1]) for n in range(1, count + 1)]
    finally:
        c.logout()


def test_cron(house, tmp_path):
    server, config = house
    link = tmp_path / "sendmail"
    link.symlink_to(PROGRAM)
    text = "From: root (Cron Daemon)\nTo: root\nBcc: hidden@localhost\nSubject: Cron <root@host> uptime\n\n.\n.dots\nend\n"
    done = sendmail(config, text, "-FCronDaemon", "-i", "-odi", "-oem", "-oi", "-t", program=link, name=())
    assert (done.returncode, done.stderr) == (0, "")
    m = wait_for(lambda: inbox(server), 10)[0]
    assert m["From"] == "CronDaemon <you@localhost>" and m["Bcc"] is None and m["Subject"] == "Cron <root@host> uptime"
    assert m["Date"] and m["Message-ID"].endswith("@localhost>")
    assert m.get_payload() == ".\r\n.dots\r\nend\r\n"


def test_what_fails_is_kept_and_sent_later(house, tmp_path):
    server, config = house
    good = config.read_text()
    for change, code in [((posthouse.PASSWORD, "wrong password"), 75), ((f"port = {server.ports['submissions']}", "port = 9"), 75), (("localhost.crt", "nothing.crt"), 75)]:
        config.write_text(good.replace(*change))
        done = sendmail(config, "Subject: kept\n\ntext \u00e4\n", "friend@localhost")
        assert done.returncode == code and "kept in" in done.stderr, done.stderr
    config.write_text(good)
    # A server that says never.
    done = sendmail(config, "Subject: refused\n\ntext\n", "-f", "somebody@else.example", "friend@localhost")
    assert done.returncode == 69 and "not an address of yours" in done.stderr
    listed = sendmail(config, "", "-bp").stdout.splitlines()
    assert len(listed) == 4 and all("<friend@localhost>" in x for x in listed)
    assert all(f.stat().st_mode & 0o77 == 0 for f in (tmp_path / "unsent").iterdir())
    done = sendmail(config, "", "-q")
    assert done.returncode == 75 and "not an address of yours" in done.stderr
    assert len(sendmail(config, "", "-bp").stdout.splitlines()) == 1
    wait_for(lambda: len(inbox(server)) == 3, 10)
    assert {m["Subject"] for m in inbox(server)} == {"kept"}


@pytest.mark.parametrize("text,args,code,said", [("\nx\n", (), 65, "no recipient"), ("\nx\n", ("-bs",), 64, "not offered"), ("\nx\n", ("x@-.-",), 65, "not an address")])
def test_errors(house, text, args, code, said):
    done = sendmail(house[1], text, *args)
    assert done.returncode == code and said in done.stderr


def test_configuration_errors(tmp_path):
    config = tmp_path / "s.toml"
    for text, said in [("", "host"), ('host = "a"\nhots = "b"\n', "hots"), ('host = "mail.example"\ntls = "none"\n', "loopback"), ('host = "a"\npassword_file = "/none"\n', "can't be read")]:
        config.write_text(text)
        done = sendmail(config, "\nx\n", "a@localhost")
        assert done.returncode == 78 and said in done.stderr, done.stderr
