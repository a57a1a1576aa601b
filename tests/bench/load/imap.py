"""One IMAP connection of the load generator."""
import secrets
import time

from .errors import BenchError
from .wire import connect

class Imap:
    """One IMAP connection; commands are not pipelined."""

    def __init__(self, wire):
        self.wire = wire
        self.prefix = secrets.token_hex(4).encode()  # never occurs in a message
        self.serial = 0
        self.replied = 0.0  # when the last tagged line came

    @classmethod
    async def open(cls, args, index=0):
        imap = cls(await connect(args, args.imap_port, args.imap_tls, index))
        greeting = await imap.wire.line()
        if not greeting.startswith(b"* OK"):
            raise BenchError(f"greeting: {greeting!r}")
        await imap.command(b"LOGIN %s %s" % (quote(args.user.replace("{}", str(index % getattr(args, "users", 1)))), quote(args.password)))
        return imap

    def tag(self):
        self.serial += 1
        return b"t%s%d" % (self.prefix, self.serial)

    async def until_tagged(self, tag):
        """Everything up to and with the tagged line; raises unless that says OK."""
        wire, marker = self.wire, b"\r\n" + tag + b" "
        while wire.end - wire.start < len(marker):
            await wire.more()
        at = wire.start - 2 if wire.buffer.startswith(marker[2:], wire.start) else await wire.find(marker, wire.start)
        end = await wire.find(b"\r\n", at + len(marker)) + 2
        self.replied = time.perf_counter()
        status = bytes(wire.buffer[at + len(marker) : end])
        data = wire.take(end)
        if not status.startswith(b"OK"):
            raise BenchError(f"tagged reply: {status!r}")
        return data

    async def command(self, text):
        tag = self.tag()
        self.wire.write(tag + b" " + text + b"\r\n")
        return await self.until_tagged(tag)

    async def continuation(self):
        while not (line := await self.wire.line()).startswith(b"+"):
            if not line.startswith(b"* "):
                raise BenchError(f"no continuation: {line!r}")

    async def append(self, mailbox, message, literal_plus):
        tag = self.tag()
        head = b"%s APPEND %s {%d%s}\r\n" % (tag, quote(mailbox), len(message), b"+" if literal_plus else b"")
        if literal_plus:
            self.wire.write(head + message + b"\r\n")
        else:
            self.wire.write(head)
            await self.continuation()
            self.wire.write(message + b"\r\n")
        await self.until_tagged(tag)

    async def select(self, mailbox, command=b"EXAMINE"):
        """Opens the mailbox, gives its message count."""
        data = await self.command(command + b" " + quote(mailbox))
        for line in data.split(b"\r\n"):
            words = line.split()
            if len(words) == 3 and words[2].upper() == b"EXISTS":
                return int(words[1])
        raise BenchError("no EXISTS")

    async def messages(self, mailbox):
        data = await self.command(b"STATUS %s (MESSAGES)" % quote(mailbox))
        return int(data.upper().split(b"(MESSAGES ")[1].split(b")")[0])

    async def idle(self):
        self.wire.write(self.tag() + b" IDLE\r\n")
        await self.continuation()

    async def logout(self):
        await self.command(b"LOGOUT")
        self.close()

    def close(self):
        self.wire.close()


def quote(text):
    return b'"' + text.encode().replace(b"\\", b"\\\\").replace(b'"', b'\\"') + b'"'
