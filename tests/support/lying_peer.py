"""A server for tests of sending: speaks SMTP or LMTP on a free port, keeps what it is given, and lies when told to.

    with LyingPeer() as peer:                    # honest
        ...  peer.messages[0].recipients, peer.messages[0].content
    with LyingPeer(replies={"RCPT": "450 4.2.0 later"}) as peer: ...
    with LyingPeer(replies={"DATA": ["451 no", None]}) as peer: ...     # the second time honest
    with LyingPeer(drop="message") as peer: ...  # takes the message, then closes without an answer

Verbs: greeting, EHLO (and LHLO, HELO), STARTTLS, MAIL, RCPT, DATA, message, RSET, NOOP, QUIT. A reply may be a function of the
line. `drop`, `silent`: close, or say nothing more, instead of answering that verb (a pair (verb, n): the n-th time).
`cut`: close after so many octets of all that would be said. Threads: one per connection; everything is safe to read.
"""
import dataclasses
import socket
import ssl
import threading
import time


@dataclasses.dataclass
class Message:
    sender: str                 # MAIL's argument, with parameters
    recipients: list            # RCPT's arguments that were accepted
    content: bytes              # as it came, dots taken away
    tls: bool


class Closed(Exception):
    pass


class LyingPeer:
    def __init__(self, offers=("PIPELINING", "8BITMIME", "SIZE 10000000"), replies=None, drop=None, silent=None, cut=None, lmtp=False,
                 name="mx.peer.example", certificate=None, host="127.0.0.1", port=0):
        """certificate: (certificate file, key file), for STARTTLS."""
        self.offers, self.lmtp, self.name, self.cut = list(offers), lmtp, name, cut
        self.replies = dict(replies or {})
        self.drop, self.silent = drop, silent
        self.context = None
        if certificate:
            self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self.context.load_cert_chain(*certificate)
            self.offers.append("STARTTLS")
        self.messages, self.connections, self.lines = [], 0, []
        self._counts, self._lock, self._open, self._ended = {}, threading.Lock(), set(), False
        self._listener = socket.create_server((host, port))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self._ended = True
        self._listener.close()
        with self._lock:
            for s in self._open:
                try:
                    s.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass

    def wait_for_messages(self, count, seconds=30):
        end = time.monotonic() + seconds
        while len(self.messages) < count:
            assert time.monotonic() < end, f"{len(self.messages)} messages of {count}; heard: {self.lines[-20:]}"
            time.sleep(0.02)
        return self.messages

    def _accept(self):
        while not self._ended:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            with self._lock:
                self.connections += 1
                self._open.add(connection)
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection):
        try:
            Dialogue(self, connection).run()
        except (Closed, OSError, ValueError):
            pass
        finally:
            with self._lock:
                self._open.discard(connection)
            connection.close()

    def _nth(self, verb):
        with self._lock:
            self._counts[verb] = self._counts.get(verb, 0) + 1
            return self._counts[verb]

    def _scripted(self, verb, line, nth):
        reply = self.replies.get(verb)
        if isinstance(reply, list):
            reply = reply[nth - 1] if nth <= len(reply) else None
        return reply(line) if callable(reply) else reply

    def _hits(self, what, verb, nth):
        return what == verb or what == (verb, nth)


class Dialogue:
    def __init__(self, peer, connection):
        self.peer, self.socket, self.said, self.tls = peer, connection, 0, False
        self.input = connection.makefile("rb")
        self.sender, self.recipients = None, []

    def say(self, text):
        data = b"".join(line.encode("latin-1") + b"\r\n" for line in text.split("\n"))
        if self.peer.cut is not None and self.said + len(data) > self.peer.cut:
            self.socket.sendall(data[:self.peer.cut - self.said])
            raise Closed
        self.said += len(data)
        self.socket.sendall(data)

    def answer(self, verb, honest, line=""):
        """Says what it is told to say; True when that is success."""
        peer = self.peer
        nth = peer._nth(verb)
        if peer._hits(peer.drop, verb, nth):
            raise Closed
        if peer._hits(peer.silent, verb, nth):
            while self.input.readline():
                pass
            raise Closed
        reply = peer._scripted(verb, line, nth) or honest
        self.say(reply)
        if reply.startswith("421"):
            raise Closed
        return reply[0] in "23"

    def line(self):
        line = self.input.readline(20000)
        if not line:
            raise Closed
        text = line.rstrip(b"\r\n").decode("utf-8", "surrogateescape")
        self.peer.lines.append(text)
        return text

    def run(self):
        self.answer("greeting", f"220 {self.peer.name} ESMTP")
        while True:
            line = self.line()
            verb = line.split(" ")[0].upper()
            if verb in ("EHLO", "LHLO", "HELO"):
                offers = [o for o in self.peer.offers if not (self.tls and o == "STARTTLS")] if verb != "HELO" else []
                lines = [self.peer.name] + offers
                self.answer("EHLO", "\n".join("250-" + x for x in lines[:-1]) + ("\n" if offers else "") + "250 " + lines[-1], line)
            elif verb == "STARTTLS" and self.peer.context:
                if self.answer(verb, "220 go", line):
                    self.socket = self.peer.context.wrap_socket(self.socket, server_side=True)
                    self.input, self.tls = self.socket.makefile("rb"), True
            elif verb == "MAIL":
                self.recipients = []
                self.sender = line[10:] if self.answer(verb, "250 2.1.0 ok", line) else None
            elif verb == "RCPT":
                if self.sender is None:
                    self.say("503 5.5.1 MAIL first")
                elif self.answer(verb, "250 2.1.5 ok", line):
                    self.recipients.append(line[8:])
            elif verb == "DATA":
                self.data(line)
            elif verb == "QUIT":
                self.answer(verb, "221 2.0.0 bye", line)
                return
            elif verb in ("RSET", "NOOP"):
                self.answer(verb, "250 2.0.0 ok", line)
                self.sender, self.recipients = (None, []) if verb == "RSET" else (self.sender, self.recipients)
            else:
                self.say("500 5.5.1 unknown")

    def data(self, line):
        if not self.recipients:
            return self.say("503 5.5.1 RCPT first")
        if not self.answer("DATA", "354 go on", line):
            return
        content = b""
        while (part := self.input.readline()) != b".\r\n":
            if not part:
                raise Closed
            content += part[1:] if part.startswith(b".") else part
        message = Message(self.sender, self.recipients, content, self.tls)
        taken = [self.answer("message", "250 2.0.0 taken", line) for _ in (self.recipients if self.peer.lmtp else [0])]
        if any(taken):
            self.peer.messages.append(message)
        self.sender, self.recipients = None, []
