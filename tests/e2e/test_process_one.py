"""Process one and the worker: who holds what, what outlives a crash, what a worker may ask for, who may be root."""
import errno
import json
import os
import pathlib
import pwd
import random
import re
import shutil
import signal
import smtplib
import socket
import ssl
import struct
import subprocess
import tempfile
import threading
import time

import posthouse
import pytest
from conftest import check_log
from house import House, off, with_plugins
from posthouse import wait_for
from test_tls import insecure, make_certificate

pytestmark = pytest.mark.sanitize
AS_ROOT = os.geteuid() == 0
NOBODY = pwd.getpwnam("nobody")
needs_root = pytest.mark.skipif(not AS_ROOT, reason="only root can start a server that changes its user")


def status(pid):
    lines = pathlib.Path(f"/proc/{pid}/status").read_text().splitlines()
    return {k: v.split() for k, _, v in (line.partition(":") for line in lines)}


def served(port):
    """The seconds until the greeting; a refusal is an error."""
    begun = time.monotonic()
    with socket.create_connection(("127.0.0.1", port), 20) as s:
        assert s.recv(100).startswith(b"220 ")
    return time.monotonic() - begun


def refused(port):
    with socket.socket() as s:
        return s.connect_ex(("127.0.0.1", port)) == errno.ECONNREFUSED


def new_worker(server, before):
    def changed():
        pid = server.pid
        return pid if pid not in (0, before) and "msg=started" in server.log.read_text().rsplit("is started again", 1)[-1] else 0
    return wait_for(changed, what="another worker")


# --- what outlives what ---------------------------------------------------------------------------------------------


def test_nobody_is_refused_while_the_worker_is_killed(make_server):
    server = make_server().start()
    ending, refused, cut, times = threading.Event(), [], [], []

    def client():
        while not ending.is_set():
            begun = time.monotonic()
            try:
                with socket.create_connection(("127.0.0.1", server.ports["smtp"]), 20) as s:
                    if s.recv(100).startswith(b"220 "):
                        times.append((begun, time.monotonic() - begun))
                    else:
                        cut.append(begun)  # accepted already by the one that was killed
            except ConnectionRefusedError as e:
                refused.append(e)
            except ConnectionResetError:
                cut.append(begun)
            time.sleep(0.01)

    threads = [threading.Thread(target=client) for _ in range(20)]
    for t in threads:
        t.start()
    kills = []
    for _ in range(3):
        wait_for(lambda: len([b for b, _ in times if not kills or b > kills[-1] + 0.5]) > 50, what="clients that are served")
        pid = server.pid
        kills.append(time.monotonic())
        server.kill_worker()
        new_worker(server, pid)
    time.sleep(0.5)
    ending.set()
    for t in threads:
        t.join()
    assert refused == []
    # Only who had come before a kill was cut off.
    assert all(any(k - 5 < c <= k + 0.05 for k in kills) for c in cut)
    patience = 1 if not posthouse.SANITIZED else 10
    slow = [t for b, t in times if t > patience]
    assert not slow, slow
    assert 'msg="the worker died and is started again" how=SIGKILL' in server.log.read_text()
    assert server.stop() == 0


def test_process_one_killed_takes_the_worker_along(make_server):
    server = make_server().start()
    worker = server.pid
    server.process.kill()
    server.process.wait()
    wait_for(lambda: not posthouse.alive_group(server.process.pid), 5, "the end of the worker")
    assert not pathlib.Path(f"/proc/{worker}").exists() or status(worker)["State"][0] in "ZX"
    wait_for(lambda: refused(server.ports["smtp"]), 5, "sockets that nobody holds")  # the worker's last thread may end later
    server.process.stdout.close()
    server.start()  # the lock is free
    assert server.stop() == 0


def test_worker_ended_politely_ends_the_server(make_server):
    server = make_server().start()
    server.kill_worker(signal.SIGTERM)
    assert server.process.wait(60) == 0
    server.process.stdout.close()


