"""Random commands. Each is a function of a client and a random generator that gives a Command, or None: not now."""
from annotations import annotate, annotated
from command import Command
from truth import DELETED, SEEN, Op
from wire import Broken, expand

FLAGS = [b"\\Seen", b"\\Answered", b"\\Flagged", b"\\Deleted", b"\\Draft", b"$One", b"Two", b"$Junk", b"$NotJunk"]
MANY = 40  # messages


def some(rng, client):
    """Some messages of the mirror: ([sequence number], frozenset of UIDs); only those whose UID the client knows."""
    known = [(i + 1, u) for i, u in enumerate(client.mirror.uids) if u is not None]
    if not known:
        return [], frozenset()
    if rng.random() < 0.4:
        a, b = sorted(rng.choices(range(len(known)), k=2))
        chosen = known[a:b + 1]
    else:
        chosen = sorted(rng.sample(known, min(len(known), rng.choice((1, 1, 2, 4)))))
    return [s for s, _ in chosen], frozenset(u for _, u in chosen)


def written(rng, numbers):
    """A sequence-set; sometimes shuffled, sometimes with ranges."""
    numbers = sorted(numbers)
    out, i = [], 0
    while i < len(numbers):
        j = i
        while j + 1 < len(numbers) and numbers[j + 1] == numbers[j] + 1:
            j += 1
        out.append(f"{numbers[i]}:{numbers[j]}" if j > i else str(numbers[i]))
        i = j + 1
    if rng.random() < 0.3:
        rng.shuffle(out)
    return ",".join(out)


def by_uid(rng, client):
    """Whether a command has its UID form: some clients can't use another."""
    return client.by_uid or rng.random() < 0.5


def addressed(rng, client):
    """(prefix, set, uid form?, UIDs)"""
    seqs, uids = some(rng, client)
    if not uids:
        return None
    uid = by_uid(rng, client)
    return ("UID " if uid else "", written(rng, uids if uid else seqs), uid, uids)


def body(rng, client):
    lines = rng.choice((1, 3, 50))
    return b"Subject: %d\r\nFrom: c%d@example.org\r\n\r\n" % (rng.randrange(10**9), client.number) + b"text\r\n" * rng.randrange(lines)


def append(rng, client):
    name = rng.choice(client.shared)
    box = client.truth.names[name]
    if len(box.messages) > MANY:
        return None
    flags = rng.sample(FLAGS, rng.choice((0, 0, 1, 2)))
    op = Op("append", box, flags=frozenset(flags), body=body(rng, client))

    def done(r):
        code, text = r.code
        validity, uid = map(int, text.split())
        if code != "APPENDUID" or validity != box.validity:
            raise Broken(f"{r}")
        op.added[uid] = None

    given = b"(%s) " % b" ".join(flags) if flags or rng.random() < 0.3 else b""
    mark = b"~" if rng.random() < 0.2 else b""
    text = b"APPEND %s %s%s{%d+}\r\n%s" % (client.said(name).encode(), given, mark, len(op.body), op.body)
    return Command(text, "APPEND", op=op, on_done=done)


def replace(rng, client):
    m = client.mirror
    known = [(i + 1, u) for i, u in enumerate(m.uids) if u is not None]
    target = client.truth.names[rng.choice(client.shared)]
    if not known or m.read_only or len(target.messages) > MANY:
        return None
    seq, old = rng.choice(known)
    uid = by_uid(rng, client)
    flags = rng.sample(FLAGS, rng.choice((0, 1, 2)))
    op = Op("replace", m.box, target=target, uids=frozenset([old]), flags=frozenset(flags), body=body(rng, client))

    def replaced(r):
        if r.kind != "OK" or not r.code or r.code[0] != "APPENDUID":
            return False
        validity, new = map(int, r.code[1].split())
        if validity != target.validity:
            raise Broken(f"{r}")
        op.added[new] = None
        return True

    # Somebody else may have taken it away already.
    def done(r):
        if r.kind == "NO" and (r.code is None or r.code[0] != "NONEXISTENT"):
            raise Broken(f"{r}")
        if (r.kind == "OK") != bool(op.added):
            raise Broken(f"{r} with {op.added}")

    text = b"%sREPLACE %d %s (%s) {%d+}\r\n%s" % (
        b"UID " if uid else b"", old if uid else seq, client.said(target.name).encode(), b" ".join(flags), len(op.body), op.body)
    return Command(text, "REPLACE", op=op, expected=("OK", "NO"), on_response=replaced, on_done=done)


