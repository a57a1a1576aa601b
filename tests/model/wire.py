"""An IMAP connection for tests: commands out as they are, responses in through a strict parser.

Everything the server sends is parsed to the end; what the grammar of RFC 9051 9, RFC 7162 7, RFC 9586 and RFC 5464 5 does not know fails.
"""
import re
import socket


class Broken(AssertionError):
    """The server said something it must not say."""


class Gone(Exception):
    """The connection ended."""


ATOM = re.compile(rb'[^\x00-\x20(){%*"\\\x7f\]]+')
NUMBER = re.compile(rb"\d+")
FLAG = re.compile(rb'\\?[^\x00-\x20(){%*"\\\x7f\]]+|\\\*')
SET = re.compile(rb"\d+(:\d+)?(,\d+(:\d+)?)*")
TEXT = re.compile(rb"[^\r\n\x00]+")


def expand(text):
    """The numbers of a sequence-set without * and $, in the order written."""
    out = []
    for part in text.split(b","):
        first, _, last = part.partition(b":")
        if b"0" in (first, last):
            raise Broken(f"zero in a set: {text}")
        a, b = int(first), int(last or first)
        out.extend(range(min(a, b), max(a, b) + 1))
    return out


class Response:
    """kind is OK, NO, BAD, BYE, FLAGS, LIST, SEARCH, SORT, THREAD, ESEARCH, STATUS, METADATA, ENABLED, EXISTS, RECENT, EXPUNGE,
    VANISHED, FETCH, UIDFETCH or +."""

    def __init__(self, kind, raw, **fields):
        self.kind = kind
        self.raw = raw
        self.code = self.data = self.tag = None
        self.__dict__.update(fields)

    def __repr__(self):
        return repr(self.raw[:300])


class Parser:
    """Reads one response: a line with its literals inside."""

    def __init__(self, text):
        self.text = text
        self.at = 0

    def fail(self, what):
        raise Broken(f"{what} expected at {self.at} of {self.text[:1000]!r}")

    def accept(self, token):
        if self.text.startswith(token, self.at):
            self.at += len(token)
            return True
        return False

    def expect(self, token):
        if not self.accept(token):
            self.fail(repr(token))

    def match(self, pattern, what):
        m = pattern.match(self.text, self.at)
        if not m:
            self.fail(what)
        self.at = m.end()
        return m.group()

    def number(self):
        return int(self.match(NUMBER, "a number"))

    def set(self):
        return expand(self.match(SET, "a set"))

    def list(self, item):
        """Items in parentheses, separated by one space."""
        out = []
        self.expect(b"(")
        if self.accept(b")"):
            return out
        while True:
            out.append(item())
            if self.accept(b")"):
                return out
            self.expect(b" ")

    def flags(self):
        return frozenset(self.list(lambda: self.match(FLAG, "a flag")))

    def string(self):
        """quoted, literal, literal8 or NIL."""
        if self.accept(b"NIL"):
            return None
        if self.accept(b'"'):
            out = b""
            while not self.accept(b'"'):
                self.accept(b"\\")
                if self.at >= len(self.text) or self.text[self.at] in b"\r\n\0":
                    self.fail("a quoted string")
                out += self.text[self.at:self.at + 1]
                self.at += 1
            return out
        binary = self.accept(b"~")
        self.expect(b"{")
        size = self.number()
        self.expect(b"}\r\n")
        out = self.text[self.at:self.at + size]
        self.at += size
        if len(out) != size or (b"\0" in out and not binary):
            self.fail("a literal")
        return out

    def astring(self):
        return self.string() if self.text[self.at:self.at + 1] in b'"{' else self.match(ATOM, "an astring")

    def anything(self):
        """A nested list of strings and numbers: ENVELOPE, BODYSTRUCTURE."""
        if self.text.startswith(b"(", self.at):
            out = []
            self.expect(b"(")
            while not self.accept(b")"):
                self.accept(b" ")
                out.append(self.anything())
            return out
        return self.number() if self.text[self.at:self.at + 1].isdigit() else self.string()

    def end(self):
        if self.at != len(self.text):
            self.fail("the end")


def parse_fetch(p):
    items = {}

    def item():
        name = p.match(re.compile(rb"[A-Z0-9.]+(\[[^\]]*\](<\d+>)?)?"), "a fetch item").decode()
        p.expect(b" ")
        if name in items:
            p.fail("an item only once")
        if name in ("UID", "RFC822.SIZE") or name.startswith("BINARY.SIZE"):
            items[name] = p.number()
        elif name == "FLAGS":
            items[name] = p.flags()
        elif name == "MODSEQ":
            p.expect(b"(")
            items[name] = p.number()
            p.expect(b")")
        elif name in ("ENVELOPE", "BODYSTRUCTURE", "BODY"):
            items[name] = p.anything()
        elif name == "INTERNALDATE" or name.startswith(("BODY[", "BINARY[")):
            items[name] = p.string()
        else:
            p.fail("a known fetch item")

    p.list(item)
    return items


def parse_esearch(p):
    out = {}
    p.expect(b" (TAG ")
    out["tag"] = p.string()
    p.expect(b")")
    out["uid"] = p.accept(b" UID")
    while p.accept(b" "):
        name = p.match(ATOM, "a return item").decode()
        p.expect(b" ")
        if name in out or name not in ("MIN", "MAX", "ALL", "COUNT", "MODSEQ"):
            p.fail("a return item, once")
        out[name] = p.set() if name == "ALL" else p.number()
    return out


def parse_oldname(p):
    """The only extended data of LIST that is ever sent unasked; None: there is none."""
    if not p.accept(b' ("OLDNAME" ('):
        return None
    name = p.astring()
    p.expect(b"))")
    return name


