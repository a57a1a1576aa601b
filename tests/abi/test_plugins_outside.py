"""The default plugins need nothing but the SDK: built outside the tree against the installed one, they serve mail."""
import outside
import posthouse
import pytest
from house import with_plugins


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    outside.install()
    folder = tmp_path_factory.mktemp("plugins")
    for name in outside.DEFAULTS:
        for path in outside.files_of(outside.build(posthouse.ROOT / "plugins" / name, name)):
            (folder / path.name).write_bytes(path.read_bytes())
    return folder


def test_there_are_some(folder):
    assert {"smtp", "imap"} <= set(outside.DEFAULTS)
    assert {p.name for p in folder.iterdir()} == {f"{n}.{e}" for n in outside.DEFAULTS for e in ("so", "json")}


def test_they_know_nothing_of_the_tree(folder):
    assert outside.mentions(folder, posthouse.ROOT / "sdk") == []
    for path in outside.files_of(folder):
        if path.suffix == ".so":
            assert outside.run("nm", "-D", "--defined-only", path).split()[-1] == "ph_plugin_v1"


def test_one_mail_end_to_end(folder, make_server, tmp_path):
    server = make_server()
    with_plugins(server, tmp_path / "inside", outside.files_of(folder))
    log = server.log.read_text()
    assert all(f"plugin={name} " in log for name in outside.DEFAULTS)
    server.send(b"Subject: from outside\r\n\r\nbuilt by a stranger\r\n")
    c = server.imap()
    assert c.select("INBOX")[1] == [b"1"]
    assert b"built by a stranger" in c.fetch("1", "(BODY[TEXT])")[1][0][1]
    c.logout()
    assert server.stop() == 0
