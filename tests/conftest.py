import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parent / "support"))

import posthouse  # noqa: E402


def pytest_configure(config):
    config.addinivalue_line("markers", "sanitize: the sanitizer presets run this file too")


def check_log(s):
    """What sanitizers have to say, they say on standard error, which is the log."""
    text = s.log.read_text(errors="replace") if s.log.exists() else ""
    for sign in ("ERROR: AddressSanitizer", "ERROR: LeakSanitizer", "WARNING: ThreadSanitizer", "runtime error:"):
        if sign in text:
            pytest.fail(text[max(0, text.index(sign) - 200):][:8000])


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """A fresh localserve, shared by the tests of one file; must end with exit code 0."""
    s = posthouse.Server(tmp_path_factory.mktemp("server") / "dir").start()
    yield s
    if s.process.poll() is None:
        code = s.stop()
        check_log(s)
        assert code == 0
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
    for s in made:
        check_log(s)
