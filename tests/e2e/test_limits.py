"""Limits of networks and accounts, seen from many loopback addresses."""
import contextlib
import re
import socket

import posthouse
import pytest


def limited(make_server, limits, listeners="", args=()):
    """A server for which loopback is as foreign as any network."""
    server = make_server(args=args)
    server.start()
    server.stop()
    with open(server.config, encoding="utf-8") as f:
        text = f.read()
    text, count = re.subn(r"(?m)^exempt = .*$", limits, text)
    assert count == 1
    for name, options in (listeners or {}).items():
        assert f"[listeners.{name}]\n" in text
        text = text.replace(f"[listeners.{name}]\n", f"[listeners.{name}]\n{options}\n")
    with open(server.config, "w", encoding="utf-8") as f:
        f.write(text)
    return server.start()


def connect(server, port="smtp", source="127.0.0.1"):
    c = posthouse.Raw.__new__(posthouse.Raw)
    c.socket = socket.create_connection(("127.0.0.1", server.ports[port]), 20, source_address=(source, 0))
    c.buffer = b""
    return c


@contextlib.contextmanager
def held(server, port, source, count):
    """So many connections, all of them served."""
    connections = [connect(server, port, source) for _ in range(count)]
    try:
        for c in connections:
            assert c.line()[:4] in (b"220 ", b"* OK"), "not served"
        yield connections
    finally:
        for c in connections:
            c.close()


def greeting(server, port="smtp", source="127.0.0.1"):
    with connect(server, port, source) as c:
        return c.line()


def refused(server, rule):
    posthouse.wait_for(lambda: f"rule={rule}" in server.log.read_text(), what=rule)


def test_open_connections_of_networks(make_server):
    server = limited(make_server, "connections = [2, 4, 6]")
    with held(server, "smtp", "127.1.0.1", 2), held(server, "smtp", "127.1.0.2", 2):
        assert greeting(server, source="127.1.0.1").startswith(b"421 4.")
        refused(server, "connections.ip32")
        assert greeting(server, source="127.1.0.3").startswith(b"421 4.")
        refused(server, "connections.ip26")
        with held(server, "smtp", "127.1.1.1", 2):
            assert greeting(server, source="127.1.7.1").startswith(b"421 4.")
            refused(server, "connections.ip21")
            assert greeting(server, source="127.1.8.1").startswith(b"220 ")
            assert greeting(server, "imap", "127.1.0.1").startswith(b"* OK")
    posthouse.wait_for(lambda: greeting(server, source="127.1.0.1").startswith(b"220 "), what="room again")


def test_busy_of_imap_and_listener_override(make_server):
    server = limited(make_server, "connections = [2, 0, 0]", {"imap": "connections = [1, 0, 0]"})
    with held(server, "imap", "127.2.0.1", 1), held(server, "smtp", "127.2.0.1", 2):
        assert greeting(server, "imap", "127.2.0.1").startswith(b"* BYE")


def test_connection_rate(make_server):
    server = limited(make_server, "connections_per_minute = [5, 0, 0]")
    # The window may turn once meanwhile.
    answers = [greeting(server, source="127.3.0.1") for _ in range(11)]
    assert sum(a.startswith(b"421 ") for a in answers) >= 1, answers
    assert answers[:5] == [a for a in answers[:5] if a.startswith(b"220 ")]
    refused(server, "connections_per_minute.ip32")


@pytest.mark.parametrize("port", ("imap", "submission"))
def test_guessing_passwords(make_server, port):
    server = limited(make_server, "login_failures_per_day = [4, 50, 0]")
    if port == "imap":
        with connect(server, "imap", "127.4.0.1") as c:
            c.line()
            for n in range(4):
                c.send(b"a LOGIN you@localhost wrong%d\r\n" % n)
                lines = c.until(b"a")
                if n < 3:
                    assert lines[-1].startswith(b"a NO [AUTHENTICATIONFAILED]"), lines
            assert b"* BYE" in b"".join(lines) + c.rest()
    else:
        with connect(server, "submission", "127.4.0.1") as c:
            c.reply()
            c.send(b"EHLO x\r\n")
            c.reply()
            for n in range(4):
                c.send(b"AUTH PLAIN AHlvdUBsb2NhbGhvc3QAd3Jvbmc=\r\n")
                assert c.reply()[:3] == (b"535" if n < 3 else b"421")
    # All protocols refuse this address, others are served, and the account is open to them.
    assert greeting(server, "smtp", "127.4.0.1").startswith(b"421 4.")
    assert greeting(server, "imap", "127.4.0.1").startswith(b"* BYE")
    refused(server, "login_failures_per_day.ip32")
    with connect(server, "imap", "127.5.0.1") as c:
        c.line()
        c.send(b"a LOGIN you@localhost posthouse\r\n")
        assert c.until(b"a")[-1].startswith(b"a OK")


def test_connections_of_one_account(make_server):
    server = limited(make_server, "account_connections = 3")
    clients = []
    try:
        for n in range(3):
            c = connect(server, "imap", f"127.6.{n}.1")
            clients.append(c)
            c.line()
            c.send(b"a LOGIN you@localhost posthouse\r\n")
            assert c.until(b"a")[-1].startswith(b"a OK")
        with connect(server, "imap", "127.7.0.1") as c:
            c.line()
            c.send(b"a LOGIN you@localhost posthouse\r\n")
            assert b"* BYE" in c.rest()
        refused(server, "connections.account")
        clients[0].send(b"b NOOP\r\n")
        assert clients[0].until(b"b")[-1].startswith(b"b OK")
    finally:
        for c in clients:
            c.close()


def test_reload_changes_limits(make_server):
    server = limited(make_server, "connections = [1, 0, 0]")
    with held(server, "smtp", "127.8.0.1", 1):
        assert greeting(server, source="127.8.0.1").startswith(b"421 ")
        with open(server.config, encoding="utf-8") as f:
            text = f.read()
        with open(server.config, "w", encoding="utf-8") as f:
            f.write(text.replace("connections = [1, 0, 0]", "connections = [2, 0, 0]"))
        server.reload()
        posthouse.wait_for(lambda: greeting(server, source="127.8.0.1").startswith(b"220 "), what="the new limit")


def test_no_limits(make_server):
    server = limited(make_server, "connections = [1, 1, 1]", args=["--no-limits"])
    with held(server, "smtp", "127.9.0.1", 5):
        server.reload()
        posthouse.wait_for(lambda: "configuration reloaded" in server.log.read_text())
        assert greeting(server, source="127.9.0.1").startswith(b"220 ")


def test_bad_settings(make_server):
    server = make_server()
    server.start()
    server.stop()
    with open(server.config, encoding="utf-8") as f:
        text = f.read()
    for line, why in (("exempt = [\"10.0.0.0/40\"]", "is not a network"),
                      ("connections = [1, 2]", "must be three numbers")):
        with open(server.config, "w", encoding="utf-8") as f:
            f.write(re.sub(r"(?m)^exempt = .*$", line, text))
        result = server.run("config", "check", "--config", server.config, check=False)
        assert result.returncode != 0 and why in result.stderr, result.stderr