def test_changes_after_a_crash(make_server, tmp_path):
    """Listeners come and go with a reload, also in the second worker; what is not asked for any more is closed."""
    server = make_server().start()
    house = House(server)
    before = server.pid
    server.kill_worker()
    new_worker(server, before)
    port = posthouse.free_offset() + 1025
    more = house.original + f'\n[listeners.extra]\naddress = ["127.0.0.1:{port}"]\nprotocol = "smtp"\ntls = "none"\n'
    house.reload(more)
    served(port)
    before = server.pid
    house.path.write_text(house.original)  # gone when the next worker reads it
    server.kill_worker()
    new_worker(server, before)
    wait_for(lambda: refuses(port), what="the socket to be closed")
    served(server.ports["smtp"])

    def held():
        return len(os.listdir(f"/proc/{server.process.pid}/fd")) if AS_ROOT else 0

    before = held()
    house.reload(more)
    served(port)
    house.reload(house.original)
    assert refuses(port)
    wait_for(lambda: held() == before, what="process one to close it too")
    assert server.stop() == 0


def refuses(port):
    with socket.socket() as s:
        return s.connect_ex(("127.0.0.1", port)) != 0


def test_reload_and_metrics_through_process_one(make_server):
    from test_metrics import scrape
    server = make_server().start()
    assert scrape(server)["posthouse_worker_restarts"] == 0
    before = server.pid
    server.kill_worker()
    new_worker(server, before)
    assert scrape(server)["posthouse_worker_restarts"] == 1
    House(server).reload(pathlib.Path(server.config).read_text())
    assert server.banner.count("ready") == 1
    assert server.stop() == 0


def test_worker_that_dies_at_once_is_given_up(make_server):
    server = make_server().start()
    before = server.pid
    config = pathlib.Path(server.config)
    good = config.read_text()
    config.write_text(good + "\nnonsense = 1\n")
    server.kill_worker()
    waits = lambda: [int(n) for n in re.findall(r"in_ms=(\d+)", server.log.read_text())]  # noqa: E731
    wait_for(lambda: len(waits()) >= 4, 30, "some more deaths")
    assert waits()[:4] == [0, 100, 200, 400]
    config.write_text(good)
    server.process.send_signal(signal.SIGHUP)  # at once, and the row begins anew
    new_worker(server, before)
    served(server.ports["smtp"])
    config.write_text(good + "\nnonsense = 1\n")
    server.kill_worker()
    assert server.process.wait(90) == 1
    server.process.stdout.close()
    assert "giving up" in server.log.read_text() and "times=10" in server.log.read_text()
    config.write_text(good)


def test_failure_at_the_first_start_is_told_once(make_server):
    server = make_server().start()
    server.stop()
    config = pathlib.Path(server.config)
    taken = socket.create_server(("127.0.0.1", server.ports["smtp"]))
    begun = time.monotonic()
    done = subprocess.run([str(posthouse.PROGRAM), "localserve", "--dir", str(server.folder), "--port-offset", "0"],
                          capture_output=True, text=True, timeout=60)
    assert done.returncode == 1 and "Address already in use" in done.stderr and done.stderr.count("worker started") == 1
    assert time.monotonic() - begun < 20
    taken.close()
    config.write_text(config.read_text().replace("hostname", "hostnme"))
    done = subprocess.run([str(posthouse.PROGRAM), "serve", "--config", config], capture_output=True, text=True, timeout=60)
    assert done.returncode == 1 and "unknown key 'hostnme'" in done.stderr


