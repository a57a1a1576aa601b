"""The workloads with messages. Each gives (parameters, metrics, whether its own checks held)."""
import asyncio
import time

from .errors import BenchError
from .imap import Imap, quote
from .messages import TOPICS, MessageFactory, stuff
from .smtp import Smtp

FETCH_BUFFER = 1 << 27

def percentiles(seconds):
    ordered = sorted(seconds)
    return {
        f"p{percent}_ms": ordered[min(len(ordered) - 1, len(ordered) * percent // 100)] * 1e3 for percent in (50, 99)
    }


def signer(text):
    import dkim
    domain, selector, file = text.split(":", 2)
    with open(file, "rb") as f:
        key = f.read()
    fields = [b"from", b"to", b"subject", b"date", b"message-id"]
    return lambda m: dkim.sign(m, selector.encode(), domain.encode(), key, canonicalize=(b"relaxed", b"relaxed"), include_headers=fields) + m


async def smtp_ingest(args):
    factory = MessageFactory(args)
    sign = signer(args.sign) if args.sign else lambda message: message
    messages = [stuff(sign(factory.message(i, args.size))) for i in range(args.count)]
    size = sum(map(len, messages))
    queue = iter(enumerate(messages))
    latencies = []
    watch, before = None, 0
    if args.wait_mailbox:
        watch = await Imap.open(args)
        before = await watch.messages(args.wait_mailbox)

    async def worker(smtp):
        for index, message in queue:
            start = time.perf_counter()
            await smtp.send(message, index)
            latencies.append(time.perf_counter() - start)

    clients = [await Smtp.open(args, i) for i in range(args.connections)]
    start, cpu = time.perf_counter(), time.process_time()
    await asyncio.gather(*map(worker, clients))
    elapsed, cpu = time.perf_counter() - start, time.process_time() - cpu
    metrics = {"seconds": elapsed, "msgs_per_s": len(latencies) / elapsed, "mb_per_s": size / elapsed / 1e6}
    metrics["client_cpu_s"] = cpu
    metrics.update(percentiles(latencies))
    ok = len(latencies) == args.count
    if watch:
        while (arrived := await watch.messages(args.wait_mailbox) - before) < args.count:
            await asyncio.sleep(0.05)
        delivered = time.perf_counter() - start
        metrics.update(delivered_seconds=delivered, delivered_msgs_per_s=args.count / delivered)
        ok = ok and arrived == args.count
        await watch.logout()
    for client in clients:
        await client.quit()
    params = {
        "count": args.count,
        "body_bytes": args.size,
        "connections": args.connections,
        "protocol": "lmtp" if args.lmtp else "submission" if args.smtp_auth else "smtp",
        "pipelining": args.pipelining,
    }
    return params, metrics, ok


async def imap_append(args):
    factory = MessageFactory(args)
    messages = [factory.message(i, args.size, mime=True) for i in range(args.count)]
    queue = iter(messages)
    latencies = []
    clients = [await Imap.open(args, i) for i in range(args.connections)]
    plus = b"LITERAL+" in (await clients[0].command(b"CAPABILITY")).upper()
    await clients[0].command(b"CREATE " + quote(args.mailbox))

    async def worker(imap):
        for message in queue:
            start = time.perf_counter()
            await imap.append(args.mailbox, message, plus)
            latencies.append(time.perf_counter() - start)

    start, cpu = time.perf_counter(), time.process_time()
    await asyncio.gather(*map(worker, clients))
    elapsed, cpu = time.perf_counter() - start, time.process_time() - cpu
    size = sum(map(len, messages))
    metrics = {"seconds": elapsed, "msgs_per_s": args.count / elapsed, "mb_per_s": size / elapsed / 1e6}
    metrics.update(percentiles(latencies), message_bytes=size, client_cpu_s=cpu)
    ok = await clients[0].messages(args.mailbox) == args.count
    if not args.keep:
        await clients[0].command(b"DELETE " + quote(args.mailbox))
    for client in clients:
        await client.logout()
    params = {
        "count": args.count,
        "body_bytes": args.size,
        "connections": args.connections,
        "literal_plus": plus,
        "mailbox": args.mailbox,
    }
    return params, metrics, ok


async def timed_fetch(imap, command):
    if len(imap.wire.buffer) < FETCH_BUFFER:
        imap.wire.buffer = bytearray(FETCH_BUFFER)  # so that it need not grow meanwhile
    start = time.perf_counter()
    data = await imap.command(command)
    return imap.replied - start, len(data), data.count(b" FETCH (")


async def imap_fetch_headers(args):
    imap = await Imap.open(args)
    count = await imap.select(args.mailbox)
    items = b"FETCH 1:* (FLAGS UID INTERNALDATE RFC822.SIZE ENVELOPE BODYSTRUCTURE)"
    metrics, ok = {}, True
    for name in ("cold", "warm"):
        seconds, size, replies = await timed_fetch(imap, items)
        metrics.update({f"{name}_seconds": seconds, f"{name}_msgs_per_s": count / seconds, "bytes": size})
        ok = ok and replies == count > 0
    await imap.logout()
    return {"messages": count}, metrics, ok


async def imap_fetch_bodies(args):
    imap = await Imap.open(args)
    count = await imap.select(args.mailbox)
    metrics, ok = {}, True
    for name in ("first", "second"):
        seconds, size, replies = await timed_fetch(imap, b"UID FETCH 1:* BODY.PEEK[]")
        metrics.update({f"{name}_seconds": seconds, f"{name}_mb_per_s": size / seconds / 1e6, "bytes": size})
        ok = ok and replies == count > 0
    await imap.logout()
    return {"messages": count}, metrics, ok


async def imap_search(args):
    imap = await Imap.open(args)
    count = await imap.select(args.mailbox)
    expected = len(range(7, count, TOPICS))
    metrics, ok = {}, True
    for key, term, hits in (
        ("from", "person07x", expected),
        ("subject", "topic07x", expected),
        ("text", "needle07x", expected),
        ("text_miss", "nosuchwordatall", 0),
    ):
        for name in ("first", "second"):
            start = time.perf_counter()
            data = await imap.command(b"SEARCH %s %s" % (key.split("_")[0].upper().encode(), quote(term)))
            metrics[f"{key}_{name}_ms"] = (time.perf_counter() - start) * 1e3
            line = next(line for line in bytes(data).split(b"\r\n") if line.startswith(b"* SEARCH"))
            ok = ok and len(line.split()) - 2 == hits
    await imap.logout()
    return {"messages": count, "expected_hits": expected}, metrics, ok


async def imap_store(args):
    imap = await Imap.open(args)
    count = await imap.select(args.mailbox, b"SELECT")
    seconds, _, replies = await timed_fetch(imap, b"UID STORE 1:* +FLAGS (\\Seen)")
    undo, _, _ = await timed_fetch(imap, b"UID STORE 1:* -FLAGS.SILENT (\\Seen)")
    await imap.logout()
    metrics = {"seconds": seconds, "msgs_per_s": count / seconds, "silent_undo_msgs_per_s": count / undo}
    return {"messages": count}, metrics, replies == count > 0


async def imap_select(args):
    imap = await Imap.open(args)
    metrics, count = {}, 0
    for command in (b"SELECT", b"EXAMINE"):
        latencies = []
        for _ in range(args.count):
            start = time.perf_counter()
            count = await imap.select(args.mailbox, command)
            latencies.append(time.perf_counter() - start)
        name = command.decode().lower()
        metrics.update({f"{name}_{key}": value for key, value in percentiles(latencies).items()})
    await imap.logout()
    return {"messages": count, "count": args.count}, metrics, count > 0


async def login(args):
    order = iter(range(args.count))
    latencies = []

    async def worker():
        for index in order:
            start = time.perf_counter()
            imap = await Imap.open(args, index)
            await imap.logout()
            latencies.append(time.perf_counter() - start)

    start = time.perf_counter()
    await asyncio.gather(*(worker() for _ in range(args.connections)))
    elapsed = time.perf_counter() - start
    metrics = {"seconds": elapsed, "logins_per_s": len(latencies) / elapsed, **percentiles(latencies)}
    return {"count": args.count, "connections": args.connections}, metrics, len(latencies) == args.count
