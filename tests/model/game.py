"""Rounds of random commands by several clients, each compared with the truth afterwards."""
import time

import actions
import annotations
import rights
from client import PASSWORD, USER, Client
from truth import Op, Round, Truth
from wire import Broken, Connection, Gone

SHARED = ["INBOX", "Work", "Work/Deep"]
# One client of each, as far as there are clients.
KINDS = [{"qresync": True}, {"qresync": True, "rev2": True}, {"condstore": True}, {}, {"rev2": True}, {"uid_only": True},
         {"uid_only": True, "qresync": True, "rev2": True}, {"notify": "selected-delayed"}, {"notify": "selected", "qresync": True},
         {"notify": "selected-delayed", "condstore": True, "rev2": True}, {"notify": "selected", "uid_only": True}]
GUESTS = [{**rights.AS_GUEST, "qresync": True}, rights.AS_GUEST]


class Reader:
    """Reads the mailboxes as they are, on a connection of its own."""

    def __init__(self, server):
        self.connection = Connection(server.ports["imap"])
        self.connection.response()
        self.run(f"LOGIN {USER} {PASSWORD}")

    def run(self, text, expected="OK"):
        self.connection.send(f"r1 {text}\r\n".encode())
        out = []
        while (r := self.connection.response()).tag is None:
            out.append(r)
        if r.kind != expected:
            raise Broken(f"{text} was answered {r}")
        return out

    def examine(self, name):
        codes = {r.code[0]: r.code[1] for r in self.run(f"EXAMINE {name} (CONDSTORE)") if r.code}
        return {k: int(codes[k]) for k in ("UIDVALIDITY", "UIDNEXT", "HIGHESTMODSEQ")}

    def snapshot(self, box):
        codes = self.examine(box.name)
        if codes["UIDVALIDITY"] != box.validity:
            box.fail(f"UIDVALIDITY became {codes['UIDVALIDITY']}")
        rows = [r.data for r in self.run("UID FETCH 1:* (FLAGS MODSEQ)") if r.kind == "FETCH"]
        return {d["UID"]: (d["FLAGS"], d["MODSEQ"]) for d in rows}, codes["HIGHESTMODSEQ"], codes["UIDNEXT"]

    def bodies(self, uids):
        if not uids:
            return {}
        rows = [r.data for r in self.run(f"UID FETCH {','.join(map(str, uids))} BODY.PEEK[]") if r.kind == "FETCH"]
        return {d["UID"]: d["BODY[]"] for d in rows}


    def annotations(self, box):
        name = box.name or '""'
        rows = [r.data for r in self.run(f"GETMETADATA (DEPTH infinity) {name} ({' '.join(annotations.ROOTS)})") if r.kind == "METADATA"]
        return {k.decode(): v for _, entries in rows for k, v in entries.items()}


