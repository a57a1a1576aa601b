"""A machine of 512 MB: intake, 500 idle sessions and a flood of logins at once; nobody is killed, nothing is lost."""
import concurrent.futures
import imaplib
import resource
import threading
import time

import posthouse
import pytest
from small_machine import SmallMachine

LIMIT = 512 << 20
SECONDS = 90 if posthouse.LONG else 8
IDLE = 500


@pytest.fixture
def machine():
    m = SmallMachine(LIMIT)
    yield m
    m.remove()


@pytest.fixture
def server(tmp_path, machine):
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    server = posthouse.Server(tmp_path / "dir", ["--no-limits"])
    server.before_exec = machine.enter if machine else None
    server.start()
    yield server
    assert server.stop() == 0


def idle_session(server):
    s = server.raw("imaps", 60)
    s.start_tls()
    s.send(f"a LOGIN {posthouse.USER} {posthouse.PASSWORD}\r\nb SELECT INBOX\r\nc IDLE\r\n".encode())
    while not s.line().startswith(b"+"):
        pass
    return s


def flood(server, ending, tried):
    while not ending.is_set():
        c = imaplib.IMAP4("127.0.0.1", server.ports["imap"])
        for n in range(3):
            try:
                c.login(f"you{len(tried) % 7}@localhost", f"wrong{n}")
            except imaplib.IMAP4.error:
                tried.append(1)
        c.shutdown()


def intake(server, ending, accepted, size):
    line = b"the quick brown fox jumps over the lazy dog and comes back again\r\n"
    body = line * (size // len(line))
    while not ending.is_set():
        try:
            server.send(b"Subject: x\r\n\r\n" + body)
            accepted.append(1)
        except posthouse.smtplib.SMTPResponseException as e:
            assert 400 <= e.smtp_code < 500, e  # come again: no room just now


def test_intake_idle_sessions_and_a_flood_of_logins(server, machine):
    sessions = [idle_session(server) for _ in range(IDLE)]
    ending, tried, accepted = threading.Event(), [], []
    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        work = [pool.submit(flood, server, ending, tried) for _ in range(4)]
        work += [pool.submit(intake, server, ending, accepted, 4096) for _ in range(6)]
        work += [pool.submit(intake, server, ending, accepted, 20 << 20) for _ in range(2)]
        time.sleep(SECONDS)
        ending.set()
        for w in work:
            w.result()
    assert len(tried) > 20 and len(accepted) > 20
    # 250 was said only for what is there, and everybody who waits was told of all of it.
    c = server.imap()
    assert int(c.select("INBOX", readonly=True)[1][0]) == len(accepted)
    c.logout()
    for s in sessions:
        while s.line() != b"* %d EXISTS\r\n" % len(accepted):
            pass
        s.close()
    assert server.peak_kib() << 10 < LIMIT
    if machine:
        assert machine.out_of_memory() == 0
