"""What calls across the plugin border cost: a plugin made for it measures from its side of the tables."""
import pathlib
import re
import smtplib
import sys

import house
import posthouse
import systems
from driver import load


def run(root, messages):
    server = posthouse.Server(pathlib.Path(root) / "border", ["--no-limits"])
    house.with_plugins(server, pathlib.Path(root) / "plugins", (posthouse.BUILD / "bench-plugins").glob("measure.*"))
    try:
        options = systems.options(server, "border")
        load("imap-append", *options, "--mailbox", "Filled", "--count", messages, "--connections", 4, "--keep")
        with smtplib.SMTP("127.0.0.1", server.ports["smtp"]) as s:
            s.ehlo("bench.example.org")
            s.mail("measure@you.Filled")
            log = posthouse.wait_for(lambda: (lambda text: text if "measured all" in text else None)(server.log.read_text()), 120)
        if not log:
            sys.exit("the plugin did not end")
        for what, ns in re.findall(r'measured.* what="?([^"=]+?)"? ns="?(\d+)', log):
            print(f"{what}: {int(ns):,} ns")
    finally:
        server.stop()
