"""What a server costs that only waits: empty, and with many idle TLS connections, each with a mailbox selected."""
import shutil

import posthouse
import systems
from driver import load


def report(m, what):
    print(f"{m['opened']} idle TLS connections {what}, opened in {m['open_seconds']:.0f} s: {m['pss_after_kib'] / 1024:.0f} MB PSS in total, {m['kib_per_connection']:.1f} KiB each")
    print(f"one new mail announced to all of its mailbox within {max(m['notify_all_ms']):.0f} ms (first {min(m['notify_first_ms']):.0f} ms), not told: {m['not_notified']}", flush=True)


def wait(options, system, connections, *more):
    return load("imap-idle", *options, "--imap-port", system.imaps_port(), "--imap-tls", "--smtp-port", 0, "--connections", connections, "--ramp", 16, *more)


def run(root, connections, messages=1000):
    system = systems.Posthouse(root).start()
    try:
        empty = load("memory", *system.options("memory"))
        print(f"empty server: {empty['pss_kib'] / 1024:.1f} MB PSS in {empty['processes']} processes")
        options = system.options("idle")
        load("imap-append", *options, "--mailbox", "Filled", "--count", messages, "--connections", 4, "--keep")
        report(wait(options, system, connections, "--mailbox", "Filled"), f"with {messages:,} messages each")
    finally:
        system.stop()


def run_accounts(root, connections, accounts=100, messages=10000):
    """Each account has a mailbox of its own that many of the connections look at."""
    system = systems.Posthouse(root).start()
    server = system.server
    load("imap-append", *system.options("idle"), "--mailbox", "Filled", "--count", messages, "--connections", 4, "--keep")
    system.settle()
    system.stop()
    folder = server.folder / "data" / "accounts"
    for n in range(accounts):
        server.run("account", "add", "--config", server.config, "--password-stdin", f"acct-{n}x", f"acct-{n}x@localhost", input=posthouse.PASSWORD + "\n")
        # As if each had filled its own: the files of messages are shared, which nobody who only waits sees.
        for path in (folder / "you").rglob("*"):
            to = folder / f"acct-{n}x" / path.relative_to(folder / "you")
            if path.is_dir():
                to.mkdir(parents=True, exist_ok=True)
            elif "msg" in path.parts:
                to.hardlink_to(path)
            else:
                shutil.copy2(path, to)
    system.start()
    try:
        m = wait(system.options("idle"), system, connections, "--mailbox", "Filled", "--user", "acct-{}x@localhost", "--users", accounts, "--settle", 130)  # accounts that nobody uses rest after a minute or two
        report(m, f"on mailboxes of {messages:,} messages in {accounts} accounts")
    finally:
        system.stop()
