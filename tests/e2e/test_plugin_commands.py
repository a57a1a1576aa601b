"""Commands of plugins: the same through the control socket, HTTPS with a token and the command line; gone with their
plugin; those that need no server, without one."""
import base64
import json
import pathlib
import shutil
import subprocess
import time

import posthouse
import pytest
from zones import Zones

pytestmark = pytest.mark.sanitize
BASE = "http://localhost/api/v1"
ADMIN = '\n[listeners.admin]\naddress = ["127.0.0.1:0"]\nprotocol = "admin"\ntls = "implicit"\n'


def use_plugin(server, folder, more=""):
    shutil.copytree(posthouse.BUILD / "plugins", folder)
    for suffix in (".so", ".json"):
        shutil.copy(posthouse.BUILD / "command-plugins" / ("commands" + suffix), folder)
    path = pathlib.Path(server.config)
    path.write_text(path.read_text().replace('data_dir = "data"', f'data_dir = "data"\nplugin_dir = "{folder}"', 1) + more)


@pytest.fixture
def server(tmp_path):
    s = posthouse.Server(tmp_path / "s").start()
    s.stop()
    use_plugin(s, tmp_path / "plugins", ADMIN + '[plugins.commands]\ngreeting = "good day"\n')
    s.start()
    yield s
    if s.process.poll() is None:
        assert s.stop() == 0


@pytest.fixture
def stopped(tmp_path):
    """The folder of a server that does not run."""
    s = posthouse.Server(tmp_path / "s").start()
    s.stop()
    use_plugin(s, tmp_path / "plugins", '\n[plugins.commands]\ngreeting = "good day"\n')
    return s


def cli(server, *words, **kwargs):
    return server.run(*words, "--dir", str(server.folder), check=False, **kwargs)


def curl(*args):
    out = subprocess.run(["curl", "-s", "-k", "-w", "\n%{http_code}", *args], capture_output=True, text=True, check=True).stdout
    body, _, status = out.rpartition("\n")
    return int(status), json.loads(body)


def on_socket(server, path, *args):
    return curl("--unix-socket", str(server.folder / "ctl.sock"), *args, BASE + path)


def remote(server, token, path, *args):
    port = next(a for a in (json.loads(cli(server, "status", "--json").stdout)["listeners"]) if a["name"] == "admin")["addresses"][0].rpartition(":")[2]
    return curl("-H", f"Authorization: Bearer {token}", *args, f"https://127.0.0.1:{port}/api/v1{path}")


def body(**args):
    return ["-H", "content-type: application/json", "-d", json.dumps(args)]


def test_three_faces(server, tmp_path):
    (tmp_path / "mail").write_bytes(bytes(range(256)) * 1000)
    out = cli(server, "try", "all", "a", "--number", "7", "--flag", "--list", "x", "--list", "y", "--file", str(tmp_path / "mail"), "--json")
    assert out.returncode == 0, out.stderr
    wanted = {"text": "a", "number": 7, "flag": True, "list": ["x", "y"], "bytes": 256_000, "left_out": True, "by": "socket", "offline": False}
    assert json.loads(out.stdout) == wanted
    arguments = body(text="a", number=7, flag=True, list=["x", "y"], file=base64.b64encode((tmp_path / "mail").read_bytes()).decode())
    (tmp_path / "body").write_text(arguments[3])
    assert on_socket(server, "/plugins/commands/commands/try/all", *arguments[:2], "-d", f"@{tmp_path}/body") == (200, wanted)
    token = json.loads(cli(server, "token", "create", "t", "--json").stdout)["token"]
    assert remote(server, token, "/plugins/commands/commands/try/all", *arguments[:2], "-d", f"@{tmp_path}/body") == (200, dict(wanted, by="token"))
    # What only reads is a GET; the table is one.
    assert on_socket(server, "/plugins/commands/commands/try/list?count=1") == (200, {"items": [{"number": 1, "name": "n1"}]})
    assert on_socket(server, "/plugins/commands/commands/try/list", *body(count=1))[0] == 405
    assert cli(server, "try", "list").stdout == "number  name\n1       n1\n2       n2\n"
    # Fields that are not described are shown as they come.
    assert cli(server, "try", "text").stdout == "greeting  good day\n"


