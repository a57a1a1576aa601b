"""SIGKILL while mail goes out: nothing acknowledged is lost, at most what was in flight is delivered twice, and each
refusal is told once."""
import collections
import random
import smtplib
import ssl
import threading
import time

import house
import posthouse

CLIENTS = 4
ROUNDS = posthouse.scaled(60)
# What may be in flight at a kill: one message per connection, two recipients each.
IN_FLIGHT = 2 * (100 + 10)


def to_the_sink(file):
    def change(text):
        # Else every address is one of ours.
        text = "".join(line for line in text.splitlines(True) if not line.startswith("catch_everything"))
        return text + f"""
[plugins.sink]
file = "{file}"
[transports.sink]
kind = "direct"
carrier = "sink"
[[routes]]
transport = "sink"
"""
    return change


def sender(server, acknowledged, errors, number, stop):
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    session = None
    n = 0
    while not stop.is_set():
        n += 1
        name = f"m{number}-{n}"
        to = [f"{name}@d{n % 5}.example", f"{name}@refused.example"] if n % 4 == 0 else [f"{name}@d{n % 5}.example", f"{name}@e.example"]
        try:
            if session is None:
                session = smtplib.SMTP_SSL("127.0.0.1", server.ports["submissions"], timeout=60, context=context)
                session.login(posthouse.USER, posthouse.PASSWORD)
            session.sendmail(posthouse.USER, to, f"From: {posthouse.USER}\r\nSubject: {name}\r\n\r\nx\r\n")
        except smtplib.SMTPResponseException as e:
            errors.append(f"{e.smtp_code} {e.smtp_error}")
            session = None
            time.sleep(0.05)
            continue
        except (OSError, smtplib.SMTPException):
            return
        acknowledged.extend(to)
        time.sleep(0.002)


def told(server):
    """Recipients that notifications in INBOX tell of, with how often."""
    c = server.imap()
    try:
        c.select("INBOX", readonly=True)
        _, data = c.fetch("1:*", "(BODY.PEEK[])")
        found = collections.Counter()
        for item in data:
            if isinstance(item, tuple):
                for line in item[1].splitlines():
                    if line.startswith(b"Final-Recipient: rfc822; "):
                        found[line.split(b"; ", 1)[1].decode()] += 1
        return found
    finally:
        c.logout()


def test_kill_while_mail_goes_out(make_server, tmp_path):
    file = tmp_path / "delivered"
    extra = [posthouse.BUILD / "sink-plugins" / name for name in ("sink.so", "sink.json")]
    server = house.with_plugins(make_server(), tmp_path / "plugins", extra, to_the_sink(file))
    acknowledged, errors = [], []
    rng = random.Random()
    for n in range(ROUNDS):
        if n > 0:
            server.start()
        stop = threading.Event()
        threads = [threading.Thread(target=sender, args=(server, acknowledged, errors, n * CLIENTS + i, stop)) for i in range(CLIENTS)]
        for t in threads:
            t.start()
        time.sleep(rng.uniform(0.1, 0.8))
        server.kill()
        stop.set()
        for t in threads:
            t.join()
    server.start()
    posthouse.wait_for(lambda: not posthouse.spooled(server), 60, "the queue to drain")
    delivered = collections.Counter(line.split()[1] for line in file.read_text().splitlines())
    assert errors == []
    assert len(acknowledged) > ROUNDS * CLIENTS
    notified = told(server)
    good = [a for a in acknowledged if not a.endswith("@refused.example")]
    bad = [a for a in acknowledged if a.endswith("@refused.example")]
    assert [a for a in good if delivered[a] == 0] == []
    assert [a for a in bad if notified[a] != 1] == []
    assert {a: n for a, n in notified.items() if n > 1} == {}
    twice = [a for a, n in delivered.items() if n > 1]
    assert len(twice) <= ROUNDS * IN_FLIGHT
    assert [a for a in twice if delivered[a] > 1 + ROUNDS] == []
    assert server.stop() == 0
