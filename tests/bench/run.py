#!/usr/bin/env python3
"""Measures a fresh localserve; with --peers alternating with Debian's Postfix and Dovecot in the same run.

Everything is on loopback and bounded. Figures are medians over the rounds; a single run on a noisy machine says little.
"""
import argparse
import os
import pathlib
import resource
import statistics
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "support"))

import border  # noqa: E402
import checked  # noqa: E402
import dkim_rates  # noqa: E402
import http_answers  # noqa: E402
import huge  # noqa: E402
import idle  # noqa: E402
import many_accounts  # noqa: E402
import sending  # noqa: E402
import systems  # noqa: E402
from driver import load  # noqa: E402
from suite import suite  # noqa: E402


def measure(system, workloads, results):
    for w in workloads:
        if w.only in ("", system.name):
            if w.name == "search":
                system.settle()
            metrics = load(w.command, *system.options(w.name), *w.args)
            results.setdefault((system.name, w.name), []).append(metrics)
            print(f"  {system.name:16} {w.name:10} {metrics.get('seconds', 0):8.2f} s, client {metrics['client_cpu_s']:.2f} s, others {metrics.get('other_cpu_s', 0):.2f} s",
                  file=sys.stderr, flush=True)
    results.setdefault((system.name, "memory"), []).append(load("memory", *system.options("memory")))
    results.setdefault((system.name, "disk"), []).append(load("disk", "--path", system.mail))


def middle(results, system, workload, key):
    values = [m[key] for m in results.get((system, workload), []) if m.get(key) is not None]
    return (statistics.median(values), min(values), max(values)) if values else None


def show(value, unit):
    def number(v):
        return f"{v:,.0f}" if v >= 100 else f"{v:.3g}"
    return "" if value is None else f"{number(value[0])} {unit} [{number(value[1])}-{number(value[2])}]"


def busy_client(results, w):
    """How busy the load generator was, which has one thread: near 100 % it was the limit."""
    if w.command not in ("smtp-ingest", "imap-append", "login"):  # of the others only a part is timed
        return None
    return statistics.median(m["client_cpu_s"] / m["seconds"] for m in results[("posthouse", w.name)])


def table(workloads, results, peer):
    failed = []
    print("| workload | Posthouse | " + ("Postfix + Dovecot | ratio | target | " if peer else "") + "client busy |")
    print("|---|---|" + ("---|---|---|" if peer else "") + "---|")
    for w in workloads:
        if w.only:
            continue
        for f in w.figures:
            ours = middle(results, "posthouse", w.name, f.key)
            theirs = middle(results, peer, f.peer_workload or w.name, f.peer_key or f.key) if peer else None
            busy = busy_client(results, w)
            cells = [f.title, show(ours, f.unit)]
            if peer:
                ratio = theirs[0] / ours[0] if f.lower else ours[0] / theirs[0]
                cells += [show(theirs, f.unit), f"{ratio:.2f}", f"{f.target:g}" if f.target else ""]
                if f.target and ratio < f.target:
                    failed.append(f"{f.title}: {ratio:.2f} of {f.target:g}")
            print("| " + " | ".join([*cells, f"{busy:.0%}" if busy else ""]) + " |")
    for system in ["posthouse", peer]:
        if system:
            pss = middle(results, system, "memory", "pss_kib")
            disk = middle(results, system, "disk", "allocated_bytes")
            print(f"\n{system}: memory after the loads {pss[0] / 1024:.0f} MB PSS, {disk[0] / 1e6:.1f} MB on disk")
    return failed


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--peers", action="store_true", help="alternate with Postfix and Dovecot")
    parser.add_argument("--rounds", type=int, default=0, help="5 with --peers, else 1")
    parser.add_argument("--count", type=int, default=2000, help="messages per workload")
    parser.add_argument("--fill", type=int, default=10000, help="messages in the mailbox that is read")
    parser.add_argument("--only", default="", help="workloads whose name begins so, or `sending`, `checked`, `dkim`; the mailbox is filled all the same")
    parser.add_argument("--folder", help="where the servers keep their mail (a new folder under the temporary one)")
    parser.add_argument("--idle", type=int, metavar="N", help="instead: N idle TLS connections, each with 1,000 messages selected")
    parser.add_argument("--idle-accounts", type=int, metavar="N", help="instead: the same on mailboxes of 10,000 messages in 100 accounts")
    parser.add_argument("--huge", type=int, metavar="N", help="instead: import N messages into one mailbox, then look at it")
    parser.add_argument("--border", action="store_true", help="instead: what hooks, facts and rows of the store cost a plugin")
    parser.add_argument("--accounts", type=int, metavar="N", help="instead: mail for N accounts on a disk whose syncs take 5 ms longer")
    parser.add_argument("--http", action="store_true", help="instead: small HTTP answers, alternating with nginx")
    args = parser.parse_args()
    if args.peers and (why := systems.missing()):
        sys.exit(f"no peers: {why}")
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    if args.only == "dkim":
        return dkim_rates.run(args.rounds or 1)
    if args.only == "checked":
        with tempfile.TemporaryDirectory(dir=args.folder, prefix="posthouse-bench-") as root:
            sys.exit(1 if checked.run(root, args.rounds or 3, args.count) else 0)
    if args.idle or args.idle_accounts or args.huge or args.border or args.accounts or args.http:
        with tempfile.TemporaryDirectory(dir=args.folder, prefix="posthouse-bench-") as root:
            if args.idle:
                idle.run(root, args.idle)
            if args.idle_accounts:
                idle.run_accounts(root, args.idle_accounts, messages=args.fill)
            if args.huge:
                sys.exit(1 if huge.run(root, args.huge) else 0)
            if args.border:
                border.run(root, args.fill)
            if args.accounts:
                many_accounts.run(root, args.accounts, args.count)
            if args.http:
                sys.exit(1 if http_answers.run(root) else 0)
        return
    rounds = args.rounds or (5 if args.peers else 1)
    workloads = [] if args.only == "sending" else [w for w in suite(args.count, args.fill) if w.name == "fill" or w.name.startswith(args.only)]
    results = {}
    # Nothing is removed between the rounds: ext4 without a journal creates files slowly just after it removed many.
    with tempfile.TemporaryDirectory(dir=args.folder, prefix="posthouse-bench-") as root:
        os.chmod(root, 0o755)
        for n in range(rounds if workloads else 0):
            print(f"round {n + 1}", file=sys.stderr)
            kinds = [systems.Posthouse, systems.PostfixDovecot] if args.peers else [systems.Posthouse]
            for kind in kinds if n % 2 == 0 else kinds[::-1]:
                folder = pathlib.Path(root) / f"{n}"
                folder.mkdir(exist_ok=True)
                system = kind(folder).start()
                try:
                    measure(system, workloads, results)
                finally:
                    system.stop()
        missed = sending.run(root, args.peers, rounds, args.count) if args.only in ("", "sending") else []
    failed = table(workloads, results, systems.PostfixDovecot.name if args.peers else None) if results else []
    failed += missed
    if args.peers and not args.only:
        with tempfile.TemporaryDirectory(dir=args.folder, prefix="posthouse-bench-") as root:
            failed += http_answers.run(root) + checked.run(root, 3, args.count)
    for f in failed:
        print(f"below its target: {f}")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
