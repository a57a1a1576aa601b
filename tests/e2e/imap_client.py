"""An IMAP client for tests: commands with their literals out, whole answers in; speaks DEFLATE when asked to."""
import re
import socket
import zlib

LITERAL = re.compile(rb"~?\{(\d+)\}\r\n$")


class Refused(AssertionError):
    """The tagged response was not what the test expects."""


class Client:
    def __init__(self, port, timeout=60):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout)
        self.plain = b""
        self.packer = self.unpacker = None
        self.sent = self.received = 0  # octets on the wire
        self.tags = 0
        self.greeting = self.response()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.socket.close()

    def send(self, data):
        if self.packer:
            data = self.packer.compress(data) + self.packer.flush(zlib.Z_SYNC_FLUSH)
        self.sent += len(data)
        self.socket.sendall(data)

    def read(self):
        data = self.socket.recv(65536)
        if not data:
            raise ConnectionError("the server closed the connection")
        self.received += len(data)
        self.plain += self.unpacker.decompress(data) if self.unpacker else data

    def line(self):
        while b"\r\n" not in self.plain:
            self.read()
        line, _, self.plain = self.plain.partition(b"\r\n")
        return line + b"\r\n"

    def response(self):
        """One response with its literals."""
        out = self.line()
        while literal := LITERAL.search(out):
            size = int(literal.group(1))
            while len(self.plain) < size:
                self.read()
            out, self.plain = out + self.plain[:size], self.plain[size:]
            out += self.line()
        return out

    def begin(self, command, literals=()):
        """Sends a command; "{}" in it stands for the next literal."""
        self.tags += 1
        tag = b"t%d" % self.tags
        text = command.encode() if isinstance(command, str) else command
        for literal in literals:
            text = text.replace(b"{}", b"{%d+}\r\n" % len(literal) + literal, 1)
        self.send(tag + b" " + text + b"\r\n")
        return tag

    def end(self, tag):
        """The untagged responses, and the tagged one without its tag."""
        untagged = []
        while True:
            response = self.response()
            if response.startswith(tag + b" "):
                return untagged, response[len(tag) + 1 :]
            untagged.append(response)

    def ask(self, command, *literals, ok=b"OK"):
        """All that is answered, as one."""
        untagged, tagged = self.end(self.begin(command, literals))
        if not tagged.startswith(ok):
            raise Refused(f"{command!r}: {tagged!r}")
        return b"".join(untagged) + tagged

    def news(self, count=1):
        """So many responses that nobody asked for."""
        return [self.response() for _ in range(count)]

    def quiet(self, seconds=0.3):
        """Whether nothing comes for a while."""
        old = self.socket.gettimeout()
        self.socket.settimeout(seconds)
        try:
            while not self.plain:
                self.read()
            return False
        except TimeoutError:
            return True
        finally:
            self.socket.settimeout(old)

    def login(self, user, password):
        self.ask(f"LOGIN {user} {password}")
        return self

    def compress(self):
        self.ask("COMPRESS DEFLATE")
        self.packer = zlib.compressobj(9, zlib.DEFLATED, -15)
        self.unpacker = zlib.decompressobj(-15)
        return self
