"""Somebody else in the mailboxes of the game (RFC 4314): as free as the owner, and what is left of that when rights go."""
from actions import FLAGS, body, some, written
from client import PASSWORD
from command import Command
from truth import DELETED, SEEN, Op

GUEST = "guest"
ALL = "lrswipkxtea"
AS_GUEST = {"user": f"{GUEST}@localhost", "prefix": "Other Users/you/"}


def invite(server, reader, names):
    server.run("account", "add", GUEST, AS_GUEST["user"], "--password-stdin", "--dir", str(server.folder), input=PASSWORD + "\n")
    for name in names:
        reader.run(f"SETACL {name} {GUEST} {ALL}")


def needed(flag):
    return {SEEN: "s", DELETED: "t"}.get(flag, "w")


def allowed(flags, rights):
    return frozenset(f for f in flags if needed(f) in rights)


def verdict(may):
    return ("OK",) if may else ("NO",)


def append(rng, client, box, rights):
    flags = rng.sample(FLAGS, rng.choice((0, 1, 2)))
    op = Op("append", box, flags=allowed(flags, rights), body=body(rng, client))
    text = b"APPEND %s (%s) {%d+}\r\n%s" % (client.said(box.name).encode(), b" ".join(flags), len(op.body), op.body)
    return Command(text, "APPEND", op=op if "i" in rights else None, expected=verdict("i" in rights),
                   on_done=lambda r: r.kind == "OK" and op.added.update({int(r.code[1].split()[1]): None}))


def store(rng, client, box, rights):
    """What may be changed is, when anything may."""
    _, uids = some(rng, client)
    if not uids:
        return None
    flags = rng.sample(FLAGS, rng.choice((1, 2)))
    may = allowed(flags, rights)
    op = Op("flags", box, uids=uids, mode=rng.choice("+-"), flags=may)
    command = client.store(uids, True, op, False, f"UID STORE {written(rng, uids)} {op.mode}FLAGS ({b' '.join(flags).decode()})")
    command.op, command.expected = op if may else None, verdict(may)
    return command


def expunge(rng, client, box, rights):
    _, uids = some(rng, client)
    if not uids:
        return None
    may = "e" in rights
    return Command(f"UID EXPUNGE {written(rng, uids)}".encode(), "EXPUNGE", op=Op("expunge", box, uids=uids) if may else None, expected=verdict(may))


def play(game, client):
    """The owner leaves a guest some rights; each command is done as far as they go, and nothing else happens."""
    rng = game.rng
    box = game.truth.names[rng.choice(client.shared)]
    rights = "lr" + "".join(r for r in "swite" if rng.random() < 0.6)
    game.reader.run(f"SETACL {box.name} {GUEST} {rights}")
    client.begin(client.select(box.name))
    client.finish()
    client.catch_up(all_flags=True)
    client.alone = True
    for action in rng.sample([append, store, store, expunge], 4):
        command = action(rng, client, box, rights)
        if command is None:
            continue
        game.truth.begin()
        game.begin(client, command)
        client.finish()
        game.settle([command.op] if command.op else [], [box])
        client.run("NOOP")
        game.check(client)
    client.run("UNSELECT", on_done=lambda r: client.leave())  # it may have been read-only
    game.reader.run(f"SETACL {box.name} {GUEST} {ALL}")
