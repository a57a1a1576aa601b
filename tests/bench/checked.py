"""Intake of signed mail with spf-dkim-dmarc on and off: SPF, one RSA-2048 signature and DMARC per message, answers of DNS cached."""
import base64
import pathlib
import statistics
import subprocess
import sys
import tempfile

import posthouse
from driver import load
from zones import Zone, Zones

TARGET = 0.6
DOMAIN = "sender.example"


def openssl(*args, **kwargs):
    return subprocess.run(["openssl", *args], check=True, capture_output=True, **kwargs).stdout


class Posthouse:
    def __init__(self, folder, resolver, on):
        self.server = posthouse.Server(folder, ["--no-limits"])
        self.server.start()
        self.server.stop()
        path = pathlib.Path(self.server.config)
        text = path.read_text().replace("resolvers = []", f'resolvers = ["{resolver}"]')
        path.write_text(text + "\n[plugins.spf-dkim-dmarc]\n" + ("exempt_networks = []\n" if on else "enabled = false\n"))
        self.server.start()

    def measure(self, key, count):
        """Of the second run: keys, records and connections are known then."""
        for n in (count // 10, count):
            rate = load("smtp-ingest", "--smtp-port", self.server.ports["smtp"], "--rcpt-to", posthouse.USER, "--mail-from", f"sender@{DOMAIN}", "--header-from", f"sender@{DOMAIN}",
                        "--helo", f"client.{DOMAIN}", "--count", n, "--connections", 8, "--sign", f"{DOMAIN}:s:{key}", "--server-pid", self.server.pid)["msgs_per_s"]
        return rate

    def check(self, on):
        """What was measured is what the title says."""
        c = self.server.imap()
        count = c.select("INBOX", readonly=True)[1][0].decode()
        header = c.fetch(count, "(BODY.PEEK[HEADER])")[1][0][1].decode()
        c.logout()
        for word in ("dkim=pass", "spf=pass", "dmarc=pass"):
            if (word in header) != on:
                raise RuntimeError(f"{word} {'is missing' if on else 'is there'}: {header}")


def run(root, rounds, count):
    """Prints the table; what missed its target."""
    root = pathlib.Path(root)
    key = root / "key.pem"
    key.write_bytes(openssl("genrsa", "-traditional", "2048"))
    public = base64.b64encode(openssl("rsa", "-in", key, "-pubout", "-outform", "DER")).decode()
    record = " ".join(f'"{part}"' for part in (f"v=DKIM1; p={public[:200]}", public[200:]))
    zone = Zone(f'@ TXT "v=spf1 ip4:127.0.0.0/8 -all"\nclient TXT "v=spf1 a -all"\nclient A 127.0.0.1\ns._domainkey TXT {record}\n_dmarc TXT "v=DMARC1; p=none"\n@ MX 10 client\n@ A 127.0.0.1')
    rates = {"on": [], "off": []}
    with Zones({DOMAIN: zone}) as zones:
        for n in range(rounds):
            for on in (True, False) if n % 2 == 0 else (False, True):
                with tempfile.TemporaryDirectory(dir=root) as folder:
                    system = Posthouse(pathlib.Path(folder) / "server", zones.resolver, on)
                    try:
                        rates["on" if on else "off"].append(system.measure(key, count))
                        system.check(on)
                    finally:
                        system.server.stop()
                print(f"  {'on' if on else 'off':4} {rates['on' if on else 'off'][-1]:.0f}/s", file=sys.stderr, flush=True)
    middle = {k: statistics.median(v) for k, v in rates.items()}
    ratio = middle["on"] / middle["off"]
    print("| workload | spf-dkim-dmarc on | off | ratio | target |\n|---|---|---|---|---|")
    print("| intake of signed mail, 8 connections | " + " | ".join(f"{middle[k]:,.0f} messages/s [{min(rates[k]):,.0f}-{max(rates[k]):,.0f}]" for k in ("on", "off")) + f" | {ratio:.2f} | {TARGET} |")
    return [] if ratio >= TARGET else [f"intake of signed mail: {ratio:.2f} of {TARGET}"]
