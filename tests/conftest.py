import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parent / "support"))

import posthouse  # noqa: E402


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """A fresh localserve, shared by the tests of one file; must end with exit code 0."""
    s = posthouse.Server(tmp_path_factory.mktemp("server") / "dir").start()
    yield s
    if s.process.poll() is None:
        assert s.stop() == 0
    else:
        pytest.fail(f"the server ended by itself:\n{s.log.read_text()[-3000:]}")


@pytest.fixture
def make_server(tmp_path):
    """Makes servers that are killed at the end of the test."""
    made = []

    def make(*args, **kwargs):
        s = posthouse.Server(tmp_path / f"dir{len(made)}", *args, **kwargs)
        made.append(s)
        return s

    yield make
    for s in made:
        s.kill()
