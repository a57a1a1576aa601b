"""IDLE connections: what each costs, how soon all are told of a new message."""
import asyncio
import statistics
import time

from .errors import BenchError
from .imap import Imap
from .messages import MessageFactory, stuff
from .processes import available_kib, memory
from .smtp import Smtp

async def imap_idle(args):
    before, available = memory(args.server_pid), available_kib()
    clients, order, failures = [], iter(range(args.connections)), []

    async def opener():
        for index in order:
            try:
                imap = await Imap.open(args, index)
                imap.told = index % args.users == 0
                imap.exists = await imap.select(args.mailbox, b"SELECT")
                await imap.idle()
                clients.append(imap)
            except (OSError, BenchError) as error:
                failures.append(str(error))
                return

    start = time.perf_counter()
    await asyncio.gather(*(opener() for _ in range(args.ramp)))
    metrics = {"opened": len(clients), "open_seconds": time.perf_counter() - start}
    await asyncio.sleep(args.settle)
    after = memory(args.server_pid)
    grown = after["pss_kib"] - before["pss_kib"]
    metrics.update(
        pss_before_kib=before["pss_kib"],
        pss_after_kib=after["pss_kib"],
        processes=after["processes"],
        kib_per_connection=grown / max(1, len(clients)),
        system_kib_per_connection=(available - available_kib()) / max(1, len(clients)),
    )

    async def notified(imap, target):
        while imap.exists < target:
            words = (await imap.wire.line()).split()
            if len(words) == 3 and words[2].upper() == b"EXISTS":
                imap.exists = int(words[1])
        return time.perf_counter()

    told = [imap for imap in clients if imap.told]
    factory = MessageFactory(args)
    firsts, lasts = [], []
    lost, present = 0, max((imap.exists for imap in told), default=0)
    for index in range(args.rounds):
        waiting = [asyncio.ensure_future(notified(imap, present + index + 1)) for imap in told]
        await asyncio.sleep(0.5)
        if args.smtp_port:
            sender = await Smtp.open(args)
            start = time.perf_counter()
            await sender.send(stuff(factory.message(index, 4096)))
        else:
            sender = await Imap.open(args)
            start = time.perf_counter()
            await sender.append(args.mailbox, factory.message(index, 4096), False)
        done, pending = await asyncio.wait(waiting, timeout=args.notify_timeout)
        times = [task.result() - start for task in done if not task.exception()]
        for task in pending:
            task.cancel()
        sender.wire.close()
        lost += len(told) - len(times)
        firsts.append(min(times, default=None))
        lasts.append(max(times, default=None))
        await asyncio.sleep(1)
    known = [value for value in lasts if value is not None]
    metrics.update(
        notify_first_ms=[value and value * 1e3 for value in firsts],
        notify_all_ms=[value and value * 1e3 for value in lasts],
        notify_all_median_ms=statistics.median(known) * 1e3 if known else None,
        not_notified=lost,  # over all rounds
        closed_by_server=sum(imap.wire.closed for imap in clients),
    )
    for imap in clients:
        imap.wire.write(b"DONE\r\n")
        imap.close()
    if failures:
        metrics["failures"] = failures[:3]
    params = {"connections": args.connections, "ramp": args.ramp, "settle": args.settle, "per_source": args.per_source}
    return params, metrics, not failures and not lost
