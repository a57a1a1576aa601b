"""A plugin that is switched off leaves nothing behind, and the rest goes on."""
import socket

import posthouse


def listening(port):
    with socket.socket() as s:
        s.settimeout(2)
        return s.connect_ex(("127.0.0.1", port)) == 0


def switch_off(server, name):
    with open(server.config, "a", encoding="utf-8") as f:
        f.write(f"\n[plugins.{name}]\nenabled = false\n")


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
    with open(server.config, "a", encoding="utf-8") as f:
        f.write('\n[plugins.smtp]\nmax_message_sise = "1MB"\n')
    result = server.run("config", "check", "--config", server.config, check=False)
    assert result.returncode == 1
    assert "did you mean 'imap'?" in result.stderr
    lines = len(open(server.config, encoding="utf-8").read().splitlines())
    assert f"posthouse.toml:{lines}:1: unknown key 'max_message_sise'; did you mean 'max_message_size'?" in result.stderr
