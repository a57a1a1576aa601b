"""Zones of a test's own: signed by ldns-signzone, served by nsd, validated by unbound, all on free loopback ports.

    with Zones({"example.test": "@ MX 10 mail\\nmail A 127.0.0.1\\n_25._tcp.mail TLSA 3 1 1 ...",
                "plain.test": Zone("@ A 127.0.0.2", signed=False),
                "bad.test": Zone("@ A 127.0.0.3", bogus=True)}) as zones:
        zones.resolver          # "127.0.0.1:NNNN": unbound, which validates
        zones.authority         # "127.0.0.1:NNNN": nsd, which only knows the zones
"""
import dataclasses
import pathlib
import random
import shutil
import socket
import subprocess
import tempfile
import time

ENVIRONMENT = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin"}


@dataclasses.dataclass
class Zone:
    """Records in zone file form, relative to the zone's name; SOA and NS are added."""
    records: str
    signed: bool = True
    bogus: bool = False  # signed, but what the resolver trusts is another key
    ttl: int = 60


def free_port():
    """Free for UDP and TCP, below those that the kernel gives to clients."""
    for _ in range(200):
        port = random.randrange(10000, 30000)
        try:
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as u, socket.socket() as t:
                u.bind(("127.0.0.1", port))
                t.bind(("127.0.0.1", port))
                return port
        except OSError:
            continue
    raise RuntimeError("no free port")


class Zones:
    def __init__(self, zones, unbound_options=""):
        self.zones = {name: z if isinstance(z, Zone) else Zone(z) for name, z in zones.items()}
        self.unbound_options = unbound_options
        self.folder = None
        self.processes = []

    def __enter__(self):
        # Where an unprivileged daemon may write, too.
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="zones-"))
        try:
            anchors = [line for name, zone in self.zones.items() for line in self.make_zone(name, zone)]
            self.start_nsd()
            self.start_unbound(anchors)
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_):
        self.stop()

    def stop(self):
        for p in reversed(self.processes):
            p.terminate()
        for p in self.processes:
            try:
                p.wait(10)
            except subprocess.TimeoutExpired:
                p.kill()
                p.wait()
        self.processes = []
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def resolver(self):
        return f"127.0.0.1:{self.unbound_port}"

    @property
    def authority(self):
        return f"127.0.0.1:{self.nsd_port}"

    def stop_nsd(self):
        """From now on the zones are served by nobody."""
        self.processes[0].terminate()
        self.processes[0].wait(10)

    # --- what the above needs ----------------------------------------------------------------------------------------

    def tool(self, *command):
        return subprocess.run(command, cwd=self.folder, env=ENVIRONMENT, capture_output=True, text=True, check=True).stdout

    def make_zone(self, name, zone):
        """Writes NAME.zone; the lines of unbound's configuration about its keys."""
        file = self.folder / f"{name}.zone"
        file.write_text(f"$ORIGIN {name}.\n$TTL {zone.ttl}\n"
                        f"@ IN SOA ns hostmaster 1 3600 600 86400 {zone.ttl}\n@ IN NS ns\nns IN A 127.0.0.1\n{zone.records}\n")
        if not zone.signed:
            return [f'domain-insecure: "{name}"']
        key = self.make_key(name)
        self.tool("ldns-signzone", "-n", "-f", f"{name}.signed", file.name, key)
        (self.folder / f"{name}.signed").replace(file)
        trusted = self.make_key(name) if zone.bogus else key
        return [f'trust-anchor: "{(self.folder / (trusted + ".ds")).read_text().strip()}"'.replace("\t", " ")]

    def make_key(self, name):
        return self.tool("ldns-keygen", "-k", "-a", "ECDSAP256SHA256", name).strip()

    def start_nsd(self):
        self.nsd_port = free_port()
        zones = "".join(f"zone:\n  name: {name}\n  zonefile: {name}.zone\n" for name in self.zones)
        (self.folder / "nsd.conf").write_text(f"""server:
  ip-address: 127.0.0.1@{self.nsd_port}
  username: ""
  zonesdir: "{self.folder}"
  database: ""
  pidfile: ""
  xfrdfile: "{self.folder}/xfrd.state"
  xfrdir: "{self.folder}"
  zonelistfile: "{self.folder}/zone.list"
  rrl-ratelimit: 0
remote-control:
  control-enable: no
{zones}""")
        self.start("nsd", "-d", "-c", str(self.folder / "nsd.conf"))
        self.wait_for("nsd", self.nsd_port, f"ns.{next(iter(self.zones))}")

    def start_unbound(self, anchors):
        self.unbound_port = free_port()
        # The folder's own empty list: nobody asks the root servers.
        lines = "".join(f"  {line}\n" for line in anchors)
        stubs = "".join(f'stub-zone:\n  name: "{name}"\n  stub-addr: 127.0.0.1@{self.nsd_port}\n  stub-no-cache: no\n' for name in self.zones)
        local = "".join(f'  local-zone: "{top}." nodefault\n' for top in sorted({n.rsplit(".", 1)[-1] for n in self.zones}))
        local += "".join(f'  local-zone: "{n}." nodefault\n' for n in self.zones if n.endswith(".arpa"))
        (self.folder / "unbound.conf").write_text(f"""server:
  interface: 127.0.0.1@{self.unbound_port}
  do-daemonize: no
  do-ip6: no
  username: ""
  chroot: ""
  directory: "{self.folder}"
  pidfile: ""
  use-syslog: no
  log-time-ascii: yes
  num-threads: 1
  ede: yes
  do-not-query-localhost: no
  module-config: "validator iterator"
  val-bogus-ttl: 5
{local}{lines}{self.unbound_options}
remote-control:
  control-enable: no
{stubs}""")
        self.start("unbound", "-d", "-c", str(self.folder / "unbound.conf"))
        self.wait_for("unbound", self.unbound_port, f"ns.{next(iter(self.zones))}")

    def start(self, *command):
        with open(self.folder / f"{command[0]}.log", "wb") as log:
            self.processes.append(subprocess.Popen(command, cwd=self.folder, env=ENVIRONMENT, stdout=log, stderr=log))

    def wait_for(self, what, port, name):
        question = ask_a(name)
        deadline = time.monotonic() + 20
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
            s.settimeout(0.2)
            s.connect(("127.0.0.1", port))
            while time.monotonic() < deadline and self.processes[-1].poll() is None:
                try:
                    s.send(question)
                    s.recv(4096)
                    return
                except OSError:
                    time.sleep(0.05)
        raise RuntimeError(f"{what} does not answer:\n{(self.folder / (what + '.log')).read_text()[-2000:]}")


def ask_a(name):
    labels = b"".join(bytes([len(p)]) + p.encode() for p in name.split("."))
    return b"\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00" + labels + b"\x00\x00\x01\x00\x01"
