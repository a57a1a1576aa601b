#!/usr/bin/env python3
"""First figures of a fresh localserve: intake, APPEND, FETCH, SELECT, idle connections. One JSON line per workload.

Everything is on loopback and bounded. Figures of one run on a noisy machine are no more than a hint: repeat them.
"""
import argparse
import json
import pathlib
import socket
import statistics
import sys
import tempfile
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

import posthouse  # noqa: E402


def text(n, size):
    line = "the quick brown fox jumps over the lazy dog and comes back again\r\n"
    body = line * (size // len(line) + 1)
    return (f"From: Person {n} <p{n % 100}@example.org>\r\nTo: {posthouse.USER}\r\nSubject: message {n}\r\nMessage-ID: <b{n}.{time.time_ns()}@example.org>\r\n"
            f"Date: Fri, 21 Nov 2025 09:55:06 +0000\r\n\r\n{body[:size]}\r\n").encode()


def parallel(threads, count, work):
    """Runs work(thread) -> one call per item; seconds and sorted latencies."""
    latencies = [[] for _ in range(threads)]

    def loop(t):
        step = work(t)
        for n in range(t, count, threads):
            begun = time.monotonic()
            step(n)
            latencies[t].append(time.monotonic() - begun)

    workers = [threading.Thread(target=loop, args=(t,)) for t in range(threads)]
    begun = time.monotonic()
    for w in workers:
        w.start()
    for w in workers:
        w.join()
    return time.monotonic() - begun, sorted(x for part in latencies for x in part)


def report(name, seconds, latencies, **extra):
    out = {"workload": name, "count": len(latencies), "per_s": round(len(latencies) / seconds, 1), "p50_ms": round(1000 * statistics.median(latencies), 2),
           "p99_ms": round(1000 * latencies[int(len(latencies) * 0.99)], 2), **extra}
    print(json.dumps(out), flush=True)


def intake(server, count):
    def client(_):
        s = server.smtp(local_hostname="bench.example.org")
        s.ehlo()
        return lambda n: s.sendmail("a@example.org", [posthouse.USER], text(n, 4096))

    report("smtp-intake 4 KiB, 8 connections", *parallel(8, count, client))


def append(server, count, connections):
    c = server.imap()
    mailbox = f"Bench{connections}"
    c.create(mailbox)

    def client(_):
        session = server.imap()
        return lambda n: session.append(mailbox, None, None, text(n, 4096))

    report(f"imap-append 4 KiB, {connections} connections", *parallel(connections, count, client))
    c.logout()


def fetch(server, items, name, rounds=5):
    c = server.imap()
    count = int(c.select("INBOX", readonly=True)[1][0])
    times = []
    for _ in range(rounds):
        begun = time.monotonic()
        c.fetch("1:*", items)
        times.append(time.monotonic() - begun)
    print(json.dumps({"workload": name, "messages": count, "first_per_s": round(count / times[0]), "warm_per_s": round(count / statistics.median(times[1:]))}), flush=True)
    c.logout()


def select(server):
    c = server.imap()
    report("imap-select", *parallel(1, 200, lambda _: lambda n: c.select("INBOX")))
    c.logout()


def idle(server, connections):
    before = server.rss_kib()
    sessions = []
    for _ in range(connections):
        s = server.raw("imap", 60)
        s.send(f"a LOGIN {posthouse.USER} {posthouse.PASSWORD}\r\nb SELECT INBOX\r\nc IDLE\r\n".encode())
        sessions.append(s)
    for s in sessions:
        s.until(b"b")
        while not s.line().startswith(b"+"):
            pass
    after = server.rss_kib()
    server.send(text(0, 100))
    begun = time.monotonic()
    for s in sessions:
        s.line()
    print(json.dumps({"workload": f"imap-idle, {connections} connections", "kib_each": round((after - before) / connections, 1), "told_all_ms": round(1000 * (time.monotonic() - begun))}), flush=True)
    for s in sessions:
        s.close()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=2000)
    parser.add_argument("--idle", type=int, default=1000)
    args = parser.parse_args()
    socket.setdefaulttimeout(120)
    with tempfile.TemporaryDirectory() as folder:
        server = posthouse.Server(pathlib.Path(folder) / "dir", ["--no-limits"]).start()
        try:
            intake(server, args.count)
            append(server, args.count, 1)
            append(server, args.count, 4)
            fetch(server, "(FLAGS UID INTERNALDATE RFC822.SIZE ENVELOPE BODYSTRUCTURE)", "imap-fetch envelopes")
            fetch(server, "(BODY.PEEK[])", "imap-fetch bodies")
            select(server)
            idle(server, args.idle)
        finally:
            server.stop()


if __name__ == "__main__":
    main()
