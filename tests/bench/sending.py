"""Mail to elsewhere: how fast it is taken into the queue (each message synced), and from there into Postfix's smtp-sink."""
import os
import pathlib
import re
import shutil
import statistics
import subprocess
import sys
import threading
import time

import postfix
import posthouse
from driver import load
from ports import free_port

TARGET = 2
SINK = shutil.which("smtp-sink") or "/usr/sbin/smtp-sink"


class Sink:
    """smtp-sink, which counts what it took."""

    def __init__(self):
        self.port, self.count, self.ended = free_port(), 0, 0.0
        user = ["-u", "nobody"] if os.getuid() == 0 else []
        self.process = subprocess.Popen([SINK, "-c", *user, f"127.0.0.1:{self.port}", "1000"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, bufsize=0)
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        rest = b""
        while piece := os.read(self.process.stdout.fileno(), 65536):
            *_, line, rest = [b"", *(rest + piece).split(b"\r")]
            numbers = [int(n) for n in re.findall(rb"mesg=(\d+)", line)]
            if numbers:
                self.count, self.ended = max(self.count, *numbers), time.monotonic()

    def wait(self, count, seconds):
        deadline = time.monotonic() + seconds
        while self.count < count:
            if time.monotonic() > deadline:
                raise RuntimeError(f"{self.count} of {count} messages came")
            time.sleep(0.01)
        return self.ended

    def stop(self):
        self.process.terminate()
        self.process.wait()


class Posthouse:
    name = "posthouse"

    def __init__(self, folder, sink):
        self.server = posthouse.Server(pathlib.Path(folder) / "posthouse", ["--no-limits"])
        self.server.start()
        self.server.stop()
        self.path = pathlib.Path(self.server.config)
        transport = f'\n[transports.sink]\nkind = "smtp"\nhost = "127.0.0.1"\nport = {sink.port}\ntls = "none"\n'
        self.text = self.path.read_text().replace('catch_everything = "you"\n', "") + transport
        self.route = '[[routes]]\ntransport = "sink"\n'

    def start(self):
        # Mail that no plugin can carry waits.
        self.path.write_text(self.text + 'carrier = "nobody"\n' + self.route)
        self.server.start()

    def options(self):
        return ["--smtp-port", self.server.ports["submission"], "--smtp-auth", "--user", posthouse.USER, "--password", posthouse.PASSWORD, "--mail-from", posthouse.USER, "--header-from",
                posthouse.USER, "--server-pid", self.server.process.pid]

    def hold(self):
        """Nothing is sent any more, as after start()."""
        self.server.stop()
        self.start()

    def drain(self):
        self.server.stop()
        self.path.write_text(self.text + self.route)
        begun = time.monotonic()
        self.server.start()
        return begun

    def stop(self):
        self.server.stop()


class Postfix:
    name = "postfix"

    def __init__(self, folder, sink):
        self.server = postfix.Postfix(pathlib.Path(folder) / "postfix", f"relayhost = [127.0.0.1]:{sink.port}\ndisable_dns_lookups = yes\ndefer_transports = smtp relay\n")

    def start(self):
        self.server.start()

    def options(self):
        return ["--smtp-port", self.server.ports["smtp"], "--server-pid", self.server.pid]

    def hold(self):
        self.server.command("postconf", "-e", "defer_transports=smtp relay")
        self.server.command("postfix", "reload")
        time.sleep(1)

    def drain(self):
        self.server.command("postconf", "-e", "defer_transports=")
        self.server.command("postfix", "reload")
        time.sleep(1)
        begun = time.monotonic()
        self.server.command("postqueue", "-f")  # all that was put off is due now
        return begun

    def stop(self):
        self.server.stop()


def measure(kind, folder, count, connections):
    """The second of two times, as on a server that has been running: file systems make files slower after others were removed."""
    sink = Sink()
    system = kind(folder, sink)
    system.start()
    try:
        for n in (1, 2):
            accepted = load("smtp-ingest", *system.options(), "--rcpt-to", "reader@elsewhere.example", "--count", count, "--connections", connections)
            time.sleep(1)  # what happens after the answer is not to be counted as draining
            begun = system.drain()
            ended = sink.wait(n * count, 60)
            if n == 1:
                system.hold()
        return accepted["msgs_per_s"], count / (ended - begun)
    finally:
        system.stop()
        sink.stop()


def run(root, peers, rounds, count, connections=8):
    """Prints the table; what missed its target."""
    results = {}
    kinds = [Posthouse, Postfix] if peers else [Posthouse]
    for n in range(rounds):
        for kind in kinds if n % 2 == 0 else kinds[::-1]:
            folder = pathlib.Path(root) / f"sending-{n}"
            folder.mkdir(exist_ok=True)
            figures = measure(kind, folder, count, connections)
            results.setdefault(kind.name, []).append(figures)
            print(f"  {kind.name:16} accepted {figures[0]:.0f}/s, drained {figures[1]:.0f}/s", file=sys.stderr, flush=True)
    print("| workload | Posthouse |" + (" Postfix | ratio | target |" if peers else ""))
    print("|---|---|" + ("---|---|---|" if peers else ""))
    failed = []
    for i, title in enumerate(["accept to queue, 8 connections", "drain to smtp-sink"]):
        def cell(name):
            values = [r[i] for r in results[name]]
            return statistics.median(values), f"{statistics.median(values):,.0f} messages/s [{min(values):,.0f}-{max(values):,.0f}]"
        cells = [title, cell("posthouse")[1]]
        if peers:
            ratio = cell("posthouse")[0] / cell("postfix")[0]
            cells += [cell("postfix")[1], f"{ratio:.2f}", str(TARGET)]
            if ratio < TARGET:
                failed.append(f"{title}: {ratio:.2f} of {TARGET}")
        print("| " + " | ".join(cells) + " |")
    return failed
