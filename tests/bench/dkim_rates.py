"""What signatures of whole messages cost beside the bare operation: dkim_bench and `openssl speed`, one core each."""
import re
import subprocess
import sys

import posthouse


def openssl():
    """Signatures and verifications a second."""
    out = subprocess.run(["openssl", "speed", "-seconds", "3", "rsa2048"], capture_output=True, text=True, check=True).stdout
    sign, verify = re.search(r"rsa 2048 bits.*?s\s+\S+s\s+([\d.]+)\s+([\d.]+)", out).groups()
    return {"sign": float(sign), "verify": float(verify)}


def run(rounds, count=5000, octets=4096):
    subprocess.run(["ninja", "-C", posthouse.BUILD, "dkim_bench"], check=True, stdout=subprocess.DEVNULL)
    for _ in range(rounds):
        bare = openssl()
        ours = subprocess.run([posthouse.BUILD / "bin" / "dkim_bench", str(count), str(octets)], capture_output=True, text=True, check=True).stdout
        for line in ours.splitlines():
            kind, what, rate = line.split()
            beside = f", {100 * float(rate) / bare[what]:.0f} % of openssl's {bare[what]:,.0f}" if kind == "rsa" and what in bare else ""
            print(f"{kind} {what}: {float(rate):,.0f} messages/s{beside}")
        sys.stdout.flush()
