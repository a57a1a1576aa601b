"""One mailbox of very many messages: how it comes in, and how soon a client sees it after a restart."""
import re
import socket
import statistics
import time

import posthouse
import systems

TARGETS = {"SELECT, first after a restart": 500, "SELECT, again": 5, "first 50 envelopes after a restart": 100, "memory growth in the import, MB": 256}
ITEMS = "(FLAGS UID INTERNALDATE RFC822.SIZE ENVELOPE)"


class Client:
    def __init__(self, server):
        self.stream = socket.create_connection(("127.0.0.1", server.ports["imap"])).makefile("rwb", buffering=1 << 20)
        self.stream.readline()
        self.ms(f"LOGIN {posthouse.USER} \"{posthouse.PASSWORD}\"")

    def ms(self, command):
        begun = time.perf_counter()
        self.stream.write(b"a " + command.encode() + b"\r\n")
        self.stream.flush()
        while True:
            line = self.stream.readline()
            if line.startswith(b"a "):
                assert line.startswith(b"a OK"), line
                return (time.perf_counter() - begun) * 1000


def write_mbox(path, count):
    with open(path, "wb") as f:
        for n in range(count):
            f.write(b"From a@example.org Thu Jan  2 10:00:00 2020\nFrom: Person %d <p%d@example.org>\nTo: you@localhost\nDate: Thu, 2 Jan 2020 10:00:00 +0000\n"
                    b"Message-ID: <m%d@example.org>\nSubject: letter %d\n\n%s\n\n" % (n % 997, n % 997, n, n, b"words of letter %d " % n * 8))


def run(root, count, rounds=5):
    """The figures that are above their targets."""
    system = systems.Posthouse(root).start()
    server = system.server
    path = server.folder / "huge.mbox"
    write_mbox(path, count)
    figures = {}
    try:
        before, begun = server.rss_kib(), time.monotonic()
        server.run("import", "mbox", "you", str(path), "--dir", str(server.folder), check=True, timeout=3600)
        print(f"{count:,} messages imported, {count / (time.monotonic() - begun):,.0f}/s", flush=True)
        figures["memory growth in the import, MB"] = [(server.peak_kib() - before) / 1024]
        path.unlink()
        last = f"{max(1, count - 49)}:{count}"
        for _ in range(rounds):
            system.stop()
            system.start()
            client = Client(server)
            for name, command in (("SELECT, first after a restart", "SELECT INBOX"), ("first 50 envelopes after a restart", f"FETCH {last} {ITEMS}")):
                figures.setdefault(name, []).append(client.ms(command))
            figures.setdefault("SELECT, again", []).append(Client(server).ms("SELECT INBOX"))
    finally:
        system.stop()
    failed = []
    print("| one mailbox of {:,} messages | median | target |\n|---|---|---|".format(count))
    for name, values in figures.items():
        middle = statistics.median(values)
        print(f"| {name} | {middle:.3g}{'' if name.endswith('MB') else ' ms'} [{min(values):.3g}-{max(values):.3g}] | {TARGETS[name]} |")
        if middle > TARGETS[name]:
            failed.append(f"{name}: {middle:.3g} of {TARGETS[name]}")
    return failed
