"""Nothing acknowledged is lost: SIGKILL of both processes or of the worker alone, at random moments while eight clients
send, with a ledger of every 250.

A message whose 250 was cut off is sent again, as SMTP clients do, so it may be there twice; every other one exactly
once. Half of the clients deliver on the smtp port, half submit through the queue.
"""
import collections
import random
import smtplib
import ssl
import threading
import time

import posthouse
import pytest

CLIENTS = 8
ROUNDS = posthouse.scaled(50)


class Ledger:
    def __init__(self):
        self.lock = threading.Lock()
        self.acknowledged = set()
        self.cut = set()
        self.next = 0

    def take(self):
        with self.lock:
            self.next += 1
            return f"<m{self.next}@ledger.example>"


def connect(server, submit):
    if not submit:
        return server.smtp(local_hostname="client.example.org")
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    s = smtplib.SMTP_SSL("127.0.0.1", server.ports["submissions"], timeout=60, context=context)
    s.login(posthouse.USER, posthouse.PASSWORD)
    return s


def sender(server, submit, ledger, pending, stop, errors):
    """Sends until the server dies; `pending` carries what it did not see acknowledged into the next round."""
    rng = random.Random()
    session = None
    while not stop.is_set():
        message_id = pending[0] if pending else ledger.take()
        pending[:] = [message_id]
        body = "x" * rng.randrange(10, 20000)
        text = f"From: {posthouse.USER}\r\nMessage-ID: {message_id}\r\nSubject: t\r\n\r\n{body}\r\n"
        try:
            if session is None:
                session = connect(server, submit)
            session.sendmail(posthouse.USER, [posthouse.USER], text)
        except smtplib.SMTPResponseException as e:
            errors.append(f"{e.smtp_code} {e.smtp_error}")
            session = None
            time.sleep(0.05)
            continue
        except (OSError, smtplib.SMTPException):
            # The answer may have been lost on its way: this one may be stored already.
            ledger.cut.add(message_id)
            return
        ledger.acknowledged.add(message_id)
        pending.clear()
        time.sleep(rng.random() * 0.004)


def stored_ids(server):
    c = server.imap()
    try:
        c.select("INBOX", readonly=True)
        found = collections.Counter()
        _, data = c.fetch("1:*", "(BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)])")
        for item in data:
            if isinstance(item, tuple):
                found[item[1].split(b":", 1)[1].strip().decode()] += 1
        return found
    finally:
        c.logout()


def queue_is_empty(server):
    return not posthouse.spooled(server)


@pytest.mark.parametrize("what", ("both", "worker"))
def test_kill_under_load(make_server, what):
    server = make_server()
    ledger = Ledger()
    pending = [[] for _ in range(CLIENTS)]
    errors = []
    rng = random.Random()
    # More deaths in a row than that, and process one gives up.
    rounds = ROUNDS if what == "both" else min(ROUNDS, 8)
    for n in range(rounds):
        if what == "both" or n == 0:
            server.start()
        stop = threading.Event()
        threads = [threading.Thread(target=sender, args=(server, n % 2 == 1, ledger, pending[n], stop, errors)) for n in range(CLIENTS)]
        for t in threads:
            t.start()
        time.sleep(rng.uniform(0.05, 0.8))
        if what == "both":
            server.kill()
        else:
            killed = server.kill_worker()
        stop.set()
        for t in threads:
            t.join()
        if what == "worker":
            posthouse.wait_for(lambda: server.pid not in (0, killed), what="another worker")
    if what == "both":
        server.start()
    posthouse.wait_for(lambda: queue_is_empty(server), 60, "the queue to drain")
    found = stored_ids(server)
    assert errors == []
    assert len(ledger.acknowledged) > rounds * CLIENTS
    lost = [m for m in ledger.acknowledged if found[m] == 0]
    assert lost == [], f"{len(lost)} of {len(ledger.acknowledged)} acknowledged messages are lost"
    extra = {m: n for m, n in found.items() if n > (2 if m in ledger.cut else 1)}
    assert extra == {}
    assert server.stop() == 0
    report = server.verify()
    assert report.returncode == 0, report.stdout[-2000:] + report.stderr