@pytest.mark.skipif(posthouse.SANITIZED, reason="a sanitizer reports the crash, as it should")
def test_plugin_that_crashes_the_worker_is_quarantined(make_server, tmp_path):
    server = with_plugins(make_server(), tmp_path / "plugins", (posthouse.BUILD / "bad-plugins").glob("crash-in-hook.*"))
    house = House(server)

    def mail(localpart):
        with server.smtp() as s:
            s.ehlo("client.example.org")
            return s.mail(f"{localpart}@example.org")[0]

    def crash(localpart):
        pid = server.pid
        with pytest.raises((smtplib.SMTPServerDisconnected, ConnectionResetError)):
            mail(localpart)
        new_worker(server, pid)

    for localpart, how in (("crash-segv", "SIGSEGV"), ("crash-abort", "SIGABRT"), ("crash-raise", "SIGBUS")):
        assert mail("fine") == 250
        crash(localpart)
        assert f"how={how} plugin=crash-in-hook " in house.log()
    assert 'msg="plugin not running" plugin=crash-in-hook reason="it crashed the server too often' in house.log()
    assert mail("crash-segv") == 250
    pid = server.kill_worker()  # a crash of nobody's changes nothing
    new_worker(server, pid)
    house.reload(house.path.read_text())
    assert mail("crash-segv") == 250
    on = house.path.read_text()
    house.reload(off(on, "crash-in-hook"))
    house.reload(on)
    crash("crash-segv")
    assert "plugin not running" not in house.log().rsplit("msg=started", 1)[-1]
    crash("crash-segv")
    assert server.stop() == 0


# --- what the worker may ask ----------------------------------------------------------------------------------------

HELLO, GRANTED, REFUSED, BIND, OPEN = 1, 2, 3, 4, 5


def packet(kind, *texts):
    return bytes([kind]) + b"".join(struct.pack("<I", len(t)) + t for t in (t.encode() for t in texts))


