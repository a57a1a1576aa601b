"""Mail for many accounts on a disk whose syncs take 5 ms longer than here: what sharing syncs gives."""
import pathlib

import posthouse
import systems
from driver import load

SHIM = posthouse.BUILD / "tests" / "plugins" / "libslow_sync.so"


def run(root, accounts, count):
    for connections in (1, 8, 64):
        server = posthouse.Server(pathlib.Path(root) / f"accounts-{connections}", ["--no-limits"], {"LD_PRELOAD": str(SHIM), "SLOW_SYNC_US": "5000"})
        server.start()
        server.stop()
        folder = pathlib.Path(server.config).parent / "accounts"
        for n in range(accounts):
            (folder / f"acct-{n}x.toml").write_text(f'addresses = ["acct-{n}x@localhost"]\n')
        server.start(timeout=120)
        try:
            options = systems.options(server, "accounts")
            for title, rcpt, number in ((f"{accounts} accounts", "acct-{}x@localhost", accounts), ("one account", posthouse.USER, 1)):
                total = min(count, 100 * connections)
                load("smtp-ingest", *options, "--rcpt-to", rcpt, "--recipients", number, "--count", accounts if number > 1 else 10, "--connections", 64)  # all are open
                m = load("smtp-ingest", *options, "--rcpt-to", rcpt, "--recipients", number, "--count", total, "--connections", connections)
                print(f"syncs 5 ms slower, {title}, {connections} connections: {m['msgs_per_s']:.0f} messages/s, p50 {m['p50_ms']:.0f} ms, p99 {m['p99_ms']:.0f} ms", flush=True)
        finally:
            server.stop()