@pytest.mark.parametrize("words, text", [
    (["try", "all"], "TEXT is missing"), (["try", "all", "c"], "must be one of a, b"), (["try", "all", "a", "--nunber", "1"], "did you mean 'number'?"),
    (["try", "all", "a", "--file", "/no/such"], "/no/such: can't be read"), (["try", "lits"], "did you mean 'try list'?"),
    (["try", "fail"], "it was there already"), (["try", "garbage"], "the answer is refused"), (["try", "throw"], "could not do it")])
def test_errors(server, words, text):
    out = cli(server, *words)
    assert out.returncode in (1, 2) and text in out.stderr, out


def test_codes(server):
    for name, status, code in [("fail", 409, "conflict"), ("garbage", 400, "invalid"), ("throw", 500, "bug"), ("sleep?ms=5000", 503, "timeout"),
                               ("list?count=x", 400, "invalid"), ("list?no=1", 400, "invalid"), ("none", 404, "not_found")]:
        assert (lambda r: (r[0], r[1]["code"]))(on_socket(server, f"/plugins/commands/commands/try/{name}")) == (status, code), name


def test_deadline(server):
    """A handler over its deadline is answered for; the server goes on."""
    begin = time.monotonic()
    out = cli(server, "try", "sleep", "60000")
    assert out.returncode == 3 and "did not answer in time" in out.stderr and time.monotonic() - begin < 10
    assert cli(server, "try", "sleep", "1").returncode == 0
    assert "command is late" in server.log.read_text()


def test_roles_and_audit(server):
    cli(server, "account", "add", "ann", "ann@localhost", input="correct horse\n")
    tokens = {}
    for role, more in (("account", ["--account", "ann"]), ("domain-admin", ["--domains", "localhost"])):
        out = cli(server, "token", "create", role, "--role", role, *more, "--json")
        tokens[role] = json.loads(out.stdout)["token"]
    path = "/plugins/commands/commands/try"
    assert remote(server, tokens["account"], f"{path}/own") == (200, {"account": "ann", "other": False})
    assert remote(server, tokens["account"], f"{path}/own?account=you")[0] == 403
    assert remote(server, tokens["domain-admin"], f"{path}/own?account=ann") == (200, {"account": "ann", "other": False})
    for role in tokens:
        assert remote(server, tokens[role], f"{path}/list")[0] == 403
        assert [c["command"] for c in remote(server, tokens[role], "/commands")[1]["items"] if c["plugin"] == "commands"] == ["try own"]
    assert on_socket(server, f"{path}/own?account=ann") == (200, {"account": "ann", "other": True})
    out = cli(server, "try", "set", "door", "--json", input="very secret\n")
    assert json.loads(out.stdout) == {"key_length": 11}
    last = (server.folder / "data" / "admin" / "audit.log").read_text().splitlines()[-1]
    assert json.loads(last)["operation"] == "try.set" and "door" in last and "secret" not in last


def own_commands(server):
    return [c["command"] for c in json.loads(cli(server, "command", "list", "--json").stdout)["items"] if c["plugin"] == "commands"]


def test_gone_with_the_plugin(server):
    assert "try list" in cli(server, "command", "list").stdout
    assert cli(server, "plugin", "disable", "commands").returncode == 0
    assert own_commands(server) == []
    assert on_socket(server, "/plugins/commands/commands/try/list")[0] == 404
    out = cli(server, "try", "list")
    assert out.returncode == 3 and "switches the plugin commands off" in out.stderr
    assert cli(server, "plugin", "enable", "commands").returncode == 0
    assert cli(server, "try", "list").returncode == 0


