"""Starts and stops real servers for tests: each on free ports and in a folder of its own, ended by pid."""
import imaplib
import os
import pathlib
import random
import signal
import smtplib
import socket
import ssl
import subprocess
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("PH_BUILD", ROOT / "build" / "release"))
PROGRAM = BUILD / "bin" / "posthouse"
SANITIZED = BUILD.name in ("asan", "tsan")
LONG = os.environ.get("PH_LONG") == "1"
USER = "you@localhost"
PASSWORD = "posthouse"
BASE_PORTS = {"smtp": 1025, "submission": 1587, "submissions": 1465, "imap": 1143, "imaps": 1993, "metrics": 1081, "http": 1080, "https": 1443}


def free_offset():
    """A port offset with which every port is free at this moment. Below those that the kernel gives to clients."""
    for _ in range(200):
        offset = random.randrange(8000, 30000)
        sockets = []
        try:
            for port in BASE_PORTS.values():
                s = socket.socket()
                s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                sockets.append(s)
                s.bind(("127.0.0.1", port + offset))
            return offset
        except OSError:
            continue
        finally:
            for s in sockets:
                s.close()
    raise RuntimeError("no free ports")


def scaled(full):
    """The full count in long runs, a tenth of it otherwise."""
    return full if LONG else max(1, full // 10)


def alive_group(group):
    """Whether a process of this process group runs; those that only wait to be reaped do not."""
    for path in pathlib.Path("/proc").glob("[0-9]*/stat"):
        try:
            state, _, pgrp = path.read_text().rpartition(")")[2].split()[:3]
        except OSError:
            continue
        if int(pgrp) == group and state not in "ZX":
            return True
    return False


class Server:
    """One `posthouse localserve`."""

    def __init__(self, folder, args=(), env=None):
        self.folder = pathlib.Path(folder)
        self.args = list(args)
        self.env = dict(os.environ, **(env or {}))
        self.offset = free_offset()
        self.ports = {name: port + self.offset for name, port in BASE_PORTS.items()}
        self.process = None
        self.before_exec = None  # run in the child
        self.log = self.folder.parent / (self.folder.name + ".log")

    @property
    def pid(self):
        """The worker: what holds the data folder, the memory and the connections. `process` is process one."""
        return int((self.folder / "data" / "lock").read_text() or 0)  # empty for a moment when it is new

    def start(self, timeout=30):
        command = [str(PROGRAM), "localserve", "--dir", str(self.folder), "--port-offset", str(self.offset), *self.args]
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, env=self.env, text=True,
                                            process_group=0, preexec_fn=self.before_exec)
        deadline = time.monotonic() + timeout
        self.banner = ""
        while time.monotonic() < deadline:
            line = self.process.stdout.readline()
            if not line:
                break
            self.banner += line
            if line.strip() == "ready":
                return self
        self.kill()
        raise RuntimeError(f"the server did not start:\n{self.banner}\n{self.log.read_text()[-3000:]}")

    def stop(self, timeout=60):
        """Ends it politely; its exit code."""
        self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(timeout)
        finally:
            self.process.stdout.close()

    def kill(self):
        """SIGKILL for both processes at once."""
        if self.process and self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
        if self.process:
            self.process.wait()
            self.process.stdout.close()
            wait_for(lambda: not alive_group(self.process.pid), what="the end of the worker")

    def kill_worker(self, sign=signal.SIGKILL):
        """The worker alone; process one starts another. The pid that was killed."""
        pid = self.pid
        os.kill(pid, sign)
        return pid

    def reload(self):
        self.process.send_signal(signal.SIGHUP)

    def run(self, *args, check=True, **kwargs):
        """A posthouse command on this server's configuration."""
        return subprocess.run([str(PROGRAM), *args], capture_output=True, text=True, check=check, **kwargs)

    @property
    def config(self):
        return str(self.folder / "posthouse.toml")

    def verify(self, account="you"):
        """`store verify` of a stopped server."""
        return self.run("store", "verify", "--config", self.config, account, check=False)

    # --- clients ---------------------------------------------------------------------------------------------------

    def smtp(self, **kwargs):
        return smtplib.SMTP("127.0.0.1", self.ports["smtp"], timeout=60, **kwargs)

    def send(self, message, sender="a@example.org", to=(USER,), options=()):
        with self.smtp() as s:
            return s.sendmail(sender, list(to), message, mail_options=list(options))

    def imap(self, login=True, user=USER, password=PASSWORD):
        c = imaplib.IMAP4("127.0.0.1", self.ports["imap"])
        if login:
            c.login(user, password)
        return c

    def raw(self, port="smtp", timeout=20):
        return Raw(self.ports[port], timeout)

    def status_kib(self, name):
        for line in pathlib.Path(f"/proc/{self.pid}/status").read_text().splitlines():
            if line.startswith(name + ":"):
                return int(line.split()[1])
        raise RuntimeError("no " + name)

    def rss_kib(self):
        return self.status_kib("VmRSS")

    def peak_kib(self):
        return self.status_kib("VmHWM")


class Raw:
    """A socket for tests that say exactly which bytes go over the wire."""

    def __init__(self, port, timeout=20):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout)
        self.buffer = b""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.socket.close()

    def send(self, data):
        self.socket.sendall(data)

    def line(self):
        while b"\n" not in self.buffer:
            data = self.socket.recv(65536)
            if not data:
                rest, self.buffer = self.buffer, b""
                return rest
            self.buffer += data
        line, _, self.buffer = self.buffer.partition(b"\n")
        return line + b"\n"

    def reply(self):
        """One SMTP reply, all its lines."""
        lines = []
        while True:
            line = self.line()
            lines.append(line)
            if len(line) < 4 or line[3:4] != b"-":
                return b"".join(lines)

    def until(self, tag):
        """IMAP lines up to and with the tagged one."""
        lines = []
        while True:
            line = self.line()
            lines.append(line)
            if not line or line.startswith(tag + b" "):
                return lines

    def rest(self):
        out, self.buffer = self.buffer, b""
        while True:
            try:
                data = self.socket.recv(65536)
            except ConnectionResetError:
                return out
            if not data:
                return out
            out += data

    def start_tls(self):
        context = ssl.create_default_context()
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        self.socket = context.wrap_socket(self.socket)
        self.buffer = b""


def spooled(server):
    """The spool files: messages that wait in the queue."""
    return [p for p in (server.folder / "data" / "queue").iterdir() if not p.name.startswith("queue.db") and p.suffix != ".spare"]


def wait_for(condition, timeout=20, what="the condition"):
    """Polls until `condition()` is true; its value."""
    deadline = time.monotonic() + timeout
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {timeout} s for {what}")
        time.sleep(0.02)
