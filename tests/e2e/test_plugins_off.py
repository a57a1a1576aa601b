"""A plugin that is switched off leaves nothing behind, and the rest goes on."""
import pathlib
import socket

import posthouse


def listening(port):
    with socket.socket() as s:
        s.settimeout(2)
        return s.connect_ex(("127.0.0.1", port)) == 0


def set_option(server, plugin, line):
    """Adds a line to the plugin's table; its number in the file."""
    path = pathlib.Path(server.config)
    header = f"[plugins.{plugin}]\n"
    text = path.read_text()
    if header not in text:
        text += "\n" + header
    before, after = text.split(header)
    path.write_text(before + header + line + "\n" + after)
    return (before + header).count("\n") + 1


def switch_off(server, name):
    set_option(server, name, "enabled = false")


def prepared(make_server):
    server = make_server().start()
    server.stop()
    return server


def test_imap_off(make_server):
    server = prepared(make_server)
    switch_off(server, "imap")
    server.start()
    server.send(b"Subject: still there\r\n\r\nx\r\n")
    assert not listening(server.ports["imap"]) and not listening(server.ports["imaps"])
    assert "no running plugin speaks imap" in server.banner
    assert server.stop() == 0


def test_smtp_off(make_server):
    server = prepared(make_server)
    switch_off(server, "smtp")
    server.start()
    assert not any(listening(server.ports[p]) for p in ("smtp", "submission", "submissions"))
    c = server.imap()
    assert c.select("INBOX")[0] == "OK"
    c.logout()
    assert server.stop() == 0


def test_unknown_plugin_and_option_are_refused(make_server):
    server = prepared(make_server)
    switch_off(server, "imapp")
    line = set_option(server, "smtp", 'max_message_sise = "1MB"')
    result = server.run("config", "check", "--config", server.config, check=False)
    assert result.returncode == 1
    assert "did you mean 'imap'?" in result.stderr
    assert f"posthouse.toml:{line}:1: unknown key 'max_message_sise'; did you mean 'max_message_size'?" in result.stderr
