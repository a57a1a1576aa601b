"""Clients of all kinds do random commands on shared mailboxes; the server must never contradict itself.

PH_SEED=n plays a game again, as far as the server's scheduling allows. PH_LONG=1 plays for five minutes.
"""
import os
import pathlib
import random
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parent))

import posthouse  # noqa: E402
from client import Client  # noqa: E402
from game import Game  # noqa: E402
from truth import Op, Truth, explained  # noqa: E402
from wire import Broken, parse  # noqa: E402

pytestmark = pytest.mark.sanitize

SECONDS = 300 if posthouse.LONG else 20


def seed():
    return int(os.environ.get("PH_SEED") or random.SystemRandom().randrange(10**9))


def play(server, seconds, guests=True, **kwargs):
    number = seed()
    print(f"PH_SEED={number}")
    game = Game(server, random.Random(number), guests)
    try:
        game.play(seconds, **kwargs)
    except Exception:
        print(f"PH_SEED={number} failed in round {game.rounds}, after {game.commands} commands and {game.kills} kills")
        raise
    print(f"{game.rounds} rounds, {game.commands} commands, {game.kills} kills")
    return game


def test_many_clients(make_server):
    server = make_server().start()
    game = play(server, SECONDS)
    assert game.commands > SECONDS
    assert server.stop() == 0
    assert server.verify().returncode == 0


def test_many_clients_and_a_server_that_is_killed(make_server):
    server = make_server().start()
    game = play(server, SECONDS, kill_share=0.03)
    assert game.kills > 0
    assert server.stop() == 0
    assert server.verify().returncode == 0


@pytest.mark.parametrize("text", [
    b"* 0x EXISTS", b"* 1 FETCH (UID 1 UID 1)", b"* 1 FETCH (FLAGS (\\Seen)", b"* 1 FETCH (BODY[] {5}\r\nabc)", b"* 1 FETCH (BODY[] {3}\r\na\0b)", b"* VANISHED 0:3",
    b"* OK", b"a1 FLAGS ()", b"* 1 FETCH ()x", b"* SEARCH 1  2", b'* ESEARCH (TAG "a") ALL', b"* NONSENSE", b"* 1 FETCH (MODSEQ 5)",
])
def test_the_parser_is_strict(text):
    with pytest.raises((Broken, ValueError)):
        parse(text)


def test_the_explanation_is_exact():
    plus, minus = (Op("flags", None, mode=m, flags=frozenset("a"), done=True) for m in "+-")
    some, none = frozenset("a"), frozenset()
    assert explained({none}, [plus, minus], [], some) and explained({none}, [plus, minus], [], none)
    assert explained({none}, [plus, minus], [some], none) and not explained({none}, [plus], [], none)
    assert not explained({none}, [], [], some) and not explained({some}, [plus], [none], some)
    minus.done = False
    assert explained({some}, [minus], [], some) and explained({some}, [minus], [], none)


def test_a_mailbox_that_changes_while_it_is_resynchronized():
    truth = Truth()
    box = truth.add("INBOX", 7)
    client = Client(None, truth, 0, qresync=True)
    client.cache = (box, 5, [1, 2, 3, 4], {u: frozenset() for u in (1, 2, 3, 4)}, {})
    client.command = client.select("INBOX", resync=True)
    for text in (b"* 3 EXISTS", b"* OK [UIDVALIDITY 7] stays", b"* OK [UIDNEXT 5] next", b"* OK [HIGHESTMODSEQ 6] of all", b"* VANISHED (EARLIER) 1",
                 b"* VANISHED 3", b"* 3 EXISTS"):
        client.handle(parse(text))
    client.done(parse(b"c1 OK selected"))
    assert client.mirror.uids == [2, 4, None]
