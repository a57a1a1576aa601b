"""Annotations of mailboxes and of the account (RFC 5464): what they can be after a round of commands, and its limits.

A SETMETADATA is done whole or not at all; one that was not answered (the server was killed) may have been done or not.
"""
from command import Command
from truth import Op
from wire import Broken

MOST = 1000  # of an account
MOST_BYTES = 1_000_000  # of an account, names and values
LONGEST = 65_535  # value
ROOTS = ("/private/comment", "/shared/comment", "/private/vendor/model", "/shared/vendor/model")
ENTRIES = [r + x for r in ROOTS for x in (("",) if r.endswith("comment") else ("/a", "/a/b", "/a/b/c", "/z"))]


def weight(annotations):
    return sum(len(k) + len(v) for k, v in annotations.items())


def changed(values, op):
    """{entry: value} after the op, which has NIL as None."""
    return {k: v for k, v in {**values, **op.values}.items() if v is not None}


def is_explained(before, ops, now):
    """Whether the ops, in some order, make `now` of `before`; only those that were not answered may be left out."""
    stack, known = [(before, 0)], set()
    must = sum(1 << i for i, op in enumerate(ops) if op.done)
    while stack:
        values, used = stack.pop()
        state = (frozenset(values.items()), used)
        if state in known:
            continue
        known.add(state)
        if values == now and used & must == must:
            return True
        stack.extend((changed(values, op), used | 1 << i) for i, op in enumerate(ops) if not used >> i & 1)
    return False


def settle(box, ops, now):
    """Compares the annotations of a mailbox (or the account) with what they are now, and takes that over."""
    ops = [o for o in ops if o.kind == "annotate" and o.box is box]
    if not is_explained(box.annotations, ops, now):
        brief = [{k: v and v[:20] for k, v in x.items()} for x in (box.annotations, now, *(o.values for o in ops))]
        box.fail(f"annotations: from {brief[0]} by {brief[2:]}, answered: {[o.done for o in ops]}, to {brief[1]}")
    for op in ops:
        box.annotated += [e for e in op.values if box.annotations.get(e) != now.get(e)]
    box.annotations = now


def value(rng):
    kind = rng.randrange(10)
    if kind < 2:
        return None
    if kind < 5:
        return b"v%d" % rng.randrange(10**6)
    if kind < 6:
        return b""
    if kind < 7:
        return b'quoted "%d" and \\' % rng.randrange(10**6)
    if kind < 8:
        return rng.randbytes(rng.randrange(1, 200)) + b"\0\r\n"
    return rng.randbytes(1) * rng.choice((1000, 60_000, LONGEST))


def written(name, text, rng):
    """nstring or literal8 as the grammar allows it for these octets."""
    if text is None:
        return b"NIL"
    plain = all(0x20 <= c < 0x7F for c in text)
    if plain and len(text) < 1000 and rng.random() < 0.7:
        return b'"%s"' % text.replace(b"\\", b"\\\\").replace(b'"', b'\\"')
    mark = b"~" if b"\0" in text or rng.random() < 0.2 else b""
    return b"%s{%d+}\r\n%s" % (mark, len(text), text)


def setting(rng, client, box, too_long=False):
    """(op, what follows SETMETADATA)"""
    names = rng.sample(ENTRIES, rng.choice((1, 1, 2, 6)))
    values = {n: value(rng) for n in names}
    if too_long:
        values[names[0]] = b"x" * (LONGEST + 1)
    op = Op("annotate", box, values=values)
    pairs = b" ".join(b"%s %s" % (n.encode(), written(n, v, rng)) for n, v in values.items())
    return op, b"%s (%s)" % (client.said(box.name).encode(), pairs)


def check_refusal(r, op, truth, under_way):
    """Whether a SETMETADATA that was answered NO may have been: NO [METADATA ...]."""
    if not r.code or r.code[0] != "METADATA":
        raise Broken(f"{r}")
    reason = r.code[1].split()
    longest = max(len(v or b"") for v in op.values.values())
    if reason[0] == b"MAXSIZE":
        if int(reason[1]) != LONGEST or longest <= LONGEST:
            raise Broken(f"{r}, the longest value has {longest}")
    elif reason[0] == b"TOOMANY":
        if not can_be_too_much(op, truth, under_way):
            raise Broken(f"{r}, there is room")
    else:
        raise Broken(f"{r}")


