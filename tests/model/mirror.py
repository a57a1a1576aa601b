"""A client's own idea of its selected mailbox, kept as RFC 9051 and RFC 7162 tell clients to keep it.

It believes only what it was told, and fails when it is told something that can't be. With UIDONLY (RFC 9586) it knows no
sequence numbers: `uids` are those it knows, and None at the end for each message it knows only the existence of.
"""
import bisect

from wire import Broken


class Mirror:
    def __init__(self, box, condstore, vanished, uid_only=False):
        self.box = box
        self.condstore = condstore
        self.vanished = vanished or uid_only  # VANISHED takes the place of EXPUNGE
        self.uid_only = uid_only
        self.uids = []  # by sequence number; None: not known yet
        self.flags = {}
        self.modseqs = {}
        self.highest = 0  # RFC 7162 6
        self.sent = 0  # highest MODSEQ since the last tagged response
        self.code = None  # HIGHESTMODSEQ since then
        self.read_only = False
        self.first_new = 0  # UIDNEXT when it was selected

    def fail(self, what):
        self.box.fail(f"mirror: {what}")

    def known(self):
        return [u for u in self.uids if u is not None]

    def exists(self, count):
        if count < len(self.uids):
            self.fail(f"EXISTS {count} after {len(self.uids)}")
        self.uids += [None] * (count - len(self.uids))

    def expunge(self, seq):
        if self.vanished:
            self.fail("EXPUNGE after ENABLE QRESYNC")
        if not 1 <= seq <= len(self.uids):
            self.fail(f"EXPUNGE {seq} of {len(self.uids)}")
        uid = self.uids.pop(seq - 1)
        self.forget(uid)

    def forget(self, uid):
        if uid is not None:
            self.box.gone.add(uid)
        self.flags.pop(uid, None)
        self.modseqs.pop(uid, None)

    def vanish(self, uids):
        if not self.vanished:
            self.fail("VANISHED without ENABLE QRESYNC")
        for uid in uids:
            if uid in self.uids:
                self.uids.remove(uid)
            else:
                self.uids.pop(self.unknown(uid))
            self.forget(uid)

    def unknown(self, uid):
        """Where a message of this UID may stand whose UID was never told."""
        if self.uid_only and None in self.uids:
            return self.uids.index(None)
        for i, u in enumerate(self.uids):
            if u is None and all(x < uid for x in self.uids[:i] if x) and all(x > uid for x in self.uids[i:] if x):
                return i
        return self.fail(f"VANISHED {uid}, which is not in the mailbox")

    def vanish_earlier(self, uids):
        for uid in uids:
            if uid in self.uids:
                self.fail(f"VANISHED (EARLIER) {uid}, which is in the mailbox")

    def fetch_by_uid(self, uid, items):
        """A UIDFETCH response."""
        if items.get("UID", uid) != uid:
            self.fail(f"UIDFETCH {uid} of {items}")
        if uid not in self.uids:
            if None not in self.uids:
                self.fail(f"UIDFETCH {uid}, which is not in the mailbox")
            self.uids.remove(None)
            bisect.insort(self.uids, uid, hi=len(self.known()))
        return self.take(uid, items)

    def fetch(self, seq, items):
        """A FETCH response; the UID it is about, or None."""
        if self.uid_only:
            self.fail("FETCH after ENABLE UIDONLY")
        if not 1 <= seq <= len(self.uids):
            self.fail(f"FETCH {seq} of {len(self.uids)}")
        uid = items.get("UID")
        if uid is not None:
            self.learn(seq, uid)
        return self.take(self.uids[seq - 1], items)

    def take(self, uid, items):
        modseq = items.get("MODSEQ")
        if modseq is not None:
            self.sent = max(self.sent, modseq)
        if uid is None:
            return None
        if modseq is not None:
            if modseq < self.modseqs.get(uid, 0):
                self.fail(f"MODSEQ of UID {uid} fell from {self.modseqs[uid]} to {modseq}")
            self.modseqs[uid] = modseq
        if "FLAGS" in items:
            self.flags[uid] = items["FLAGS"]
            if modseq is not None:
                self.box.observe(uid, modseq, items["FLAGS"])
        for name, body in items.items():
            if name in ("BODY[]", "BINARY[]"):
                self.box.check_body(uid, body)
        return uid

    def learn(self, seq, uid):
        have = self.uids[seq - 1]
        if have is None:
            below = [u for u in self.uids[:seq - 1] if u is not None]
            above = [u for u in self.uids[seq:] if u is not None]
            if (below and below[-1] >= uid) or (above and above[0] <= uid):
                self.fail(f"UID {uid} at {seq} of {self.uids}")
            self.uids[seq - 1] = uid
        elif have != uid:
            self.fail(f"{seq} is UID {have}, not {uid}")

    def apply(self, uids, op, conditional=()):
        """What a silent STORE makes of flags the client knows."""
        for uid in uids:
            if uid in self.flags and uid not in conditional:
                self.flags[uid] = op.apply(self.flags[uid])

    def tagged(self):
        """RFC 7162 6: a HIGHESTMODSEQ that was told counts, even a lower one."""
        if self.code is not None:
            self.highest = self.code
        else:
            self.highest = max(self.highest, self.sent)
        self.code = None
        self.sent = 0

    def difference(self):
        """How it differs from the box as it is; empty: not at all."""
        messages = self.box.messages
        if self.uids != sorted(messages):
            return f"messages are {sorted(messages)}, the client has {self.uids}"
        return self.difference_in_flags()

    def unheard(self, own):
        """The same of a client that is told of all new messages unasked, but those it made itself."""
        known, messages = set(self.known()), set(self.box.messages)
        new = {u for u in messages - known - own if u >= self.first_new}
        if known - messages or len(self.uids) != len(messages) or new:
            return f"messages are {sorted(messages)}, its own are {sorted(own)}, it was told of {self.uids}"
        return self.difference_in_flags()

    def difference_in_flags(self):
        messages = self.box.messages
        for uid, flags in self.flags.items():
            if flags != messages[uid].flags:
                return f"UID {uid} has {sorted(messages[uid].flags)}, the client has {sorted(flags)}"
        for uid, modseq in self.modseqs.items():
            if modseq != messages[uid].modseq:
                return f"UID {uid} has MODSEQ {messages[uid].modseq}, the client has {modseq}"
        if self.condstore and self.highest > self.box.highest:
            return f"HIGHESTMODSEQ is {self.box.highest}, the client has {self.highest}"
        return ""
