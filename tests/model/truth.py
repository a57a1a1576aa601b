"""What the mailboxes hold, as far as the answers of the server allow.

Time is cut into rounds. In a round several clients have one command each under way; afterwards a snapshot is read by a
connection of its own, and every difference to the snapshot before must be the doing of the round's commands in some
order. Commands that were not answered (the server was killed) may have been done or not.
"""
import dataclasses
import itertools

from wire import Broken

DELETED = b"\\Deleted"
SEEN = b"\\Seen"
JUNK = frozenset([b"$Junk", b"$NotJunk"])


def exclusive(flags, given):
    """Of $Junk and $NotJunk the one that was given last stays, of both none."""
    if not JUNK <= flags:
        return flags
    return flags - JUNK | (JUNK & given if not JUNK <= given else frozenset())


@dataclasses.dataclass
class Message:
    uid: int
    flags: frozenset
    modseq: int
    body: bytes


@dataclasses.dataclass
class Op:
    """One command of a round that changes something; `done` when its OK was read."""
    kind: str  # append, copy, move, flags, expunge, replace, annotate
    box: "Box"  # where messages are changed, added by append, or taken from
    target: "Box" = None  # of copy and move
    uids: frozenset = frozenset()  # that it names; of expunge: all that the client could see
    ahead: bool = False  # expunge: the server may have told of messages that the client has not read of
    mode: str = ""  # "+", "-", "" for flags
    flags: frozenset = frozenset()
    refused: frozenset = frozenset()  # by UNCHANGEDSINCE
    unchanged_since: int = None
    body: bytes = b""
    done: bool = False
    added: dict = dataclasses.field(default_factory=dict)  # new UID: UID of the source, or None
    values: dict = None  # of annotate: {entry: value, None to remove it}

    def apply(self, flags):
        if self.mode == "-":
            return flags - self.flags
        return exclusive(flags | self.flags if self.mode == "+" else self.flags, self.flags)

    def changes(self, uid):
        return self.kind == "flags" and uid in self.uids and uid not in self.refused


class Box:
    def __init__(self, name, validity):
        self.name = name
        self.validity = validity
        self.messages = {}
        self.highest = 1
        self.uidnext = 1
        self.seen = {}  # (UID, MODSEQ): flags that someone was told
        self.fresh = []  # what was told in this round
        self.gone = set()  # UIDs somebody was told the end of
        self.before = {}  # the messages when the round began
        self.annotations = {}  # {entry: value}
        self.annotated = []  # entries that changed, one after the other

    def fail(self, what):
        raise Broken(f"{self.name} ({self.validity}): {what}")

    def observe(self, uid, modseq, flags):
        """Every client must be told the same of a message at one MODSEQ."""
        known = self.seen.setdefault((uid, modseq), flags)
        if known != flags:
            self.fail(f"UID {uid} MODSEQ {modseq} had {sorted(known)}, now {sorted(flags)}")
        self.fresh.append((uid, modseq))

    def check_body(self, uid, body):
        if uid in self.messages and self.messages[uid].body != body:
            self.fail(f"the message of UID {uid} changed from {self.messages[uid].body[:100]!r} to {body[:100]!r}")


def reachable(flags, ops):
    """All flags that some of the ops, in some order, make of these."""
    out = {flags}
    for _ in ops:
        out |= {op.apply(f) for op in ops for f in out}
    return out


def explained(starts, ops, observed, final):
    """Whether the ops, in some order, lead from one of `starts` over the observed flags to the final ones."""
    ops = tuple(ops)
    stack = [(s, 0, 0) for s in starts]
    known = set()
    while stack:
        state = stack.pop()
        if state in known:
            continue
        known.add(state)
        flags, used, at = state
        if at < len(observed) and observed[at] == flags:
            stack.append((flags, used, at + 1))
        if at == len(observed) and flags == final and all(used >> i & 1 or not op.done for i, op in enumerate(ops)):
            return True
        for i, op in enumerate(ops):
            if not used >> i & 1:
                stack.append((op.apply(flags), used | 1 << i, at))
    return False


