"""Connections whose input is not copied."""
import asyncio
import functools
import socket
import ssl

from .errors import BenchError

def source_address(args, index):
    """Local address for connection `index`, or None to let the kernel choose.

    Servers limit connections per client address and per network. On loopback,
    --per-source N moves on to another address (each in a /21 of its own, from
    127.16.0.1 up) after every N connections.
    """
    if not args.per_source or not args.host.startswith("127."):
        return None
    group = index // args.per_source
    return (f"127.{16 + group // 32 % 200}.{group % 32 * 8}.1", 0)


class Wire(asyncio.BufferedProtocol):
    """A connection whose input lands, uncopied, in one buffer.

    One coroutine reads at a time. asyncio's own streams copy the data several
    times, which makes the harness the limit for large FETCHes.
    """

    def __init__(self):
        self.buffer = bytearray(4096)
        self.start = self.end = 0  # unread input is buffer[start:end]
        self.waiter = None
        self.closed = False

    def connection_made(self, transport):
        self.transport = transport
        transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def get_buffer(self, _):
        if len(self.buffer) - self.end < len(self.buffer) // 4:
            self.buffer += bytes(len(self.buffer))
        return memoryview(self.buffer)[self.end :]

    def buffer_updated(self, size):
        self.end += size
        self.wake()

    def eof_received(self):
        self.connection_lost(None)

    def connection_lost(self, _):
        self.closed = True
        self.wake()

    def wake(self):
        if self.waiter and not self.waiter.done():
            self.waiter.set_result(None)

    def write(self, data):
        self.transport.write(data)

    def close(self):
        self.transport.close()

    async def more(self):
        if self.closed:
            raise BenchError(f"connection closed after {bytes(self.buffer[self.start : self.end][-200:])!r}")
        self.waiter = asyncio.get_running_loop().create_future()
        await self.waiter

    async def find(self, marker, at):
        """Offset of `marker` at or after `at`, once it has arrived."""
        while (found := self.buffer.find(marker, at, self.end)) < 0:
            at = max(at, self.end - len(marker) + 1)
            await self.more()
        return found

    def take(self, end):
        """Removes the input up to `end` from the buffer and gives it."""
        data = bytes(memoryview(self.buffer)[self.start : end])
        self.start = end
        if self.start == self.end:
            self.start = self.end = 0
        return data

    async def line(self):
        return self.take(await self.find(b"\r\n", self.start) + 2)


@functools.lru_cache(None)
def unverified_context():
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


async def connect(args, port, tls, index=0):
    context = unverified_context() if tls else None
    loop = asyncio.get_running_loop()
    address = source_address(args, index)
    return (await loop.create_connection(Wire, args.host, port, ssl=context, local_addr=address))[1]
