"""The process: one per data folder, configuration errors with their place, accounts made while it runs, clean end."""
import imaplib
import subprocess

import posthouse
import pytest

pytestmark = pytest.mark.sanitize


def test_second_server_names_the_first(server):
    second = subprocess.run([str(posthouse.PROGRAM), "localserve", "--dir", str(server.folder)], capture_output=True, text=True, timeout=30)
    assert second.returncode == 1
    assert f"pid {server.pid}" in second.stderr


@pytest.mark.parametrize("text,problem", [
    ('hostname = "localhost"\nhostnam = 1\n', "2:1: unknown key 'hostnam'; did you mean 'hostname'?"),
    ("hostname = 7\n", "1:1: 'hostname' must be a string, not a whole number"),
    ('hostname = "a b"\n', "1:1: 'hostname'"),
    ('data_dir = "x"\n', "'hostname' is missing"),
    ('hostname = "localhost"\n[listeners.a]\naddress = ["127.0.0.1:0"]\nprotocol = "smtp"\ntls = "startls"\n', "5:1: 'listeners.a.tls' must be one of"),
    ('hostname = "localhost"\n[log]\nlevel = "loud"\n', "3:1: 'log.level' must be one of"),
    ("hostname = \n", "1:"),
])
def test_configuration_errors_have_a_place(tmp_path, text, problem):
    path = tmp_path / "posthouse.toml"
    path.write_text(text)
    result = subprocess.run([str(posthouse.PROGRAM), "config", "check", "--config", str(path)], capture_output=True, text=True, timeout=30)
    assert result.returncode == 1
    assert f"{path}:" in result.stderr and problem in result.stderr, result.stderr


def test_default_configuration_is_valid(tmp_path):
    text = (posthouse.ROOT / "config" / "posthouse.toml").read_text()
    path = tmp_path / "posthouse.toml"
    path.write_text(text)
    result = subprocess.run([str(posthouse.PROGRAM), "config", "check", "--config", str(path)], capture_output=True, text=True, timeout=30)
    assert result.returncode == 0, result.stderr


def test_account_made_while_running(server):
    assert server.run("domain", "add", "--config", server.config, "example.net").returncode == 0
    made = server.run("account", "add", "--config", server.config, "--password-stdin", "ann", "ann@example.net", input="correct horse\n")
    assert f"pid {server.pid}" in made.stdout

    def inbox():
        """How many messages ann sees; -1 while she can't log in."""
        c = imaplib.IMAP4("127.0.0.1", server.ports["imap"])
        try:
            c.login("ann@example.net", "correct horse")
            return int(c.select("INBOX")[1][0])
        except imaplib.IMAP4.error:
            return -1
        finally:
            c.shutdown()

    posthouse.wait_for(lambda: inbox() == 0, 10, "the reload")
    server.send(b"Subject: for ann\r\n\r\nx\r\n", to=["Ann@Example.NET"])
    posthouse.wait_for(lambda: inbox() == 1, 10, "the mail in ann's inbox")
    taken = server.run("account", "add", "--config", server.config, "--password-stdin", "other", "ANN@example.net", input="long enough\n", check=False)
    assert taken.returncode == 1 and "belongs to the account 'ann' already" in taken.stderr


def test_bad_configuration_keeps_the_old_one(server):
    path = server.folder / "domains" / "broken.example.toml"
    path.write_text("catchal = 1\n")
    server.reload()
    posthouse.wait_for(lambda: b"old configuration stays" in server.log.read_bytes(), 10, "the refusal")
    path.unlink()
    server.send(b"Subject: still works\r\n\r\nx\r\n")


def test_log_file_is_reopened(make_server):
    server = make_server().start()
    server.stop()
    log = server.folder / "posthouse.log"
    text = open(server.config, encoding="utf-8").read()
    open(server.config, "w", encoding="utf-8").write(text.replace("[storage]", f'[log]\nfile = "{log}"\n\n[storage]', 1))
    server.start()
    server.send(b"Subject: one\r\n\r\nx\r\n")
    posthouse.wait_for(lambda: "msg=stored" in log.read_text(), 5, "the line")
    log.rename(log.with_suffix(".1"))
    server.reload()
    posthouse.wait_for(log.exists, 5, "the new file")
    server.send(b"Subject: two\r\n\r\nx\r\n")
    posthouse.wait_for(lambda: "msg=stored" in log.read_text(), 5, "the line in the new file")
    assert server.stop() == 0


def test_no_secret_in_the_log(server):
    c = server.imap()
    c.logout()
    assert posthouse.PASSWORD.encode() not in server.log.read_bytes()
