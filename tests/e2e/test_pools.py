"""Slow strangers wait alone: with 1,000 clients whose hook waits on dead DNS, readers and deliveries go on as ever."""
import resource
import socket
import statistics
import time

import house
import posthouse
import pytest
from posthouse import wait_for

CLIENTS = 1000
ROUNDS = 400 if posthouse.LONG else 100


@pytest.fixture
def server(tmp_path):
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    dead = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    dead.bind(("127.0.0.1", 0))  # takes every question and answers none
    resolvers = f'resolvers = ["127.0.0.1:{dead.getsockname()[1]}"]'

    def change(text):
        assert "resolvers = []" in text
        return text.replace("resolvers = []", resolvers)

    server = posthouse.Server(tmp_path / "dir", ["--no-limits"])
    house.with_plugins(server, tmp_path / "plugins", (posthouse.BUILD / "bench-plugins").glob("asks.*"), change)
    yield server
    assert server.stop() == 0
    dead.close()


def p99(work):
    times = []
    for n in range(ROUNDS):
        begun = time.monotonic()
        work(n)
        times.append(1000 * (time.monotonic() - begun))
    return statistics.quantiles(times, n=100)[-1]


def test_dead_dns_is_nobody_elses_trouble(server):
    c = server.imap()
    c.append("INBOX", None, None, b"Subject: x\r\n\r\nx\r\n")
    c.select("INBOX")
    waiting = []
    for n in range(CLIENTS):
        s = server.raw("smtp", 60)
        s.line()
        s.send(b"EHLO client%d.example.org\r\n" % n)
        waiting.append(s)
    # They are all inside: nobody was answered, and questions are under way.
    waiting[0].socket.settimeout(0.5)
    with pytest.raises(TimeoutError):
        waiting[0].line()
    figures = {
        "NOOP": p99(lambda n: c.noop()),
        "FETCH": p99(lambda n: c.fetch("1", "(FLAGS ENVELOPE BODY.PEEK[])")),
        "STORE": p99(lambda n: c.store("1", "+FLAGS" if n % 2 else "-FLAGS", "(\\Flagged)")),
        "SELECT": p99(lambda n: c.select("INBOX")),
        "LOGIN": p99(lambda n: server.imap().logout()),
    }
    print(figures)
    assert all(ms < 50 for ms in figures.values()), figures
    c.logout()
    for s in waiting:
        s.close()


def test_the_clients_are_answered_in_the_end(server):
    """Half a minute is what a hook may take; whoever waits longer than the pool can serve is served without it."""
    begun = time.monotonic()
    waiting = [server.raw("smtp", 120) for _ in range(40)]
    for s in waiting:
        s.line()
        s.send(b"EHLO client.example.org\r\n")
    for s in waiting:
        assert wait_for(s.reply, 120).startswith(b"250")
        s.close()
    assert time.monotonic() - begun < 100