def store(rng, client):
    where = addressed(rng, client)
    if not where or client.mirror.read_only:
        return None
    prefix, numbers, uid, uids = where
    m = client.mirror
    mode = rng.choice("++-- ").strip()
    flags = frozenset(rng.sample(FLAGS, rng.choice((1, 1, 2))))
    op = Op("flags", m.box, uids=uids, mode=mode, flags=flags)
    condition = ""
    if client.condstore and rng.random() < 0.3:
        op.unchanged_since = rng.choice((m.highest, max(0, m.highest - rng.randrange(5)), 0))
        condition = f" (UNCHANGEDSINCE {op.unchanged_since})"
    # With NOTIFY a change by others may be told before the STORE is done or after it: only MODSEQ tells.
    silent = rng.random() < 0.5 and (client.condstore or not client.notices)
    text = f"{prefix}STORE {numbers}{condition} {mode}FLAGS{'.SILENT' if silent else ''} ({b' '.join(sorted(flags)).decode()})"
    return client.store(numbers, uid, op, silent, text)


def fetch(rng, client):
    where = addressed(rng, client)
    if not where:
        return None
    prefix, numbers, uid, uids = where
    m = client.mirror
    items = rng.sample(["FLAGS", "UID", "RFC822.SIZE", "BODY.PEEK[]", "BODY[]", "BINARY.PEEK[]", "INTERNALDATE", "ENVELOPE", "BODYSTRUCTURE", "BODY.PEEK[TEXT]<1.4>"], rng.choice((1, 2, 3)))
    if "BODY[]" in items and "BODY.PEEK[]" in items:
        items.remove("BODY.PEEK[]")
    modifier = ""
    name = "FETCH"
    if client.condstore:
        items += ["MODSEQ"] if rng.random() < 0.3 else []
        if rng.random() < 0.2:
            since = max(0, m.highest - rng.randrange(6))
            modifier = f" (CHANGEDSINCE {since})"
            if uid and client.qresync and rng.random() < 0.5:
                modifier = f" (CHANGEDSINCE {since} VANISHED)"
                name = "FETCH VANISHED"
    op = None
    if "BODY[]" in items and not m.read_only:
        if modifier:
            items.remove("BODY[]")
            items.append("UID")
        else:
            op = Op("flags", m.box, uids=uids, mode="+", flags=frozenset([SEEN]))
    text = f"{prefix}FETCH {numbers} ({' '.join(dict.fromkeys(items))}){modifier}"
    return Command(text.encode(), name, holds_expunges=not uid, solicited=True, op=op)


def expunge(rng, client):
    m = client.mirror
    if m.read_only or None in m.uids:
        return None
    uids = frozenset(m.known())
    text = "EXPUNGE"
    ahead = bool(client.notices)
    if rng.random() < 0.4:
        _, uids = some(rng, client)
        if not uids:
            return None
        ahead = False
        text = f"UID EXPUNGE {written(rng, uids)}"

    def done(r):
        if client.qresync and r.code and r.code[0] != "HIGHESTMODSEQ":
            raise Broken(f"{r}")

    return Command(text.encode(), "EXPUNGE", op=Op("expunge", m.box, uids=uids, ahead=ahead), on_done=done)


def close(rng, client):
    m = client.mirror
    if None in m.uids:
        return None
    op = None if m.read_only else Op("expunge", m.box, uids=frozenset(m.known()), ahead=bool(client.notices))
    client.cache = None  # what it expunged is told by nothing but the next SELECT

    def done(_):
        client.leave()

    return Command(b"CLOSE", "CLOSE", holds_expunges=True, op=op, on_done=done)


def unselect(rng, client):
    if client.qresync:
        client.remember()

    def done(_):
        client.leave()

    return Command(b"UNSELECT", "UNSELECT", on_done=done)