def parse_metadata(p):
    """(mailbox, {entry: value}) of an answer, (mailbox, [entry]) of a notice."""
    p.expect(b" ")
    mailbox = p.astring()
    p.expect(b" ")
    if p.text[p.at:p.at + 1] == b"(":
        pairs = p.list(lambda: (p.astring(), p.expect(b" "), p.string()))
        out = {k: v for k, _, v in pairs}
        if len(out) != len(pairs) or not out:
            p.fail("entries, each once")
        return mailbox, out
    entries = [p.astring()]
    while p.accept(b" "):
        entries.append(p.astring())
    return mailbox, entries


def parse_code(p):
    """[CODE arguments] of a status response: (name, text)."""
    if not p.accept(b"["):
        return None
    end = p.text.index(b"]", p.at)
    if p.text.startswith((b"PERMANENTFLAGS", b"BADCHARSET", b"BADEVENT"), p.at):
        end = p.text.index(b")]", p.at) + 1
    name, _, rest = p.text[p.at:end].partition(b" ")
    p.at = end + 1
    p.expect(b" ")
    return name.decode(), rest


def parse(text):
    """One response without its last CRLF."""
    p = Parser(text)
    if p.accept(b"+"):
        return Response("+", text)
    tag = None
    if not p.accept(b"* "):
        tag = p.match(re.compile(rb"[a-z]+\d+"), "a tag").decode()
        p.expect(b" ")
    if text[p.at:p.at + 1].isdigit():
        n = p.number()
        p.expect(b" ")
        kind = p.match(ATOM, "a message response").decode()
        data = None
        if kind in ("FETCH", "UIDFETCH"):
            p.expect(b" ")
            data = parse_fetch(p)
        elif kind not in ("EXISTS", "EXPUNGE", "RECENT"):
            p.fail("EXISTS, EXPUNGE or FETCH")
        p.end()
        return Response(kind, text, number=n, data=data)
    kind = p.match(ATOM, "a response").decode()
    code = data = None
    if kind in ("OK", "NO", "BAD", "BYE", "PREAUTH"):
        p.expect(b" ")
        code = parse_code(p)
        p.match(TEXT, "text")
    elif tag is not None:
        p.fail("a status")
    elif kind == "FLAGS":
        p.expect(b" ")
        data = p.flags()
    elif kind == "SEARCH":
        data = {"ALL": []}
        while p.accept(b" "):
            if p.accept(b"(MODSEQ "):
                data["MODSEQ"] = p.number()
                p.expect(b")")
                break
            data["ALL"].append(p.number())
    elif kind == "SORT":
        data = []
        while p.accept(b" "):
            data.append(p.number())
    elif kind == "THREAD":
        data = [int(n) for n in re.findall(rb"\d+", p.text[p.at:])]
        p.match(re.compile(rb"( (\([\d ()]*\))+)?"), "threads")
    elif kind == "ESEARCH":
        data = parse_esearch(p)
    elif kind == "VANISHED":
        earlier = p.accept(b" (EARLIER)")
        p.expect(b" ")
        data = (earlier, p.set())
    elif kind == "STATUS":
        p.expect(b" ")
        name = p.astring()
        p.expect(b" ")
        pairs = p.list(lambda: (p.match(ATOM, "an item").decode(), p.expect(b" "), p.number()))
        data = (name, {k: v for k, _, v in pairs})
    elif kind in ("LIST", "LSUB"):
        p.expect(b" ")
        attributes = p.flags()
        p.expect(b' "/" ')
        data = (attributes, p.astring(), parse_oldname(p))
    elif kind == "METADATA":
        data = parse_metadata(p)
    elif kind in ("ENABLED", "CAPABILITY"):
        data = p.text[p.at:].split()
        p.at = len(p.text)
    else:
        p.fail("a known response")
    p.end()
    return Response(kind, text, tag=tag, code=code, data=data)


LITERAL = re.compile(rb"~?\{(\d+)\}\r\n$")


class Connection:
    def __init__(self, port, timeout=60):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.buffer = b""
        self.log = []

    def close(self):
        self.socket.close()

    def send(self, data):
        self.log.append(b"C: " + data[:300])
        try:
            self.socket.sendall(data)
        except OSError as e:
            raise Gone(str(e)) from e

    def fill(self):
        try:
            data = self.socket.recv(65536)
        except socket.timeout as e:
            raise Broken("no answer in time; the log ends\n" + self.tail()) from e
        except OSError as e:
            raise Gone(str(e)) from e
        if not data:
            raise Gone("closed")
        self.buffer += data

    def line(self):
        start = 0
        while (end := self.buffer.find(b"\r\n", start)) < 0:
            start = max(0, len(self.buffer) - 1)
            self.fill()
        out, self.buffer = self.buffer[:end + 2], self.buffer[end + 2:]
        return out

    def response(self):
        text = self.line()
        while m := LITERAL.search(text):
            size = int(m.group(1))
            while len(self.buffer) < size:
                self.fill()
            text += self.buffer[:size]
            self.buffer = self.buffer[size:]
            text += self.line()
        self.log.append(b"S: " + text[:300])
        del self.log[:-60]
        return parse(text[:-2])

    def has_input(self):
        """Whether something has come that nobody asked for yet."""
        self.socket.setblocking(False)
        try:
            data = self.socket.recv(65536)
            if not data:
                raise Gone("closed")
            self.buffer += data
        except BlockingIOError:
            pass
        except OSError as e:
            raise Gone(str(e)) from e
        finally:
            self.socket.settimeout(60)
        return bool(self.buffer)

    def tail(self):
        return "\n".join(x.decode("utf-8", "replace").rstrip() for x in self.log[-30:])
