"""Workloads about the process itself: start, memory, disk."""
import asyncio
import os
import socket
import subprocess
import time

from .errors import BenchError
from .processes import cpu_seconds, memory

async def startup(args):
    port = args.imap_port or args.smtp_port
    start = time.perf_counter()
    server = subprocess.Popen(args.command, start_new_session=True, stdout=subprocess.DEVNULL)
    while True:
        try:
            with socket.create_connection((args.host, port), timeout=10) as probe:
                if args.imap_tls or probe.recv(100):
                    break
        except OSError:
            if server.poll():
                raise BenchError(f"server exited with status {server.returncode}") from None
            await asyncio.sleep(0.001)
    metrics = {"seconds": time.perf_counter() - start, "pid": server.pid}
    return {"command": os.path.basename(args.command[0])}, metrics, True


async def report_memory(args):
    return {}, {**memory(args.server_pid), "cpu_seconds": cpu_seconds(args.server_pid)}, bool(args.server_pid)


async def disk(args):
    apparent = allocated = files = 0
    for folder, _, names in os.walk(args.path):
        for status in (os.lstat(os.path.join(folder, name)) for name in [".", *names]):
            apparent += status.st_size
            allocated += status.st_blocks * 512
            files += 1
    return {}, {"apparent_bytes": apparent, "allocated_bytes": allocated, "files": files}, True