class Round:
    """The commands under way at the same time."""

    def __init__(self, ops):
        self.ops = ops

    def settle(self, box, snapshot, highest, uidnext, bodies):
        """Compares the box with what it is now, {UID: (flags, MODSEQ)}, and takes that over. bodies(UIDs) reads messages."""
        ops = [o for o in self.ops if o.box is box or o.target is box]
        added = self.additions(box, ops, snapshot, bodies)
        before = dict(box.messages)
        for uid in added:
            if uid < box.uidnext:
                box.fail(f"UID {uid} was given out, though UIDNEXT was {box.uidnext}")
        self.removals(box, ops, before, added, snapshot)
        if back := box.gone & set(snapshot):
            box.fail(f"UIDs {sorted(back)} were told to be gone and are there")
        for uid, (flags, modseq) in snapshot.items():
            box.observe(uid, modseq, flags)
        if highest < box.highest or (snapshot and highest < max(m for _, m in snapshot.values())):
            box.fail(f"HIGHESTMODSEQ fell from {box.highest} to {highest}")
        if uidnext < box.uidnext or (snapshot and uidnext <= max(snapshot)):
            box.fail(f"UIDNEXT fell from {box.uidnext} to {uidnext}")
        if set(before) != set(snapshot) and highest == box.highest:
            box.fail("messages came or went with the same HIGHESTMODSEQ")
        observed = {}
        for uid, modseq in sorted(set(box.fresh), key=lambda x: x[1]):
            observed.setdefault(uid, []).append(modseq)
        for uid, (flags, modseq) in snapshot.items():
            self.check_flags(box, uid, before.get(uid), added, flags, modseq, observed.get(uid, []))
        for uid in set(observed) - set(snapshot) - set(before) - set(added):
            if not any(u == uid and m <= box.highest for u, m in box.fresh):
                box.fail(f"UID {uid} was told and never existed")
        box.messages = {}
        for uid, (flags, modseq) in snapshot.items():
            box.messages[uid] = Message(uid, flags, modseq, before[uid].body if uid in before else added[uid][1])
        box.highest = highest
        box.uidnext = uidnext
        box.fresh = []
        if len(box.seen) > 20000:
            box.seen = {(u, m.modseq): m.flags for u, m in box.messages.items()}

    def additions(self, box, ops, snapshot, bodies):
        """{UID: (possible first flags, body)} of all that may have come."""
        certain, out = {}, {}
        for op in ops:
            if box is not (op.box if op.kind == "append" else op.target):
                continue
            for uid, source in op.added.items():
                if uid in certain or uid in box.messages:
                    box.fail(f"UID {uid} was given out twice")
                certain[uid] = (op, source)
        for uid, (op, source) in certain.items():
            out[uid] = (self.first_flags(op, source), op.body if source is None else op.box.before[source].body)
        new = sorted(set(snapshot) - set(box.messages))
        read = bodies(new)
        for uid in new:
            if uid in out:
                if read[uid] != out[uid][1]:
                    box.fail(f"UID {uid} is not the message that was stored")
                continue
            maybe = self.unanswered_source(box, ops, read[uid])
            if not maybe:
                box.fail(f"UID {uid} came from nowhere: {read[uid][:200]!r}")
            out[uid] = (maybe, read[uid])
        return out

    def first_flags(self, op, source):
        if source is None:
            return {exclusive(op.flags, op.flags)}
        return reachable(op.box.before[source].flags, [o for o in self.ops if o.box is op.box and o.changes(source)])

    def unanswered_source(self, box, ops, body):
        """The first flags of a message that a command without answer may have added."""
        out = set()
        for op in ops:
            if op.done:
                continue
            if op.kind == "append" and op.box is box and op.body == body:
                out.add(exclusive(op.flags, op.flags))
            if op.kind == "replace" and op.target is box and op.body == body:
                out.add(exclusive(op.flags, op.flags))
            if op.kind in ("copy", "move") and op.target is box:
                for uid in op.uids:
                    if uid in op.box.before and op.box.before[uid].body == body:
                        out |= self.first_flags(op, uid)
        return out

    def removals(self, box, ops, before, added, snapshot):
        taken = [o for o in ops if o.kind in ("move", "expunge", "replace") and o.box is box]
        for op in taken:
            # What takes its place came in the same commit.
            came = op.kind == "replace" and (op.done or (op.target is box and any(added[u][1] == op.body for u in added)))
            if came and op.uids & set(snapshot):
                box.fail(f"UIDs {sorted(op.uids)} were replaced and are there")
        moved = list(itertools.chain.from_iterable(o.added.values() for o in taken if o.kind == "move"))
        if len(set(moved)) != len(moved):
            box.fail(f"moved twice: {moved}")
        for uid in moved:
            if uid in snapshot:
                box.fail(f"UID {uid} was moved away and is there")
        for uid in (set(before) | set(added)) - set(snapshot):
            starts = {before[uid].flags} if uid in before else added[uid][0]
            flags = [o for o in ops if o.changes(uid)]
            deleted = any(DELETED in f for start in starts for f in reachable(start, flags))
            by_expunge = deleted and any(o.kind == "expunge" and (uid in o.uids or o.ahead) for o in taken)
            by_move = uid in moved or any(o.kind == "move" and not o.done and uid in o.uids for o in taken)
            by_replace = any(o.kind == "replace" and uid in o.uids for o in taken)
            if not by_expunge and not by_move and not by_replace:
                box.fail(f"UID {uid} is lost")
        for uid in set(before) & set(snapshot):
            certain = DELETED in before[uid].flags and not any(DELETED not in o.apply(frozenset([DELETED])) for o in ops if o.changes(uid))
            if certain and any(o.kind == "expunge" and o.done and uid in o.uids for o in taken):
                box.fail(f"UID {uid} was expunged and is there")

    def check_flags(self, box, uid, before, added, flags, modseq, observed):
        ops = [o for o in self.ops if o.box is box and o.changes(uid)]
        starts = {before.flags} if before else added[uid][0]
        if before:
            if modseq < before.modseq:
                box.fail(f"MODSEQ of UID {uid} fell from {before.modseq} to {modseq}")
            if (flags != before.flags or modseq != before.modseq) and modseq <= box.highest:
                box.fail(f"UID {uid} changed at MODSEQ {modseq}, though HIGHESTMODSEQ was {box.highest}")
            if flags != before.flags and modseq == before.modseq:
                box.fail(f"UID {uid} changed without a new MODSEQ")
            if modseq != before.modseq and not ops:
                box.fail(f"UID {uid} got MODSEQ {modseq}, though nobody touched it")
        elif modseq <= box.highest:
            box.fail(f"UID {uid} came with MODSEQ {modseq}, though HIGHESTMODSEQ was {box.highest}")
        if observed and observed[-1] > modseq:
            box.fail(f"UID {uid} was told with MODSEQ {observed[-1]}, now it has {modseq}")
        known = [box.seen[uid, m] for m in observed if m > (before.modseq if before else 0)]
        if not explained(starts, ops, known, flags):
            box.fail(f"flags of UID {uid}: from {starts} by {[(o.mode, o.flags, o.done) for o in ops]} over {known} to {flags}")
        for op in ops + [o for o in self.ops if o.box is box and o.kind == "flags" and uid in o.refused]:
            self.check_condition(box, uid, before, op, ops)

    def check_condition(self, box, uid, before, op, ops):
        if op.unchanged_since is None or not op.done or not before:
            return
        if uid not in op.refused and before.modseq > op.unchanged_since:
            box.fail(f"UID {uid} at MODSEQ {before.modseq} passed UNCHANGEDSINCE {op.unchanged_since}")
        if uid in op.refused and before.modseq <= op.unchanged_since and not [o for o in ops if o is not op]:
            box.fail(f"UID {uid} at MODSEQ {before.modseq} failed UNCHANGEDSINCE {op.unchanged_since}")


class Truth:
    def __init__(self):
        self.boxes = {}  # by UIDVALIDITY
        self.names = {}  # of mailboxes that exist: Box
        self.account = Box("", 0)  # has annotations, and nothing else
        self.under_way = []  # ops of this round

    def add(self, name, validity):
        if validity in self.boxes:
            raise Broken(f"UIDVALIDITY {validity} is used twice")
        box = self.boxes[validity] = self.names[name] = Box(name, validity)
        return box

    def annotated_places(self):
        return [self.account, *self.names.values()]

    def begin(self):
        """What op.box.before means from now on: the messages at the round's begin."""
        self.under_way = []
        for box in self.names.values():
            box.before = dict(box.messages)
