"""One SMTP or LMTP connection of the load generator."""
import base64

from .errors import BenchError
from .wire import connect

class Smtp:
    """One SMTP or LMTP connection."""

    def __init__(self, args, wire):
        self.args = args
        self.wire = wire

    @classmethod
    async def open(cls, args, index=0):
        smtp = cls(args, await connect(args, args.smtp_port, args.smtp_tls, index))
        await smtp.expect(b"220")
        await smtp.command(b"%s %s" % (b"LHLO" if args.lmtp else b"EHLO", args.helo.encode()), b"250")
        if args.smtp_auth:
            plain = base64.b64encode(f"\0{args.user}\0{args.password}".encode())
            await smtp.command(b"AUTH PLAIN " + plain, b"235")
        return smtp

    async def expect(self, code):
        while True:
            line = await self.wire.line()
            if not line.startswith(code):
                raise BenchError(f"wanted {code.decode()}, got {line!r}")
            if line[3:4] != b"-":
                return

    async def command(self, line, code):
        self.wire.write(line + b"\r\n")
        await self.expect(code)

    async def send(self, stuffed, index=0):
        """One transaction; `stuffed` is dot-stuffed and ends in the final dot. {} in the recipient's address is a number."""
        mail = b"MAIL FROM:<%s>" % self.args.mail_from.encode()
        rcpt = b"RCPT TO:<%s>" % self.args.rcpt_to.replace("{}", str(index % self.args.recipients)).encode()
        if self.args.pipelining:
            self.wire.write(mail + b"\r\n" + rcpt + b"\r\nDATA\r\n")
            await self.expect(b"250")
            await self.expect(b"250")
            await self.expect(b"354")
        else:
            await self.command(mail, b"250")
            await self.command(rcpt, b"250")
            await self.command(b"DATA", b"354")
        self.wire.write(stuffed)
        await self.expect(b"250")

    async def quit(self):
        await self.command(b"QUIT", b"221")
        self.wire.close()
