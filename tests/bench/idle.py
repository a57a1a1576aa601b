"""What a server costs that only waits: empty, and with many idle TLS connections, each with a mailbox selected."""
import systems
from driver import load


def run(root, connections, messages=1000):
    system = systems.Posthouse(root).start()
    try:
        empty = load("memory", *system.options("memory"))
        print(f"empty server: {empty['pss_kib'] / 1024:.1f} MB PSS in {empty['processes']} processes")
        options = system.options("idle")
        load("imap-append", *options, "--mailbox", "Filled", "--count", messages, "--connections", 4, "--keep")
        m = load("imap-idle", *options, "--imap-port", system.imaps_port(), "--imap-tls", "--smtp-port", 0, "--mailbox", "Filled", "--connections", connections, "--ramp", 16)
        print(f"{m['opened']} idle TLS connections with {messages} messages each, opened in {m['open_seconds']:.0f} s: {m['pss_after_kib'] / 1024:.0f} MB PSS in total, "
              f"{m['kib_per_connection']:.1f} KiB each")
        print(f"one new mail announced to all within {max(m['notify_all_ms']):.0f} ms (first {min(m['notify_first_ms']):.0f} ms), not told: {m['not_notified']}")
    finally:
        system.stop()