def test_help_and_completion(server):
    complete = lambda *words: server.run("complete", "--", *words, cwd=server.folder).stdout.split()
    assert complete("try") == ["try"] and "try" in complete("tr")
    assert {"all", "list", "own"} <= set(complete("try", ""))
    assert complete("try", "all", "--nu") == ["--number"] and complete("try", "all", "") == ["--dir", "--file", "--flag", "--help", "--json", "--left-out", "--list", "--number", "a", "b"]
    assert "Says what it was given." in server.run("help", cwd=server.folder).stdout
    for words in (["help", "try", "all"], ["try", "all", "--help"]):
        out = server.run(*words, cwd=server.folder).stdout
        assert out.startswith("usage: posthouse try all TEXT [--number N]") and "--resolver" in out and "  number: A number." in out


@pytest.mark.parametrize("option, text", [("twice = true", "has 'try list'"), ("greeting = 1", "greeting")])
def test_refused(stopped, option, text):
    """A plugin that breaks the rules of ph.cli/1 does not run; nothing of it stays."""
    path = pathlib.Path(stopped.config)
    path.write_text(path.read_text().replace('greeting = "good day"', option))
    if "twice" not in option:
        assert text in cli(stopped, "try", "text").stderr
        return
    stopped.start()
    try:
        report = next(p for p in json.loads(cli(stopped, "plugin", "list", "--json").stdout)["items"] if p["plugin"] == "commands")
        assert report["state"] == "failed" and own_commands(stopped) == []
    finally:
        stopped.stop()


def test_offline(stopped, tmp_path):
    (tmp_path / "mail").write_bytes(b"\xff\x00 not text")
    run = lambda *words, **kwargs: stopped.run(*words, check=False, **kwargs)
    out = run("try", "all", "b", "--file", "-", "--json", "--config", stopped.config, stdin=open(tmp_path / "mail", "rb"))
    assert out.returncode == 0, out.stderr
    answer = json.loads(out.stdout)
    assert (answer["offline"], answer["by"], answer["bytes"]) == (True, "offline", 11)
    assert run("try", "text", "--dir", str(stopped.folder)).stdout == "greeting  good day\n"
    assert run("try", "text", cwd=stopped.folder).stdout == "greeting  good day\n"
    assert run("try", "all", "b", "--text", "a", "--config", stopped.config).returncode == 2
    assert "must be one of a, b" in run("try", "all", "c", "--config", stopped.config).stderr
    # What needs a server says so.
    out = run("try", "list", "--dir", str(stopped.folder))
    assert out.returncode == 3 and "needs a running server" in out.stderr
    assert "(plugin commands)" in run("help", cwd=stopped.folder).stdout
    assert run("complete", "--", "try", "te", cwd=stopped.folder).stdout == "text\n"
    # Secrets are kept in the data folder of the server that does not run.
    assert run("try", "keep", "--config", stopped.config).stdout == "bytes  16\n"
    assert len((stopped.folder / "data" / "plugin-data" / "commands" / "secrets" / "kept").read_bytes()) == 16


def test_offline_beside_a_server(server):
    """With --config nobody is asked; and the data of a server that runs is left alone."""
    out = server.run("try", "all", "a", "--json", "--config", server.config)
    assert json.loads(out.stdout)["offline"] is True
    out = server.run("try", "keep", "--config", server.config, check=False)
    assert out.returncode == 3 and "no place for secrets" in out.stderr
    assert cli(server, "try", "keep").stdout == "bytes  16\n"


def test_resolver(stopped):
    with Zones({"far.example": "www IN A 192.0.2.80\n"}) as z:
        out = stopped.run("try", "resolve", "www.far.example", "--resolver", z.resolver, "--json", cwd=stopped.folder)
        assert json.loads(out.stdout) == {"items": [{"address": "192.0.2.80"}]}
    assert "is not an address" in stopped.run("try", "resolve", "x", "--resolver", "nowhere", cwd=stopped.folder, check=False).stderr