def copy(rng, client, moving=False):
    where = addressed(rng, client)
    name = rng.choice(client.shared)
    target = client.truth.names[name]
    m = client.mirror
    if not where or (moving and (m.read_only or target is m.box)) or len(target.messages) > MANY:
        return None
    prefix, numbers, uid, uids = where
    op = Op("move" if moving else "copy", m.box, target=target, uids=uids)

    def copied(r):
        if not r.code or r.code[0] != "COPYUID":
            return False
        validity, sources, new = r.code[1].split()
        if int(validity) != target.validity:
            raise Broken(f"{r}")
        op.added.update(zip(expand(new), expand(sources), strict=True))
        if not set(op.added.values()) <= uids:
            raise Broken(f"{r}, asked for {sorted(uids)}")
        return r.tag is None

    return Command(f"{prefix}{'MOVE' if moving else 'COPY'} {numbers} {client.said(name)}".encode(), "MOVE" if moving else "COPY", op=op,
                   on_response=copied, on_done=None if moving else copied)


def move(rng, client):
    return copy(rng, client, moving=True)


def search(rng, client):
    m = client.mirror
    uid = by_uid(rng, client)
    with_numbers = not client.by_uid and rng.random() < 0.3 and m.uids
    flag = rng.choice(["SEEN", "DELETED", "FLAGGED", "ANSWERED", "DRAFT", "KEYWORD $One", "KEYWORD Two"])
    key = rng.choice(["", "NOT ", "OR DRAFT "]) + flag
    test = matcher(key)
    if with_numbers:
        key = f"1:{len(m.uids)} {key}"
    returning = rng.choice(["", "", "RETURN (ALL) ", "RETURN (COUNT) ", "RETURN (MIN MAX) "])
    exact = {u: m.box.messages[u].flags for u in m.known() if u in m.box.messages}

    def found(r):
        if r.kind not in ("SEARCH", "ESEARCH"):
            return False
        if (r.kind == "ESEARCH") != bool(returning or client.rev2):
            raise Broken(f"{r} for {returning}{key}")
        numbers = r.data.get("ALL", [])
        if r.kind == "ESEARCH" and (r.data["uid"] != uid or r.data["tag"] != client.tag.encode()):
            raise Broken(f"{r}")
        if numbers != sorted(set(numbers)) or (not uid and numbers and numbers[-1] > len(m.uids)):
            raise Broken(f"{r} of {m.uids}")
        if client.alone:
            want = [u if uid else m.uids.index(u) + 1 for u in m.known() if u in exact and test(exact[u])]
            if None not in m.uids and not agrees(r, want):
                raise Broken(f"{r} for {key}, should be {want}")
        return True

    return Command(f"{'UID ' if uid else ''}SEARCH {returning}{key}".encode(), "SEARCH", holds_expunges=not uid or bool(with_numbers), on_response=found)


SORT_VALUES = {"SIZE": lambda m: len(m.body), "SUBJECT": lambda m: m.body.split(b"\r\n")[0].removeprefix(b"Subject: ")}


def sort(rng, client):
    m = client.mirror
    uid = by_uid(rng, client)
    name = rng.choice(sorted(SORT_VALUES))
    reverse = rng.random() < 0.5
    values = {u: SORT_VALUES[name](m.box.messages[u]) for u in m.known() if u in m.box.messages}

    def found(r):
        if r.kind != "SORT":
            return False
        if len(set(r.data)) != len(r.data) or (not uid and r.data and max(r.data) > len(m.uids)):
            raise Broken(f"{r} of {m.uids}")
        if client.alone and None not in m.uids:
            order = sorted((u for u in m.known() if u in values), key=values.get, reverse=reverse)
            want = [u if uid else m.uids.index(u) + 1 for u in order]
            if r.data != want:
                raise Broken(f"{r}, should be {want}")
        return True

    return Command(f"{'UID ' if uid else ''}SORT ({'REVERSE ' if reverse else ''}{name}) UTF-8 ALL".encode(), "SORT", holds_expunges=not uid, on_response=found)


def thread(rng, client):
    """No message answers another: each is in one thread."""
    m = client.mirror
    uid = by_uid(rng, client)
    there = {u for u in m.known() if u in m.box.messages}

    def found(r):
        if r.kind != "THREAD":
            return False
        if len(set(r.data)) != len(r.data) or (not uid and r.data and max(r.data) > len(m.uids)):
            raise Broken(f"{r} of {m.uids}")
        if client.alone and None not in m.uids:
            want = sorted(u if uid else m.uids.index(u) + 1 for u in there)
            if sorted(r.data) != want:
                raise Broken(f"{r}, should be of {want}")
        return True

    algorithm = rng.choice(["REFERENCES", "ORDEREDSUBJECT"])
    return Command(f"{'UID ' if uid else ''}THREAD {algorithm} UTF-8 ALL".encode(), "THREAD", holds_expunges=not uid, on_response=found)


