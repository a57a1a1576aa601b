"""Plugins that break the contract, all at once, while mail flows: docs/design/containment.md says what happens."""
import socket
import time

import posthouse
import pytest
from conftest import check_log
from house import House, Load, accepts, off, with_plugins
from posthouse import wait_for

pytestmark = pytest.mark.sanitize
LISTENER = '\n[listeners.%s]\naddress = ["127.0.0.1:%d"]\nprotocol = "%s"\ntls = "none"\n'


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    root = tmp_path_factory.mktemp("bad")
    server = posthouse.Server(root / "dir")
    base = posthouse.free_offset() + 1025
    ports = {"garbage": base, "twice": base + 1}

    def listeners(text):
        return text + "".join(LISTENER % (name, port, name) for name, port in ports.items())

    with_plugins(server, root / "plugins", sorted((posthouse.BUILD / "bad-plugins").iterdir()), listeners)
    house = House(server)
    house.extra = ports
    house.last = off(house.original, "hangs-in-stop")  # one that is on would delay the stop at the end
    load = house.load = Load(server)
    load.start()
    wait_for(lambda: load.sent > 3)
    yield house
    sent = load.sent
    wait_for(lambda: load.sent > sent + 3, what="mail to flow at the end")
    load.ending.set()
    load.join()
    begun = time.monotonic()
    assert server.stop() == 0
    assert time.monotonic() - begun < 20
    assert not load.errors
    check_log(server)
    assert server.verify().returncode == 0


def mail(house, localpart):
    with house.server.smtp() as s:
        s.ehlo("client.example.org")
        return s.mail(f"{localpart}@example.org")[0]


@pytest.mark.parametrize("plugin,reason", [
    ("no-symbol", "has no symbol ph_plugin_v1"),
    ("wrong-size", "malformed descriptor"),
    ("mismatch", "was not built with"),
    ("crash-on-load", "crashed the process that tried it"),
    ("throws-in-start", "start: "),
])
def test_refused_and_the_others_run(house, plugin, reason):
    lines = [x for x in house.log().splitlines() if "plugin not running" in x and f"plugin={plugin} " in x]
    assert len(lines) == 1 and reason in lines[0]
    assert "plugin running" in house.log()


def test_thrown_in_a_hook(house):
    for word in ("throw-guarded", "throw-std", "throw-int"):
        assert mail(house, word) == 451
        assert mail(house, "fine") == 250  # a success in between: the breaker stays closed
    assert house.log().count("exception out of a hook") == 2
    assert "exception of unknown type stopped in hook" in house.log()


def test_garbage_is_a_fault_and_faults_open_the_breaker(house):
    assert mail(house, "garbage-verdict") == 250  # set_verdict refused it: nothing was said
    with house.load.turn:  # a success between two faults would begin the count anew
        for _ in range(5):
            assert mail(house, "garbage-status") == 451
    assert 'too many faults in a row" plugin=garbage' in house.log()
    assert 'plugin degraded" plugin=garbage' in house.log()
    called = house.log().count("plugin=garbage hook=garbage status=77")
    assert mail(house, "garbage-status") == 451 and mail(house, "fine") == 451  # at once, by the policy
    assert house.log().count("plugin=garbage hook=garbage status=77") == called
    wait_for(lambda: mail(house, "fine") == 250)
    assert 'plugin recovered" plugin=garbage' in house.log()


def test_garbage_from_a_session_ends_that_session(house):
    with socket.create_connection(("127.0.0.1", house.extra["garbage"]), 10) as s:
        assert s.recv(100) == b""


def test_done_twice_and_stopped_once(house):
    with socket.create_connection(("127.0.0.1", house.extra["twice"]), 10) as s:
        assert s.recv(100) == b"twice\r\n"
        house.reload(off(house.original, "double-stop"))
        assert s.recv(100) == b""
    assert not accepts(house.extra["twice"])
    house.reload(house.original)
    assert accepts(house.extra["twice"])


def test_hanging_in_stop_is_waited_for_ten_seconds(house):
    begun = time.monotonic()
    house.reload(house.last)
    assert 9 < time.monotonic() - begun < 20
    assert 'plugin does not return" plugin=hangs-in-stop call=stop' in house.log()
    assert "plugin abandoned" in house.log()


def test_foreign_thread_is_denied_what_belongs_to_start(house):
    wait_for(lambda: "from a foreign thread" in house.log())
    line = next(x for x in house.log().splitlines() if "from a foreign thread" in x)
    assert "hook_add=-5" in line and "offer=-5" in line and "wake=-11" in line  # PH_E_DENIED, PH_E_NOT_FOUND
    house.reload(off(house.last, "foreign-thread"))
    house.reload(house.last)


@pytest.mark.skipif(posthouse.SANITIZED, reason="sanitizers end the process at such an allocation")
def test_more_memory_than_there_is(house):
    assert mail(house, "big") == 451
    assert mail(house, "fine") == 250


def test_stuck_calls_end_in_quarantine_and_a_new_instance_works(house):
    assert mail(house, "stuck") == 451
    assert mail(house, "stuck") == 451
    wait_for(lambda: 'plugin quarantined: its calls do not return" plugin=stuck' in house.log())
    begun = time.monotonic()
    assert mail(house, "fine") == 451  # its policy, at once
    assert time.monotonic() - begun < 0.2
    house.reload(off(house.last, "stuck"))
    assert 'plugin abandoned: a call into it does not return" plugin=stuck' in house.log()
    assert mail(house, "fine") == 250
    house.reload(house.last)
    assert mail(house, "fine") == 250
    assert mail(house, "stuck") == 451  # the new one is as bad; the end of this file sees the stop