def run_worker(config, *hello):
    """A worker started by hand, as process one would with these words."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    ours.send(packet(HELLO, *hello))

    def channel():
        os.dup2(theirs.fileno(), 3, inheritable=True)

    with ours, theirs:
        return subprocess.run([str(posthouse.PROGRAM), "worker", "--config", str(config)], capture_output=True, text=True,
                              timeout=60, preexec_fn=channel, close_fds=False)


def test_worker_is_not_started_by_hand(make_server):
    server = make_server().start()
    server.stop()
    done = subprocess.run([str(posthouse.PROGRAM), "worker", "--config", server.config], capture_output=True, text=True,
                          timeout=60)
    assert done.returncode == 1 and "not by hand" in done.stderr
    assert "worker" not in server.run("help").stdout


@needs_root
def test_worker_refuses_to_be_root(make_server):
    server = make_server().start()
    server.stop()
    done = run_worker(server.config, "0", "")
    assert done.returncode == 1 and "does not run as root" in done.stderr


@needs_root
def test_serve_as_root_needs_a_user(make_server):
    server = make_server().start()
    server.stop()
    config = pathlib.Path(server.config)
    text = config.read_text()
    for user, problem in (("", "not served as root"), ('user = "root"\n', "not served as root"),
                          ('user = "no-such-user"\n', "no account 'no-such-user'"), ('group = "nogroup"\n', "needs 'user'")):
        config.write_text(user + text)
        done = subprocess.run([str(posthouse.PROGRAM), "serve", "--config", config], capture_output=True, text=True, timeout=60)
        assert done.returncode == 1 and problem in done.stderr, done.stderr


# --- root starts it -------------------------------------------------------------------------------------------------


class RootHouse:
    """`posthouse serve` started by root in a folder as on a real system: root's configuration, nobody's data."""

    def __init__(self, folder):
        self.folder = folder
        folder.chmod(0o755)
        self.keys = folder / "keys"
        make_certificate(self.keys, "mail.example")
        self.keys.chmod(0o700)
        os.chmod(self.keys / "mail.example.key", 0o600)
        shutil.copytree(posthouse.BUILD / "plugins", folder / "plugins")
        for name in ("data", "domains", "accounts"):
            (folder / name).mkdir(mode=0o755)
            os.chown(folder / name, NOBODY.pw_uid, NOBODY.pw_gid)
        self.ports = {"smtp": privileged_port(), "imaps": posthouse.free_offset() + 1993}
        self.text = f'''user = "nobody"
hostname = "mail.example"
data_dir = "data"
plugin_dir = "plugins"
[log]
file = "data/posthouse.log"
[storage]
reserve = "1MB"
[[certificates]]
certificate = "keys/mail.example.crt"
key = "keys/mail.example.key"
[listeners.mx]
address = ["127.0.0.1:{self.ports["smtp"]}"]
protocol = "smtp"
[listeners.imaps]
address = ["127.0.0.1:{self.ports["imaps"]}"]
protocol = "imap"
tls = "implicit"
'''
        self.config = folder / "posthouse.toml"
        self.config.write_text(self.text)
        self.config.chmod(0o644)
        self.program = shutil.copy(posthouse.PROGRAM, folder / "posthouse")
        os.chmod(self.program, 0o755)
        self.log = folder / "data" / "posthouse.log"
        self.process = None

    def run(self, *args, **kwargs):
        return subprocess.run([self.program, *args], capture_output=True, text=True, timeout=60, cwd=self.folder, **kwargs)

    def start(self, before=()):
        self.process = subprocess.Popen([*before, self.program, "serve", "--config", "posthouse.toml"], cwd=self.folder,
                                        stderr=subprocess.PIPE, text=True, process_group=0)
        wait_for(lambda: self.process.poll() is not None or self.told("msg=started"), 60, "the start")
        assert self.process.poll() is None, self.process.stderr.read()
        return self

    def told(self, what):
        return what in self.log.read_text() if self.log.exists() else False

    @property
    def pid(self):
        return int((self.folder / "data" / "lock").read_text())

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.terminate()
            self.process.wait(60)


def privileged_port():
    """A free one that only root, or who has the capability, may bind."""
    for _ in range(200):
        port = random.randrange(600, 1024)
        with socket.socket() as s:
            try:
                s.bind(("127.0.0.1", port))
                return port
            except OSError:
                continue
    raise RuntimeError("no free port below 1024")


@pytest.fixture
def root_house():
    # Not in tmp_path: nobody but root may enter what pytest makes, and each pytest that begins makes sure of it.
    with tempfile.TemporaryDirectory(prefix="posthouse-root-") as folder:
        house = RootHouse(pathlib.Path(folder))
        yield house
        house.stop()
        check_log(house)


@needs_root
def test_root_gives_everything_up_but_ports_and_keys(root_house):
    house = root_house
    assert house.run("domain", "add", "--config", "posthouse.toml", "mail.example").returncode == 0
    made = house.run("account", "add", "--config", "posthouse.toml", "--password-stdin", "ann", "ann@mail.example", input="correct horse\n")
    assert made.returncode == 0, made.stderr
    house.start()
    worker = status(house.pid)
    assert set(worker["Uid"]) == {str(NOBODY.pw_uid)} and set(worker["Gid"]) == {str(NOBODY.pw_gid)}
    assert set(worker["Groups"]) <= {str(NOBODY.pw_gid)}
    assert worker["NoNewPrivs"] == ["1"]
    if not posthouse.SANITIZED:
        assert {k: int(worker[k][0], 16) for k in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")} == dict.fromkeys(
            ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"), 0)
    assert status(house.process.pid)["Uid"][0] == "0"
    assert status(house.process.pid)["Threads"] == ["1"] or posthouse.SANITIZED
    # The key, which only root may read, and a mailbox made by a command that root gave.
    with socket.create_connection(("127.0.0.1", house.ports["imaps"]), 20) as raw, insecure().wrap_socket(raw) as tls:
        assert tls.recv(1000).startswith(b"* OK")
        tls.sendall(b'a LOGIN ann@mail.example "correct horse"\r\n')
        assert b"a OK" in tls.recv(4000)
    served(house.ports["smtp"])
    owners = {p.owner() for p in (house.folder / "data").rglob("*")} | {p.owner() for p in (house.folder / "accounts").iterdir()}
    assert owners == {"nobody"}


@needs_root
def test_root_needs_few_capabilities(root_house):
    """Those that docs/design/processes.md names."""
    root_house.start(["setpriv", "--bounding-set=-all,+net_bind_service,+setuid,+setgid,+setpcap,+kill", "--inh-caps=-all"])
    assert int(status(root_house.process.pid)["CapEff"][0], 16).bit_count() == 5
    assert int(status(root_house.pid)["CapBnd"][0], 16) == 0 or posthouse.SANITIZED
    with socket.create_connection(("127.0.0.1", root_house.ports["imaps"]), 20) as raw, insecure().wrap_socket(raw) as tls:
        assert tls.recv(1000).startswith(b"* OK")
    pid = root_house.pid
    os.kill(pid, signal.SIGKILL)
    wait_for(lambda: root_house.pid != pid, 20, "another worker")
    served(root_house.ports["smtp"])
    root_house.process.terminate()
    assert root_house.process.wait(60) == 0 or posthouse.SANITIZED  # the leak checker may not trace its own process


@needs_root
def test_root_reload_with_another_key_and_a_crash(root_house):
    house = root_house.start()
    make_certificate(house.keys, "other.example")
    house.config.write_text(house.text.replace("keys/mail.example", "keys/other.example"))
    house.process.send_signal(signal.SIGHUP)
    wait_for(lambda: house.told("configuration reloaded"), 20, "the reload")
    pid = house.pid
    os.kill(pid, signal.SIGKILL)
    wait_for(lambda: house.pid != pid, 20, "another worker")
    with socket.create_connection(("127.0.0.1", house.ports["imaps"]), 20) as raw, insecure().wrap_socket(raw) as tls:
        pem = ssl.DER_cert_to_PEM_cert(tls.getpeercert(True))
    out = subprocess.run(["openssl", "x509", "-noout", "-subject"], input=pem, capture_output=True, text=True, check=True).stdout
    assert "other.example" in out


@needs_root
def test_root_reads_only_where_root_alone_writes(root_house):
    house = root_house
    # A name in nobody's own folder that leads to a file of root's.
    (house.folder / "data" / "link.key").symlink_to(house.keys / "mail.example.key")
    house.config.write_text(house.text.replace("keys/mail.example.key", "data/link.key"))
    done = house.run("serve", "--config", "posthouse.toml")
    assert done.returncode == 1 and "others than root can change 'data'" in done.stderr
    # A configuration that is not root's own.
    house.config.write_text(house.text)
    os.chown(house.config, NOBODY.pw_uid, NOBODY.pw_gid)
    done = house.run("serve", "--config", "posthouse.toml")
    assert done.returncode == 1 and "others than root can change 'posthouse.toml'" in done.stderr
    # Nobody is no substitute for root.
    os.chown(house.config, 0, 0)
    house.config.write_text(house.text.replace('user = "nobody"', 'user = "daemon"'))
    done = house.run("serve", "--config", "posthouse.toml", user="nobody")
    assert done.returncode == 1 and "only root can start" in done.stderr


@needs_root
def test_user_with_an_ambient_capability(root_house):
    """As systemd starts it: not root, but allowed to bind low ports; the worker is not."""
    house = root_house
    house.keys.chmod(0o755)
    for path in house.keys.iterdir():
        path.chmod(0o644)
    house.start(["setpriv", f"--reuid={NOBODY.pw_uid}", f"--regid={NOBODY.pw_gid}", "--clear-groups",
                 "--inh-caps=+net_bind_service", "--ambient-caps=+net_bind_service"])
    served(house.ports["smtp"])
    assert int(status(house.process.pid)["CapEff"][0], 16) == 1 << 10
    worker = status(house.pid)
    assert all(int(worker[k][0], 16) == 0 for k in ("CapInh", "CapPrm", "CapEff", "CapAmb"))


def test_process_one_is_small(make_server):
    server = make_server().start()
    if posthouse.SANITIZED or not os.access(f"/proc/{server.process.pid}/smaps_rollup", os.R_OK):
        pytest.skip("what a sanitizer adds is not ours; without root the figures of a process that is not dumpable are hidden")
    rollup = pathlib.Path(f"/proc/{server.process.pid}/smaps_rollup").read_text()
    pss = int(re.search(r"^Pss:\s+(\d+)", rollup, re.M).group(1))
    print(json.dumps({"process_one_pss_kib": pss}))
    assert pss < 12 * 1024
    assert server.stop() == 0