def matcher(key):
    words = key.split()
    flag = words[-1] if "KEYWORD" in words else "\\" + words[-1].capitalize()
    has = lambda flags: flag.encode() in flags
    if words[0] == "NOT":
        return lambda flags: not has(flags)
    return (lambda flags: has(flags) or b"\\Draft" in flags) if words[0] == "OR" else has


def agrees(r, want):
    d = r.data
    if "COUNT" in d and d["COUNT"] != len(want):
        return False
    if want and (d.get("MIN", want[0]) != want[0] or d.get("MAX", want[-1]) != want[-1]):
        return False
    return "COUNT" in d or "MIN" in d or d.get("ALL", []) == want


def status(rng, client):
    name = rng.choice(client.shared)
    box = client.truth.names[name]
    bound = (box.uidnext, box.highest)
    items = "MESSAGES UIDNEXT UIDVALIDITY UNSEEN DELETED SIZE" + (" HIGHESTMODSEQ" if client.condstore else "")

    def told(r):
        if r.kind != "STATUS":
            return False
        d = r.data[1]
        if "SIZE" not in d:  # of NOTIFY
            return False
        if d["UIDVALIDITY"] != box.validity or d["UIDNEXT"] < bound[0] or d.get("HIGHESTMODSEQ", bound[1]) < bound[1]:
            raise Broken(f"{r}, before {bound}")
        if client.alone:
            all_flags = [m.flags for m in box.messages.values()]
            want = (len(all_flags), sum(SEEN not in f for f in all_flags), sum(DELETED in f for f in all_flags), sum(len(m.body) for m in box.messages.values()))
            if want != (d["MESSAGES"], d["UNSEEN"], d["DELETED"], d["SIZE"]):
                raise Broken(f"{r}, should be {want}")
        return True

    return Command(f"STATUS {client.said(name)} ({items})".encode(), "STATUS", on_response=told)


NUMBERED = ["FETCH 1 FLAGS", "FETCH 1:* BODY[]", "STORE 1 +FLAGS (\\Deleted)", "COPY 1 INBOX", "MOVE 1:* Work", "SEARCH ALL", "UID SEARCH 1:2", "UID SEARCH NOT *",
            "SORT (SIZE) UTF-8 ALL", "THREAD REFERENCES UTF-8 ALL", "REPLACE 1 INBOX {3+}\r\nabc"]


def numbered(rng, client):
    """RFC 9586 3: with UIDONLY what would take or tell sequence numbers is refused and does nothing."""
    if not client.uid_only:
        return noop(rng, client)

    def done(r):
        if not r.code or r.code[0] != "UIDREQUIRED":
            raise Broken(f"{r}")

    return Command(rng.choice(NUMBERED).encode(), "numbers", expected=("BAD",), on_done=done)


def notify(rng, client):
    """Asks again for what it hears of already: with STATUS it is told everything anew."""
    return client.notices.asking() if client.notices else noop(rng, client)


def noop(rng, client):
    return Command(rng.choice([b"NOOP", b"NOOP", b"CHECK"]) if client.mirror else b"NOOP", "NOOP")


def idle(rng, client):
    return Command(b"IDLE", "IDLE")


def select(rng, client):
    name = rng.choice(client.shared)
    if client.cache and client.cache[0].name in client.shared and rng.random() < 0.7:
        name = client.cache[0].name
    return client.select(name, rng.random() < 0.15, resync=rng.random() < 0.9)


SELECTED = [(append, 10), (store, 25), (fetch, 14), (expunge, 6), (copy, 6), (move, 5), (replace, 5), (search, 6), (sort, 3), (thread, 2), (status, 3), (annotate, 4), (annotated, 3), (numbered, 2), (notify, 1), (noop, 8), (idle, 5), (select, 2), (close, 1), (unselect, 3)]
UNSELECTED = [(append, 4), (status, 2), (annotate, 2), (annotated, 1), (notify, 1), (noop, 1), (select, 12)]


def choose(rng, client):
    """A command, or None when the client has nothing to do."""
    table = SELECTED if client.mirror else UNSELECTED
    action = rng.choices([a for a, _ in table], [w for _, w in table])[0]
    if client.mirror and len(client.mirror.uids) > MANY and rng.random() < 0.4:
        action = expunge
    if client.prefix and action in (annotate, annotated):
        action = noop  # those below /private are the owner's own
    return action(rng, client)
