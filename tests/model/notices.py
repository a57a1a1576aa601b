"""What a client with NOTIFY (RFC 5465) knows of all mailboxes from nothing but what it is told unasked."""
import re

from command import Command
from wire import Broken

OTHERS = "(personal (MessageNew MessageExpunge FlagChange MailboxName MailboxMetadataChange ServerMetadataChange))"
TEMPORARY = re.compile(r"[TR]\d(/sub)?")  # mailboxes that come and go


class Notices:
    def __init__(self, client, delayed):
        self.client = client
        self.delayed = delayed
        self.names = set()
        self.others = {}  # name: {STATUS item: value}
        self.entries = set()  # (name, entry) that changed
        self.checked = {place: len(place.annotated) for place in client.truth.boxes.values()}
        self.checked[client.truth.account] = len(client.truth.account.annotated)

    def asking(self):
        """NOTIFY SET STATUS: tells of each other mailbox at once."""
        c = self.client
        items = "UID FLAGS MODSEQ" if c.condstore else "UID FLAGS"
        told = set()

        def status(r):
            if r.kind == "STATUS":
                if {"MESSAGES", "UIDNEXT", "UIDVALIDITY", "HIGHESTMODSEQ"} <= r.data[1].keys():
                    told.add(c.heard(r.data[0]))
            return False

        def done(_):
            missing = set(c.truth.names) - told - {c.mirror.box.name if c.mirror else None}
            if missing:
                raise Broken(f"{c} was not told of {missing}")

        where = "selected-delayed" if self.delayed else "selected"
        text = f"NOTIFY SET STATUS ({where} (MessageNew ({items}) MessageExpunge FlagChange)) {OTHERS}"
        return Command(text.encode(), "NOTIFY", on_response=status, on_done=done)

    def list(self):
        def listed(r):
            if r.kind == "LIST":
                self.names.add(self.client.heard(r.data[1]))
            return r.kind == "LIST"

        self.client.run('LIST "" *', on_response=listed)

    # --- hearing ---------------------------------------------------------------------------------------------------

    def hear(self, r):
        """Whether this was told unasked."""
        if r.kind == "STATUS":
            self.hear_status(r)
        elif r.kind == "LIST":
            self.hear_list(r)
        elif r.kind == "METADATA" and not isinstance(r.data[1], dict):
            self.entries |= {(self.client.heard(r.data[0]), e.decode()) for e in r.data[1]}
        elif r.kind == "OK" and r.code and r.code[0] == "NOTIFICATIONOVERFLOW":
            raise Broken(f"{r}")
        else:
            return False
        return True

    def leave(self, mirror):
        """What it knew of the selected mailbox it still knows; UIDNEXT and the like it did not hear of."""
        if mirror and mirror.box.name in self.names:
            self.others[mirror.box.name] = {"MESSAGES": len(mirror.uids), "UIDVALIDITY": mirror.box.validity}

    def hear_status(self, r):
        name = self.client.heard(r.data[0])
        if name is None:
            return
        if self.names and name not in self.names:
            raise Broken(f"{r} of a mailbox it was not told of")
        known = self.others.setdefault(name, {})
        same = r.data[1].get("UIDVALIDITY", known.get("UIDVALIDITY")) == known.get("UIDVALIDITY")
        for item, value in r.data[1].items():
            if same and item in ("UIDNEXT", "HIGHESTMODSEQ") and value < known.get(item, 0):
                raise Broken(f"{r}, though {item} was {known[item]}")
        known.update(r.data[1])

    def hear_list(self, r):
        attributes, name, old = r.data
        name = self.client.heard(name)
        if name is None:
            return
        if old:
            self.rename(self.client.heard(old), name)
        elif b"\\NonExistent" in attributes:
            self.names.discard(name)
            self.others.pop(name, None)
        elif name not in self.names:
            self.names.add(name)
            self.others[name] = {"MESSAGES": 0, "UIDNEXT": 1}

    def rename(self, old, new):
        """RFC 5465 5.4: children went along."""
        def moved(name):
            return new + name[len(old):] if name and (name + "/").startswith(old + "/") else name

        self.names = {moved(n) for n in self.names} | {new}
        self.others = {moved(n): v for n, v in self.others.items()}
        self.entries = {(moved(n), e) for n, e in self.entries}

    # --- what it believes ------------------------------------------------------------------------------------------

    def difference(self):
        """How what it believes of mailboxes that it has not selected differs from the truth; empty: not at all."""
        c = self.client
        temporary = set(filter(TEMPORARY.fullmatch, c.truth.names))
        if {n for n in self.names if n and TEMPORARY.fullmatch(n)} != temporary:
            return f"mailboxes are {temporary}, the client has {self.names}"
        for name, box in c.truth.names.items():
            if c.mirror and c.mirror.box is box:
                continue
            unseen = sum(b"\\Seen" not in m.flags for m in box.messages.values())
            truth = {"MESSAGES": len(box.messages), "UIDNEXT": box.uidnext, "UIDVALIDITY": box.validity, "UNSEEN": unseen}
            if c.condstore:
                truth["HIGHESTMODSEQ"] = box.highest
            known = self.others.get(name, {})
            if any(item in known and known[item] != value for item, value in truth.items()) or "MESSAGES" not in known:
                return f"{name} has {truth}, the client has {known}"
        return self.unheard()

    def unheard(self):
        for place in self.client.truth.annotated_places():
            changed = set(place.annotated[self.checked.get(place, 0):])
            if not {(place.name, e) for e in changed} <= self.entries:
                return f"annotations of {place.name} changed: {changed}, the client was told of {self.entries}"
        return ""

    def all_heard(self):
        self.entries.clear()
        for place in self.client.truth.annotated_places():
            self.checked[place] = len(place.annotated)