def can_be_too_much(op, truth, under_way):
    """Whether some order of what is under way leaves no room for the op. All values that may be there count at once."""
    others = [o for o in under_way if o.kind == "annotate"]
    total = 0
    for box in truth.annotated_places():
        entries = {**box.annotations}
        for o in others:
            if o.box is box:
                for k, v in o.values.items():
                    entries[k] = max(entries.get(k, b""), v or b"", key=len)
        total += weight(entries)
    return total > MOST_BYTES


def fits(op, truth):
    """Whether there is room for the op when nothing else is under way."""
    if not any(v is not None for v in op.values.values()):
        return True
    places = truth.annotated_places()
    after = {id(b): changed(b.annotations, op) if b is op.box else b.annotations for b in places}
    return sum(weight(a) for a in after.values()) <= MOST_BYTES and sum(map(len, after.values())) <= MOST


def asked(rng):
    """(options, what is wanted of an entry and its value: function, entries)"""
    names = rng.sample([*ENTRIES, "/shared/vendor/model", "/private/vendor/nothing"], rng.choice((1, 2, 4)))
    depth = rng.choice((0, 0, 1, "infinity"))
    most = rng.choice((None, None, 0, 100, 60_000))
    options = [f"DEPTH {depth}"] if depth else []
    options += [f"MAXSIZE {most}"] if most is not None else []
    rng.shuffle(options)

    def matches(entry):
        return any(entry == n or (entry.startswith(n + "/") and depth and (depth == "infinity" or entry[len(n) + 1:].count("/") == 0)) for n in names)

    return f"({' '.join(options)}) " if options else "", matches, most, f"({' '.join(names)})"


def annotate(rng, client):
    truth = client.truth
    box = rng.choice([truth.account, *(truth.names[n] for n in client.shared)])
    too_long = rng.random() < 0.03
    op, text = setting(rng, client, box, too_long)

    def done(r):
        if (too_long and r.kind == "OK") or (client.alone and not too_long and (r.kind == "OK") != fits(op, truth)):
            raise Broken(f"{r} for {[(k, v and len(v)) for k, v in op.values.items()]}")
        if r.kind == "NO":
            check_refusal(r, op, truth, truth.under_way)
            op.values = {}

    return Command(b"SETMETADATA " + text, "SETMETADATA", op=op, expected=("OK", "NO"), on_done=done)


def annotated(rng, client):
    truth = client.truth
    box = rng.choice([truth.account, *(truth.names[n] for n in client.shared)])
    options, wanted, most, names = asked(rng)
    told = {}
    longest = []

    def answered(r):
        if r.kind != "METADATA" or not isinstance(r.data[1], dict):
            return False
        if client.heard(r.data[0]) != box.name or told:
            raise Broken(f"{r} about {box.name}")
        told.update({k.decode(): v for k, v in r.data[1].items()})
        return True

    def done(r):
        if r.code:
            name, text = r.code
            if name != "METADATA" or not text.startswith(b"LONGENTRIES "):
                raise Broken(f"{r}")
            longest.append(int(text.split()[1]))
        if longest and (most is None or longest[0] <= most):
            raise Broken(f"{r}, asked for {options}")
        for k, v in told.items():
            values = [box.annotations.get(k), *(o.values.get(k) for o in truth.under_way if o.kind == "annotate" and o.box is box)]
            if not wanted(k) or v not in values or (most is not None and len(v) > most):
                raise Broken(f"{k} {v and v[:50]} was told, asked for {options}{names}")
        if client.alone:
            all_ = {k: v for k, v in box.annotations.items() if wanted(k)}
            long = [len(v) for v in all_.values() if most is not None and len(v) > most]
            if told != {k: v for k, v in all_.items() if most is None or len(v) <= most} or longest != ([max(long)] if long else []):
                raise Broken(f"{sorted(told)} {r} for {options}{names}, there is {({k: len(v) for k, v in all_.items()})}")

    return Command(f'GETMETADATA {options}{client.said(box.name)} {names}'.encode(), "GETMETADATA", on_response=answered, on_done=done)
