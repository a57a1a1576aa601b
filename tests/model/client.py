"""One IMAP client: a connection, its mirror of the selected mailbox, and one command at a time."""
from command import Command
from mirror import Mirror
from notices import Notices
from wire import Broken, Connection, Gone, expand

USER, PASSWORD = "you@localhost", "posthouse"


class Client:
    def __init__(self, server, truth, number, qresync=False, condstore=False, rev2=False, uid_only=False, notify=None, user=USER, prefix=""):
        self.server = server
        self.truth = truth
        self.number = number
        self.qresync = qresync
        self.condstore = condstore or qresync
        self.rev2 = rev2
        self.uid_only = uid_only
        self.notify = notify  # "selected", "selected-delayed" or None
        self.user = user
        self.prefix = prefix  # where the mailboxes of the game are to this user, as "Other Users/you/"
        self.notices = None  # what it heard since it asked
        self.by_uid = uid_only or notify == "selected"  # sequence numbers are of no use to it
        self.own = set()  # (box, UID) of messages it made
        self.connection = None
        self.mirror = None
        self.cache = None  # what a QRESYNC client takes along when it leaves: (box, highest, [UID], flags, modseqs)
        self.command = None
        self.idling = False
        self.tags = 0
        self.alone = False  # no other client does anything now
        self.shared = ()  # names of the mailboxes all work in

    def __repr__(self):
        kind = "qresync" if self.qresync else "condstore" if self.condstore else "plain"
        more = f"{' rev2' if self.rev2 else ''}{' uidonly' if self.uid_only else ''}"
        more += f" {self.user}" if self.prefix else ""
        return f"client {self.number} ({kind}{more}{f' notify {self.notify}' if self.notify else ''})"

    def said(self, name):
        """A mailbox of the game as this client writes it."""
        return f'"{self.prefix}{name}"' if self.prefix else name or '""'

    def heard(self, name):
        """The mailbox of the game that this client is told of; None: it is no part of it."""
        name = name.decode()
        return name[len(self.prefix):] if name.startswith(self.prefix) else None

    # --- connection ------------------------------------------------------------------------------------------------

    def connect(self):
        self.connection = Connection(self.server.ports["imap"])
        greeting = self.connection.response()
        if greeting.kind != "OK":
            raise Broken(f"greeting {greeting}")
        self.run(f"LOGIN {self.user} {PASSWORD}")
        wanted = [x for x, on in (("QRESYNC", self.qresync), ("CONDSTORE", self.condstore and not self.qresync), ("IMAP4rev2", self.rev2),
                                  ("UIDONLY", self.uid_only)) if on]
        if wanted:
            enabled = []
            self.run("ENABLE " + " ".join(wanted), on_response=lambda r: r.kind == "ENABLED" and (enabled.extend(r.data) or True))
            if sorted(enabled) != sorted(w.encode() for w in wanted):
                raise Broken(f"enabled {enabled}")
        if self.notify:
            self.notices = Notices(self, self.notify == "selected-delayed")
            self.begin(self.notices.asking())
            self.finish()
            self.notices.list()

    def drop(self):
        """Ends the connection without a word."""
        if self.connection:
            self.connection.close()
        self.connection = self.mirror = self.command = self.notices = None
        self.idling = False

    def remember(self):
        m = self.mirror
        known = [u for u in m.uids if u is not None]
        # Only whole knowledge up to some message can be placed again later.
        if m.uids[:len(known)] == known and all(u in m.flags for u in known):
            self.cache = (m.box, m.highest, known, dict(m.flags), dict(m.modseqs))

    # --- commands --------------------------------------------------------------------------------------------------

    def begin(self, command):
        self.tags += 1
        self.told = set()
        self.tag = f"c{self.tags}"
        self.command = command
        self.connection.send(self.tag.encode() + b" " + command.text + b"\r\n")

    def run(self, text, **kwargs):
        text = text.encode() if isinstance(text, str) else text
        self.begin(Command(text, text.split()[0].decode(), **kwargs))
        return self.finish()

    def finish(self):
        """Reads to the tagged response."""
        while True:
            r = self.connection.response()
            if r.kind == "+":
                if self.command.name != "IDLE":
                    raise Broken(f"unexpected {r}")
                self.idling = True
                return r
            if r.tag is None:
                self.handle(r)
                continue
            if r.tag != self.tag:
                raise Broken(f"tag {r.tag} instead of {self.tag}")
            return self.done(r)

    def done(self, r):
        command, self.command = self.command, None
        if r.kind not in command.expected:
            raise Broken(f"{command.text[:300]!r} was answered {r}")
        self.take_code(r)
        if r.kind == "OK":
            if command.op:
                command.op.done = True
            if command.silent and self.mirror and not self.condstore:
                self.mirror.apply(command.op.uids, command.op, command.op.refused | self.told)
        if command.on_done:
            command.on_done(r)
        if self.notices and command.op and command.op.added:
            self.own |= {(command.op.target or command.op.box, uid) for uid in command.op.added}
        if self.mirror:
            self.mirror.tagged()
        return r

    def take_code(self, r):
        if not r.code or not self.mirror:
            return
        name, text = r.code
        if name == "HIGHESTMODSEQ":
            self.mirror.code = int(text)
        elif name == "MODIFIED":
            numbers = expand(text)
            uid = self.command_uid
            self.op_refused(numbers if uid else [self.sent_uids[n - 1] for n in numbers])

    def op_refused(self, uids):
        op = self.last_op
        if not set(uids) <= op.uids:
            raise Broken(f"MODIFIED {uids}, asked {sorted(op.uids)}")
        op.refused = frozenset(uids)

    # --- untagged responses ----------------------------------------------------------------------------------------

    def handle(self, r):
        command = self.command
        if r.kind == "BYE":
            raise Gone(repr(r))
        if command and command.on_response and command.on_response(r):
            return
        if self.notices and self.notices.hear(r):
            return
        m = self.mirror
        if r.kind == "OK":
            return self.take_code(r)
        if r.kind in ("FLAGS", "LIST", "CAPABILITY"):
            return
        if m is None:
            raise Broken(f"{r} without a mailbox")
        if r.kind == "EXISTS":
            m.exists(r.number)
        elif r.kind in ("EXPUNGE", "VANISHED"):
            # RFC 5465 5.3: with SELECTED at any time; so also before the server sees the command.
            if command and command.holds_expunges and self.notify != "selected":
                raise Broken(f"{r} during {command.name}")
            if r.kind == "EXPUNGE":
                m.expunge(r.number)
            else:
                m.vanish(r.data[1]) if not r.data[0] else self.vanished_earlier(r)
        elif r.kind == ("UIDFETCH" if self.uid_only else "FETCH"):
            self.fetched(r)
        elif not (r.kind == "RECENT" and r.number == 0 and not self.rev2):
            raise Broken(f"unexpected {r}")

    def vanished_earlier(self, r):
        if "VANISHED" not in self.command.name and "QRESYNC" not in self.command.name:
            raise Broken(f"{r} during {self.command.name}")
        self.mirror.vanish_earlier(r.data[1])

    def fetched(self, r):
        items = r.data
        solicited = self.command and self.command.solicited
        if self.condstore and not solicited and (("UID" not in items and not self.uid_only) or "MODSEQ" not in items):
            raise Broken(f"without UID or MODSEQ: {r}")
        uid = (self.mirror.fetch_by_uid if self.uid_only else self.mirror.fetch)(r.number, items)
        if "FLAGS" in items:
            self.told.add(uid)
        elif self.command and self.command.silent and "MODSEQ" in items:
            self.mirror.apply([uid], self.command.op)

    # --- the selected mailbox --------------------------------------------------------------------------------------

    def select(self, name, read_only=False, resync=False):
        """A command that selects; the mirror is made when it begins."""
        box = self.truth.names[name]
        verb = "EXAMINE" if read_only else "SELECT"
        cache = self.cache if resync and self.cache and self.cache[0] is box else None
        m = Mirror(box, self.condstore, self.qresync, self.uid_only)
        m.read_only = read_only
        old = self.mirror
        seen = {"closed": old is None}
        gone = []
        bound = (box.highest, box.uidnext)

        def exists(r):
            if cache and r.kind == "EXISTS" and not m.uids:
                m.exists(r.number)
                return True
            return False

        def vanished(r):
            # FETCH needs sequence numbers: they follow from what is left.
            if cache[2] and not set(r.data[1]) <= set(cache[2]):
                m.fail(f"asked about {cache[2]}, told {r}")
            gone.extend(r.data[1])

        def on_response(r):
            if r.kind == "OK" and r.code and r.code[0] == "CLOSED":
                seen["closed"] = True
                self.leave()
                self.mirror = m
                return True
            if not seen["closed"]:
                return False
            if r.kind == "OK" and r.code:
                code, value = r.code
                if code in ("UIDVALIDITY", "UIDNEXT", "HIGHESTMODSEQ"):
                    seen[code] = int(value)
            if r.kind == "VANISHED" and r.data[0] and cache:
                vanished(r)
                return True
            # VANISHED without EARLIER: the mailbox changed while it was selected.
            if r.kind in ("FETCH", "UIDFETCH", "VANISHED") and cache and "placed" not in seen:
                place()
            return exists(r)

        def place():
            seen["placed"] = True
            left = [u for u in cache[2] if u not in set(gone)]
            if len(left) > len(m.uids):
                m.fail(f"{len(left)} messages are left of the cache, {len(m.uids)} exist")
            m.uids[:len(left)] = left
            m.flags.update({u: cache[3][u] for u in left})
            m.modseqs.update({u: cache[4][u] for u in left if u in cache[4]})

        def on_done(r):
            if r.kind != "OK":
                self.leave()
                return
            if cache and "placed" not in seen:
                place()
            if not seen["closed"] or seen["UIDVALIDITY"] != box.validity:
                m.fail(f"UIDVALIDITY {seen}")
            if seen["HIGHESTMODSEQ"] < bound[0] or seen["UIDNEXT"] < bound[1]:
                m.fail(f"SELECT told {seen}, but before there were {bound}")
            m.first_new = seen["UIDNEXT"]

        if old is None:
            self.mirror = m
        text = f"{verb} {self.said(name)}"
        if cache:
            known = ",".join(map(str, cache[2]))
            match = f" ({len(cache[2])} {cache[2][-1]})" if cache[2] and cache[1] % 2 and not self.uid_only else ""
            text += f" (QRESYNC ({box.validity} {max(cache[1], 1)}{' ' + known if known else ''}{match}))"
        elif self.condstore and not self.qresync:
            text += " (CONDSTORE)"
        return Command(text.encode(), "SELECT QRESYNC" if cache else verb, on_response=on_response, on_done=on_done)

    def leave(self):
        """No mailbox is selected any more."""
        if self.notices:
            self.notices.leave(self.mirror)
        self.mirror = None

    def catch_up(self, all_flags=False):
        """Learns UIDs and flags of messages it knows only the number of."""
        m = self.mirror
        if m is None or (not all_flags and None not in m.uids):
            return
        first = 1 if all_flags or self.uid_only else max(filter(None, m.uids[:m.uids.index(None)]), default=0) + 1
        if m.uids:
            self.run(f"UID FETCH {first}:* (FLAGS{' MODSEQ' if self.condstore else ''})", solicited=True)

    def stop_idling(self):
        self.connection.send(b"DONE\r\n")
        self.idling = False
        return self.finish()

    def store(self, numbers, uid, op, silent, text):
        """Begins a STORE. The numbers of MODIFIED are those the client has now."""
        self.command_uid = uid
        self.last_op = op
        self.sent_uids = list(self.mirror.uids)
        return Command(text.encode(), "STORE", holds_expunges=not uid, op=op, silent=silent)

    def listen(self, seconds):
        """Reads what a client in IDLE or with NOTIFY is told until it knows what it must be told."""
        self.connection.socket.settimeout(seconds)
        try:
            while self.unheard():
                if self.waits_for_command():
                    self.run("NOOP")
                if not (difference := self.unheard()):
                    break
                try:
                    self.handle(self.connection.response())
                except Broken as e:
                    raise Broken(f"{self} waits for more: {difference}\n{e}") from e
        finally:
            self.connection.socket.settimeout(60)
        if self.notices:
            self.notices.all_heard()

    def unheard(self):
        """What it was not told though it must be without asking; empty: nothing."""
        m = self.mirror
        if not self.notices:
            waits = m.difference()
            return "" if None in m.uids and len(m.uids) == len(m.box.messages) else waits
        own = {uid for box, uid in self.own if m and box is m.box}
        return (m.unheard(own) if m else "") or self.notices.difference()

    def waits_for_command(self):
        """Whether SELECTED-DELAYED holds an expunge back."""
        m = self.mirror
        return m and self.notices and self.notices.delayed and not self.idling and (None in m.uids or set(m.known()) - set(m.box.messages))
