"""Load generator for SMTP, LMTP and IMAP servers. It knows nothing of the server that it measures.

Each subcommand runs one bounded workload and prints one JSON object. Exit status 0 only if the workload's own checks
held. With --server-pid the CPU time of the server's process tree is counted too; a large other_cpu_s or steal_s means
a disturbed run; client_cpu_s near the wall time means that this client, which has one thread, was the limit.
"""
import argparse
import asyncio
import json
import os
import resource
import sys
import time

from .errors import BenchError
from .idle import imap_idle
from .processes import cpu_seconds, host_cpu_seconds
from .system import disk, report_memory, startup
from .workloads import (imap_append, imap_fetch_bodies, imap_fetch_headers, imap_search, imap_select, imap_store, login,
                        smtp_ingest)

def parser():
    common = argparse.ArgumentParser(add_help=False)
    option = common.add_argument
    option("--host", default="127.0.0.1")
    option("--imap-port", type=int)
    option("--smtp-port", type=int)
    option("--imap-tls", action="store_true", help="implicit TLS, certificate not checked")
    option("--smtp-tls", action="store_true")
    option("--user")
    option("--password")
    option("--mail-from", default="sender@sender.example")
    option("--rcpt-to", default="user@localhost")
    option("--header-from", metavar="ADDR", help="one From address for all messages (submission may insist)")
    option("--helo", default="client.sender.example")
    option("--lmtp", action="store_true", help="speak LMTP on --smtp-port")
    option("--smtp-auth", action="store_true", help="AUTH PLAIN first (submission)")
    option("--pipelining", action="store_true", help="MAIL, RCPT and DATA in one write")
    option("--per-source", type=int, default=0, metavar="N", help="change 127/8 source address every N connections")
    option("--server-pid", type=int, action="append", default=[], metavar="PID", help="root of a server process tree")
    option("--seed", type=int, default=1)
    option("--timeout", type=float, default=600, help="hard limit in seconds")
    option("--label", default="", help="copied into the output")

    top = argparse.ArgumentParser(
        prog="load", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = top.add_subparsers(dest="workload", required=True, metavar="SUBCOMMAND")

    def add(name, function):
        sub = commands.add_parser(name, parents=[common])
        sub.set_defaults(function=function)
        return sub.add_argument

    option = add("smtp-ingest", smtp_ingest)
    option("--count", type=int, default=2000)
    option("--size", type=int, default=4096, help="body bytes")
    option("--connections", type=int, default=8)
    option("--recipients", type=int, default=1, metavar="N", help="{} in --rcpt-to stands for 0 to N-1 in turn")
    option("--sign", metavar="DOMAIN:SELECTOR:KEY", help="DKIM signature of this key (PEM, RSA) in each message")
    option("--wait-mailbox", metavar="NAME", help="also time until all are in this mailbox (IMAP STATUS)")
    option = add("imap-append", imap_append)
    option("--count", type=int, default=2000)
    option("--size", type=int, default=4096)
    option("--connections", type=int, default=1)
    option("--mailbox", default="BenchAppend", help="created; must not exist")
    option("--keep", action="store_true", help="do not delete the mailbox afterwards")
    for name, function in (
        ("imap-fetch-headers", imap_fetch_headers),
        ("imap-fetch-bodies", imap_fetch_bodies),
        ("imap-search", imap_search),
        ("imap-store", imap_store),
        ("imap-select", imap_select),
    ):
        option = add(name, function)
        option("--mailbox", required=True)
    option("--count", type=int, default=200)
    option = add("imap-idle", imap_idle)
    option("--recipients", type=int, default=1, help=argparse.SUPPRESS)
    option("--mailbox", default="INBOX")
    option("--connections", type=int, default=1000)
    option("--ramp", type=int, default=8, help="connections being opened at a time")
    option("--users", type=int, default=1, help="so many take turns; {} in --user is their number. New mail is for the first")
    option("--settle", type=float, default=3, help="seconds before memory is read")
    option("--rounds", type=int, default=3, help="messages delivered")
    option("--notify-timeout", type=float, default=60)
    option = add("login", login)
    option("--count", type=int, default=400)
    option("--connections", type=int, default=4)
    option = add("startup", startup)
    option("command", nargs="+")
    add("memory", report_memory)
    option = add("disk", disk)
    option("--path", required=True)
    return top


def main():
    args = parser().parse_args()
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    result = {"workload": args.workload, "label": args.label, "time": time.strftime("%Y-%m-%dT%H:%M:%S")}
    load, (host_cpu, steal) = os.getloadavg()[0], host_cpu_seconds()
    server_cpu, client_cpu = cpu_seconds(args.server_pid), time.process_time()
    try:
        params, metrics, ok = asyncio.run(asyncio.wait_for(args.function(args), args.timeout))
    except (BenchError, OSError, asyncio.TimeoutError) as error:
        params, metrics, ok = {}, {"error": f"{type(error).__name__}: {error}"}, False
    client_cpu, host = time.process_time() - client_cpu, host_cpu_seconds()
    metrics["steal_s"] = host[1] - steal
    if args.server_pid:
        server_cpu = cpu_seconds(args.server_pid) - server_cpu
        metrics["server_cpu_s"] = server_cpu
        metrics["other_cpu_s"] = max(0.0, host[0] - host_cpu - server_cpu - client_cpu)
    metrics.setdefault("client_cpu_s", client_cpu)
    rounded = {key: round(value, 3) if isinstance(value, float) else value for key, value in metrics.items()}
    result.update(ok=ok, params=params, metrics=rounded, load1=[round(load, 2), round(os.getloadavg()[0], 2)])
    print(json.dumps(result), flush=True)
    return 0 if ok else 1


if __name__ == "__main__":
    sys.exit(main())
