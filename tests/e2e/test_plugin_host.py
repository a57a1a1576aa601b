"""The plugin border with plugins of its own: a C plugin speaks, hooks judge, a failing one leaves the rest running."""
import os
import shutil
import smtplib
import socket

import posthouse
import pytest

pytestmark = pytest.mark.sanitize


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    """A server with the default plugins and the test plugins beside them."""
    root = tmp_path_factory.mktemp("house")
    folder = root / "plugins"
    folder.mkdir()
    for source in (posthouse.BUILD / "plugins", posthouse.BUILD / "test-plugins"):
        for path in source.iterdir():
            shutil.copy(path, folder)
    for name in ("hello-c.so", "hello-c.json"):
        shutil.copy(posthouse.BUILD / "examples" / name, folder)
    server = posthouse.Server(root / "dir").start()
    server.stop()
    text = open(server.config, encoding="utf-8").read()
    server.hello_port = posthouse.free_offset() + 1025
    text = text.replace('data_dir = "data"', f'data_dir = "data"\nplugin_dir = "{folder}"', 1)
    text += f'\n[listeners.hello]\naddress = ["127.0.0.1:{server.hello_port}"]\nprotocol = "hello"\ntls = "none"\n'
    open(server.config, "w", encoding="utf-8").write(text)
    server.start()
    yield server
    assert server.stop() == 0


def test_hello_plugin_in_c_speaks(house):
    with socket.create_connection(("127.0.0.1", house.hello_port), 10) as s:
        assert s.makefile("rb").read() == b"hello from a plugin\r\n"


def test_exception_is_stopped_and_the_rest_runs(house):
    log = house.log.read_text()
    assert 'exception stopped in start' in log and "thrown on purpose" in log
    assert "plugin=throws reason=" in log
    house.send(b"Subject: x\r\n\r\nx\r\n")


@pytest.mark.parametrize("word,code", [("reject", 550), ("late", 451), ("fail", 451), ("fine", 250)])
def test_verdicts_and_failure_policy(house, word, code):
    with house.smtp() as s:
        s.ehlo("client.example.org")
        assert s.mail(f"word-{word}@example.org")[0] == code


def test_deliver_hook_chooses_the_mailbox_and_adds_a_field(house):
    # "early" is called junk at MAIL already, the others at delivery.
    for word, mailbox, number in (("junk", "Junk", 1), ("archive", "Archive", 1), ("early", "Junk", 2)):
        house.send(b"Subject: for a folder\r\n\r\nx\r\n", sender=f"word-{word}@example.org")
        c = house.imap()
        assert c.select(mailbox, readonly=True)[1] == [str(number).encode()]
        assert f"X-Word: {word}".encode() in c.fetch(str(number), "(BODY.PEEK[HEADER])")[1][0][1]
        c.logout()


def test_essential_plugin_that_fails_stops_the_server(make_server, tmp_path):
    folder = tmp_path / "plugins"
    shutil.copytree(posthouse.BUILD / "test-plugins", folder)
    server = make_server()
    shutil.copytree(posthouse.BUILD / "plugins", folder, dirs_exist_ok=True)
    server.start()
    server.stop()
    text = open(server.config, encoding="utf-8").read()
    text = text.replace('data_dir = "data"', f'data_dir = "data"\nplugin_dir = "{folder}"', 1) + "\n[plugins.throws]\nessential = true\n"
    open(server.config, "w", encoding="utf-8").write(text)
    result = server.run("serve", "--config", server.config, check=False, timeout=60)
    assert result.returncode == 1 and "essential plugin throws" in result.stderr


def test_manifest_that_differs_is_refused(make_server, tmp_path):
    folder = tmp_path / "plugins"
    shutil.copytree(posthouse.BUILD / "plugins", folder)
    manifest = folder / "imap.json"
    manifest.write_text(manifest.read_text().replace('"title"', '"title" '))
    server = make_server().start()
    server.stop()
    text = open(server.config, encoding="utf-8").read()
    open(server.config, "w", encoding="utf-8").write(text.replace('data_dir = "data"', f'data_dir = "data"\nplugin_dir = "{folder}"', 1))
    server.start()
    assert "was not built with" in server.log.read_text()
    server.send(b"Subject: smtp goes on\r\n\r\nx\r\n")


def test_replacing_the_installed_file_does_not_touch_the_running_code(house):
    installed = house.folder.parent / "plugins" / "smtp.so"
    with open(installed, "r+b") as f:
        f.write(b"\0" * os.path.getsize(installed))
    with house.smtp() as s:
        assert s.noop()[0] == 250
    shutil.copy(posthouse.BUILD / "plugins" / "smtp.so", installed)


def test_smtplib_is_told_by_name_who_refused(house):
    with pytest.raises(smtplib.SMTPSenderRefused) as refused:
        house.send(b"x", sender="word-reject@example.org")
    assert b"the word is reject" in refused.value.smtp_error