class Game:
    def __init__(self, server, rng, guests=True):
        self.server = server
        self.rng = rng
        self.truth = Truth()
        self.reader = Reader(server)
        self.clients = []
        self.rounds = self.commands = self.kills = 0
        self.made = 0  # temporary mailboxes
        for name in SHARED[1:]:
            self.reader.run(f"CREATE {name}")
        for name in SHARED:
            self.truth.add(name, self.reader.examine(name)["UIDVALIDITY"])
        if guests:
            rights.invite(server, self.reader, SHARED)
        for n, kind in enumerate(KINDS + GUESTS if guests else KINDS):
            c = Client(server, self.truth, n, **kind)
            c.shared = SHARED
            self.clients.append(c)
        self.settle([])

    def play(self, seconds, kill_share=0.0):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.rounds += 1
            dice = self.rng.random()
            if dice < kill_share:
                self.kill_round()
            elif dice < 0.04:
                self.mailbox_round()
            elif dice < 0.1:
                self.rights_round()
            elif dice < 0.4:
                self.command_round(1)
            else:
                self.command_round(self.rng.randrange(2, len(self.clients) + 1))
            if self.rng.random() < 0.1:
                self.synchronize()
        self.synchronize()

    # --- rounds ----------------------------------------------------------------------------------------------------

    def ready(self, client):
        """Connects it, or ends its IDLE; it knows the UIDs it can see. Before the round: nobody else is busy."""
        if client.connection is None:
            client.connect()
        if client.idling:
            client.stop_idling()
        client.catch_up()
        if client.mirror and not client.mirror.flags and self.rng.random() < 0.7:
            client.catch_up(all_flags=True)

    def command_round(self, count):
        chosen = self.pick(count)
        self.truth.begin()
        begun = []
        for c in chosen:
            self.ready(c)
        for c in chosen:
            c.alone = len(chosen) == 1
            if c.alone and c.notices:
                c.listen(20)
                c.catch_up()
            command = actions.choose(self.rng, c)
            if command:
                self.begin(c, command)
                begun.append((c, command))
        for c, command in self.rng.sample(begun, len(begun)):
            try:
                c.finish()
            except Gone as e:
                raise Broken(f"{c} was disconnected: {e}\n{c.connection.tail()}") from e
        self.commands += len(begun)
        self.settle([command.op for _, command in begun if command.op])
        for c, command in begun:
            if c.alone and command.name == "NOOP":
                self.check(c)
            if c.mirror and c.qresync and self.rng.random() < (0.5 if self.lags(c) else 0.03):
                c.remember()
                c.drop()

    def begin(self, client, command):
        if command.op:
            self.truth.under_way.append(command.op)
        client.begin(command)

    @staticmethod
    def lags(client):
        """Whether it was not told yet of messages that are gone: the hardest moment to lose the connection."""
        return bool(set(client.mirror.known()) - set(client.mirror.box.messages))

    def pick(self, count):
        # Those in IDLE are left alone for a while: they must be told anyway.
        awake = [c for c in self.clients if not c.idling or self.rng.random() < 0.3]
        return self.rng.sample(awake, min(count, len(awake)))

    def settle(self, ops, boxes=None):
        r = Round(ops)
        touched = {id(b): b for o in ops for b in (o.box, o.target) if b and b is not self.truth.account}
        for box in boxes if boxes is not None else touched.values() if ops else self.truth.names.values():
            snapshot, highest, uidnext = self.reader.snapshot(box)
            r.settle(box, snapshot, highest, uidnext, self.reader.bodies)
        changed = {id(o.box): o.box for o in ops if o.kind == "annotate"}
        for box in self.truth.annotated_places() if boxes is not None else changed.values():
            annotations.settle(box, ops, self.reader.annotations(box))

    # --- what clients believe --------------------------------------------------------------------------------------

    def check(self, client):
        m = client.mirror
        if m is None:
            return
        client.catch_up()
        if difference := m.difference():
            m.fail(f"{client}: {difference}\n{client.connection.tail()}")

    def synchronize(self):
        """Everybody looks: all must believe the same."""
        self.settle([], self.truth.names.values())
        for c in self.clients:
            if c.connection is None or (c.mirror is None and not c.notices):
                continue
            if c.notices or (c.idling and c.mirror):
                c.listen(20)
            if c.idling:
                c.stop_idling()
            else:
                c.run("NOOP")
            self.check(c)

    def rights_round(self):
        guests = [c for c in self.clients if c.prefix]
        if guests:
            client = self.rng.choice(guests)
            self.ready(client)
            rights.play(self, client)

    # --- mailboxes that come and go --------------------------------------------------------------------------------

    def mailbox_round(self):
        a, b = self.rng.sample([c for c in self.clients if not c.prefix], 2)
        for c in (a, b):
            self.ready(c)
        self.made += 1
        name = f"T{self.made % 3}"
        a.run(f"CREATE {name}/sub")
        first = self.reader.examine(name)["UIDVALIDITY"]
        self.truth.add(f"{name}/sub", self.reader.examine(f"{name}/sub")["UIDVALIDITY"])
        box = self.truth.add(name, first)
        self.truth.begin()
        text = actions.body(self.rng, a)
        op = Op("append", box, body=text)
        a.run(b"APPEND %s {%d+}\r\n%s" % (name.encode(), len(text), text), op=op, on_done=lambda r: op.added.update({int(r.code[1].split()[1]): None}))
        self.settle([op])
        op, text = annotations.setting(self.rng, a, box)
        a.run(b"SETMETADATA " + text, op=op, expected=("OK", "NO"))
        op.values = op.values if op.done else {}
        self.settle([op])
        b.begin(b.select(name))
        b.finish()
        b.catch_up(all_flags=True)
        renamed = f"R{self.made % 3}"
        a.run(f"RENAME {name} {renamed}")
        for old, new in ((name, renamed), (f"{name}/sub", f"{renamed}/sub")):
            moved = self.truth.names.pop(old)
            moved.name = new
            self.truth.names[new] = moved
        self.settle([], [box, self.truth.names[f"{renamed}/sub"]])
        b.run("NOOP")
        self.check(b)
        self.reader.run(f"EXAMINE {name}", expected="NO")
        a.run(f"DELETE {renamed}", expected=("NO",))
        a.run(f"DELETE {renamed}/sub")
        a.run(f"DELETE {renamed}")
        del self.truth.names[renamed], self.truth.names[f"{renamed}/sub"]
        try:
            b.run("NOOP")
        except Gone:
            b.drop()
        else:
            raise Broken(f"{b} went on in a deleted mailbox")
        self.reader.run(f"EXAMINE {renamed}", expected="NO")

    # --- killing the server ----------------------------------------------------------------------------------------

    def kill_round(self):
        self.kills += 1
        chosen = self.pick(len(self.clients))
        self.truth.begin()
        for c in chosen:
            self.ready(c)
        begun = []
        for c in chosen:
            c.alone = False
            command = actions.choose(self.rng, c)
            if command:
                self.begin(c, command)
                begun.append((c, command))
        time.sleep(self.rng.random() * self.rng.choice((0.001, 0.005, 0.02)))
        self.server.kill()
        for c, command in begun:
            try:
                c.finish()
            except Gone:
                pass
        for c in self.clients:
            if c.mirror and c.qresync and not (c.command and "SELECT" in c.command.name):
                c.remember()
            if c.connection:
                c.drop()
        self.server.start()
        self.reader = Reader(self.server)
        self.settle([command.op for _, command in begun if command.op], self.truth.names.values())
