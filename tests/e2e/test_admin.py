"""Administration: the same through the control socket, the command line and HTTPS with a token; every operation with
every audience; changes of the configuration, their undo and their traces."""
import base64
import imaplib
import json
import os
import pathlib
import re
import smtplib
import socket
import stat
import subprocess
import urllib.parse

import operation_arguments
import posthouse
import pytest
from posthouse import wait_for

pytestmark = pytest.mark.sanitize
API = json.loads((posthouse.ROOT / "docs" / "openapi.json").read_text())
OPERATIONS = {op["operationId"]: (method.upper(), path, op) for path, methods in API["paths"].items() for method, op in methods.items()}
ROLES = ["account", "domain-admin", "admin"]

# A call of each operation that works on a fresh server, in an order in which all of them do.
# See test_queue_admin.py, test_web_login.py and test_transfer.py.
ELSEWHERE = {"transfer.folders", "transfer.get", "transfer.known", "transfer.put", "queue.show", "queue.dump", "queue.retired.show", "account.totp.confirm", "session.end"}
CALLS = [
    ("status", {}), ("domain.add", {"domain": "example.org", "description": "it's # new"}), ("domain.list", {}),
    ("account.add", {"account": "ann", "address": "ann@example.org", "password": "correct horse"}),
    ("account.add", {"account": "bob", "address": "bob@example.org"}), ("account.list", {}), ("account.show", {"account": "ann"}),
    ("account.password", {"account": "ann", "password": "battery staple"}), ("account.logins", {"account": "ann"}),
    ("app-password.add", {"account": "ann", "name": "phone", "protocols": ["imap"], "days": 30}), ("app-password.list", {"account": "ann"}),
    ("app-password.remove", {"account": "ann", "name": "phone"}), ("account.disable", {"account": "bob", "text": "on holiday"}), ("account.enable", {"account": "bob"}),
    ("account.role", {"account": "bob", "role": "domain-admin", "domains": ["example.org"]}), ("account.role", {"account": "bob", "role": "account"}), ("session.list", {}), ("store.verify", {"account": "you"}), ("store.rethread", {"account": "you"}), ("store.index", {"account": "you"}), ("store.reindex", {"account": "you"}), ("search", {"account": "you", "words": ["posthouse"], "max": 3}),
    ("store.removed", {"account": "you"}), ("store.undelete", {"account": "you", "list": True}),
    ("mailbox.acl.set", {"account": "you", "mailbox": "INBOX", "identifier": "ann@example.org", "rights": "lrs"}), ("mailbox.acl.list", {"account": "you"}),
    ("mailbox.acl.remove", {"account": "you", "mailbox": "INBOX", "identifier": "ann"}),
    ("account.totp.enrol", {"account": "ann"}), ("account.totp.show", {"account": "ann"}), ("account.totp.remove", {"account": "ann"}),
    ("address.add", {"account": "ann", "address": "ann+x@example.org"}), ("address.list", {"domain": "example.org"}),
    ("address.remove", {"account": "ann", "address": "ann+x@example.org"}),
    ("alias.add", {"address": "team@example.org", "members": ["ann@example.org"]}), ("alias.list", {}),
    ("alias.set", {"address": "team@example.org", "members": ["ann@example.org", "bob@example.org"], "anyone_may_post": True}),
    ("alias.remove", {"address": "team@example.org"}), ("domain.disable", {"domain": "example.org"}), ("domain.enable", {"domain": "example.org"}),
    ("domain.dns", {"domain": "example.org"}), ("plugin.list", {}), ("command.list", {}), ("page.list", {}), ("plugin.form", {"plugin": "smtp"}), ("plugin.fill", {"plugin": "smtp", "values": {"max_recipients": 7, "pedantic": None}}), ("plugin.configure", {"plugin": "smtp", "option": "pedantic", "value": True}),
    ("plugin.disable", {"plugin": "imap"}), ("plugin.enable", {"plugin": "imap"}), ("config.set", {"key": "log.level", "value": "debug"}),
    ("config.get", {"key": "log.level"}), ("config.undo", {}), ("config.set", {"key": "storage.quota", "value": "5GB"}),
    ("config.unset", {"key": "storage.quota"}), ("certificate.list", {}), ("connection.list", {}), ("connection.kick", {"account": "ann"}), ("limits.show", {}), ("limits.clear", {"address": "192.0.2.1"}), ("log.level", {"level": "debug", "module": "smtp"}),
    ("token.create", {"name": "phone", "role": "account", "account": "ann", "days": 1}), ("token.list", {}), ("token.revoke", {"name": "phone"}),
    ("account.remove", {"account": "bob"}), ("account.remove", {"account": "ann"}), ("domain.remove", {"domain": "example.org"}),
    ("queue.list", {"max": 10}), ("queue.summary", {}), ("queue.hold", {"all": True}), ("queue.unhold", {"ids": ["1"]}), ("queue.retry", {"to": "@far.example"}),
    ("queue.reschedule", {"in": "1h", "account": "you"}), ("queue.transport", {"name": "default", "all": True}), ("queue.tls", {"tls": "default", "all": True}),
    ("queue.fail", {"message": "none", "why": "no reason"}), ("queue.drop", {"from": "nobody"}), ("queue.retired.list", {"result": "failed"}),
    ("queue.rules.add", {"account": "you"}), ("queue.rules.list", {}), ("queue.rules.remove", {"id": "1"}),
    ("queue.suppress.add", {"account": "you", "address": "x@far.example"}), ("queue.suppress.list", {}),
    ("queue.suppress.remove", {"account": "you", "address": "x@far.example"}),
    ("reload", {}), ("audit", {"max": 3}), ("trace", {"what": "you@localhost"}), ("stop", {}),
]


@pytest.fixture
def server(tmp_path):
    s = posthouse.Server(tmp_path / "s")
    s.start()
    s.stop()
    path = pathlib.Path(s.config)
    path.write_text(path.read_text() + '\n# The listener of administration.\n[listeners.admin]\naddress = ["127.0.0.1:0"]\nprotocol = "admin"\ntls = "implicit"\n')
    s.start()
    yield s
    if s.process.poll() is None:
        s.stop()


class Face:
    """Calls operations; the answer's status and body."""

    def curl(self, operation, args, *options):
        method, path, _ = OPERATIONS[operation]
        args = dict(args)
        for name in re.findall(r"{(\w+)}", path):
            path = path.replace("{" + name + "}", urllib.parse.quote(args.pop(name), safe=""))
        command = ["curl", "-s", "-k", "-X", method, "-w", "\n%{http_code}", *options]
        if method in ("GET", "DELETE"):
            pairs = [(k, v if isinstance(v, str) else json.dumps(v)) for k, value in args.items() for v in (value if isinstance(value, list) else [value])]
            path += "?" + urllib.parse.urlencode(pairs, quote_via=urllib.parse.quote) if pairs else ""
        else:
            command += ["-H", "content-type: application/json", "-d", json.dumps(args)]
        body, _, code = subprocess.run([*command, self.base + path], capture_output=True, text=True, check=True, timeout=60).stdout.rpartition("\n")
        return int(code), json.loads(body)


class Socket(Face):
    base = "http://localhost"

    def __init__(self, server):
        self.socket = str(server.folder / "ctl.sock")

    def __call__(self, operation, args):
        return self.curl(operation, args, "--unix-socket", self.socket)


class Https(Face):
    def __init__(self, server, token):
        listeners = Socket(server)("status", {})[1]["listeners"]
        self.base = "https://" + next(l for l in listeners if l["name"] == "admin")["addresses"][0]
        self.token = token

    def __call__(self, operation, args):
        return self.curl(operation, args, *(["-H", "authorization: Bearer " + self.token] if self.token else []))


class Cli:
    def __init__(self, server):
        self.server = server

    def __call__(self, operation, args):
        method, path, op = OPERATIONS[operation]
        usage = subprocess.run([posthouse.PROGRAM, "help", *operation.split(".")], capture_output=True, text=True, check=True).stdout.split("\n", 1)[0]
        command, stdin, words = [*operation.split("."), "--dir", str(self.server.folder), "--json"], None, []
        for name, value in args.items():
            shown = name.upper().replace("_", "-")
            if name == "password":
                stdin = value + "\n"
                command += ["--password-stdin"] if "--password-stdin" in usage else []
            elif re.search(rf"(?<![-\w]){shown}(?![-\w])", usage):
                words.append((usage.index(shown), value if isinstance(value, list) else [value]))
            elif value is True:
                command.append("--" + name.replace("_", "-"))
            else:
                for v in value if isinstance(value, list) else [value]:
                    command += ["--" + name.replace("_", "-"), str(v)]
        for _, value in sorted(words, key=lambda w: w[0]):
            command += [v if isinstance(v, str) else json.dumps(v) for v in value]
        done = self.server.run(*command, check=False, input=stdin)
        assert done.returncode == 0, (command, done.stderr)
        return 200, json.loads(done.stdout)


def token(server, name, *args):
    return json.loads(server.run("token", "create", name, *args, "--dir", str(server.folder), "--json").stdout)["token"]


def fits(value, schema):
    kinds = {"string": str, "integer": int, "boolean": bool, "array": list, "object": dict}
    if "type" in schema:
        assert isinstance(value, kinds[schema["type"]]), (value, schema)
    if isinstance(value, list):
        for item in value:
            fits(item, schema.get("items", {}))
    if isinstance(value, dict) and "properties" in schema:
        assert set(value) <= set(schema["properties"]), (value, schema)
        assert set(schema.get("required", [])) <= set(value)
        for key, item in value.items():
            fits(item, schema["properties"][key])


@pytest.mark.parametrize("kind", ["socket", "cli", "https"])
def test_every_operation(server, kind):
    """Each one works, answers what it promises, and is in the audit log if it changes something."""
    assert {name for name, _ in CALLS} | ELSEWHERE == set(OPERATIONS)
    face = {"socket": Socket, "cli": Cli, "https": lambda s: Https(s, token(s, "all"))}[kind](server)
    before = pathlib.Path(server.config).read_text()
    for operation, args in CALLS:
        status, body = face(operation, args)
        assert status == 200, (operation, body)
        fits(body, OPERATIONS[operation][2]["responses"]["200"]["content"]["application/json"]["schema"])
    assert server.process.wait(60) == 0
    text = pathlib.Path(server.config).read_text()
    for line in before.splitlines():  # what was there is still there, and in its order
        assert line in text.splitlines()
    audit = [json.loads(line) for line in (server.folder / "data/admin/audit.log").read_text().splitlines()]
    changing = [name for name, _ in CALLS if not name.endswith((".list", ".show", ".get", ".logins", ".dns")) and name not in ("status", "audit", "trace", "queue.summary", "store.verify", "store.removed", "store.index", "search", "plugin.form")]
    assert [a["operation"] for a in audit if a["who"] != "unix:0" or kind != "https"] == changing
    assert all(a["result"] == "ok" for a in audit)
    assert {a["face"] for a in audit} <= {"socket", "token"}
    for file in (server.folder / "data/admin").iterdir():
        assert stat.S_IMODE(file.stat().st_mode) == 0o600, file
        assert "correct horse" not in file.read_text() and "battery staple" not in file.read_text()
    assert "battery staple" not in server.log.read_text()


def arguments(operation):
    """Of somebody else."""
    args = operation_arguments.arguments(OPERATIONS[operation][2])
    if operation == "limits.clear":
        args["address"] = "192.0.2.1"
    return args


def test_every_audience(server):
    """Who may not is told so before anything happens; nobody touches what is another's."""
    cli = Cli(server)
    cli("domain.add", {"domain": "example.org"})
    cli("account.add", {"account": "ann", "address": "ann@example.org"})
    before = {p: p.read_text() for p in server.folder.rglob("*.toml")}
    faces = {None: Https(server, None), "wrong": Https(server, "ph_" + "0" * 64), "account": Https(server, token(server, "a", "--role", "account", "--account", "ann")),
             "domain-admin": Https(server, token(server, "d", "--role", "domain-admin", "--domains", "example.org"))}
    for operation, (_, _, op) in OPERATIONS.items():
        args = arguments(operation)
        for who, face in faces.items():
            status, body = face(operation, args)
            if who in (None, "wrong"):
                assert (status, body["code"]) == (401, "denied"), operation
            elif operation == "session.end":
                assert status == 404, (operation, who, body)
            elif ROLES.index(who) < ROLES.index(op["x-role"]) or args:
                assert (status, body["code"]) == (403, "denied"), (operation, who, body)
            elif operation != "account.logins":
                assert status == 200, (operation, who, body)
                assert "localhost" not in json.dumps(body), (operation, who)
    assert before == {p: p.read_text() for p in server.folder.rglob("*.toml")}
    # His own.
    account, admin = faces["account"], faces["domain-admin"]
    assert account("account.show", {"account": "ann"})[1]["addresses"] == ["ann@example.org"]
    assert account("account.password", {"account": "ann", "password": "my own new one"})[0] == 200
    assert account("account.logins", {})[0] == 200 and account("account.logins", {"account": "you"})[0] == 403
    assert [a["account"] for a in admin("account.list", {})[1]["items"]] == ["ann"]
    assert [d["domain"] for d in admin("domain.list", {})[1]["items"]] == ["example.org"]
    assert admin("address.add", {"account": "ann", "address": "x@localhost"})[0] == 403
    assert admin("address.add", {"account": "ann", "address": "x@example.org"})[0] == 200
    assert admin("alias.add", {"address": "all@example.org", "members": ["ann@example.org", "you@localhost"]})[0] == 403
    # An account that reaches into another domain is no longer his.
    assert cli("address.add", {"account": "ann", "address": "ann@localhost"})[0] == 200
    assert admin("account.password", {"account": "ann", "password": "stolen password"})[0] == 403


def test_tokens(server):
    run = lambda *args, **kwargs: server.run(*args, "--dir", str(server.folder), **kwargs)
    only = Https(server, token(server, "only", "--operations", "account.*", "--operations", "status"))
    assert [only(name, {})[0] for name in ("status", "account.list", "domain.list", "stop")] == [200, 200, 403, 403]
    kept = (server.folder / "data/admin/tokens.json").read_text()
    assert only.token not in kept and only.token[3:] not in kept
    assert run("token", "create", "only", check=False).returncode == 1
    assert "token.create" not in run("token", "list").stdout
    for bad in (["x", "--role", "account"], ["x", "--domains", "localhost"], ["x", "--operations", "acount.*"], ["x", "--role", "account", "--account", "nobody"], ["x", "--days", "-1"]):
        assert run("token", "create", *bad, check=False).returncode == 1, bad
    server.stop()
    file = server.folder / "data/admin/tokens.json"
    tokens = json.loads(file.read_text())
    server.start()
    only = Https(server, only.token)
    assert only("status", {})[0] == 200  # over a restart
    run("token", "revoke", "only")
    assert only("status", {})[0] == 401
    server.stop()
    tokens["tokens"][0]["expires"] = 1
    file.write_text(json.dumps(tokens))
    server.start()
    assert Https(server, only.token)("status", {})[0] == 401  # expired


def test_refusals(server, tmp_path):
    large = tmp_path / "large"
    large.write_text("x" * 1100000)
    raw = lambda *args: subprocess.run(["curl", "-s", "-i", "--unix-socket", str(server.folder / "ctl.sock"), *args], capture_output=True, check=True).stdout.decode()
    base, js = "http://localhost/api/v1", ["-H", "content-type: application/json"]
    table = [
        (["-d", "{}", base + "/reload"], 415, "invalid"), ([*js, "-d", "{", base + "/domains"], 400, "invalid"), ([*js, "-d", "[]", base + "/domains"], 400, "invalid"),
        ([*js, "-d", '{"domain":1}', base + "/domains"], 400, "invalid"), ([*js, "-d", "{}", base + "/domains"], 400, "invalid"),
        ([*js, "-d", '{"domain":"a.example","domian":"x"}', base + "/domains"], 400, "invalid"), ([*js, "-d", '{"domain":"a.example","domain":"b.example"}', base + "/domains"], 400, "invalid"),
        ([base + "/accounts?x=1"], 400, "invalid"), ([base + "/accounts/nobody"], 404, "not_found"), ([base + "/nothing"], 404, "not_found"), ([base + "/"], 404, "not_found"),
        (["-X", "DELETE", base + "/status"], 405, "invalid"), (["-X", "PUT", *js, "-d", '{"password":"long enough"}', base + "/accounts/you/password?password=x"], 400, "invalid"),
        ([*js, "-d", '{"account":"../x","address":"x@localhost"}', base + "/accounts"], 400, "invalid"),
        ([base + "/config?file=../../etc/passwd"], 400, "invalid"), ([base + "/config?file=accounts/../posthouse.toml"], 400, "invalid"),
        (["-X", "PUT", *js, "-d", '{"key":"log.level","value":"loud"}', base + "/config"], 400, "invalid"),
        (["-X", "PUT", *js, "-d", '{"key":"accounts[0].x","value":1,"file":"domains/nowhere.toml"}', base + "/config"], 404, "not_found"),
        ([*js, "-d", '{"domain":"localhost"}', base + "/domains"], 409, "conflict"), ([*js, "-d", f"@{large}", base + "/domains"], 413, None),
    ]
    for args, status, code in table:
        head, _, body = raw(*args).rpartition("\r\n\r\n")
        assert f"HTTP/1.1 {status} " in head, (args, head)
        if code:
            assert json.loads(body)["code"] == code, (args, body)
    wrong = json.loads(raw("-X", "PUT", *js, "-d", '{"key":"log.level","value":"loud"}', base + "/config").rpartition("\r\n\r\n")[2])
    assert wrong["file"].endswith("posthouse.toml") and wrong["line"] > 1 and wrong["column"] == 1 and "must be one of" in wrong["message"]
    assert "posthouse.toml" in wrong["message"]
    assert "\r\nallow: GET\r\n" in raw("-X", "POST", *js, "-d", "{}", base + "/status")


def test_configuration(server):
    """Preview, change, undo; a change that the reload refuses leaves no trace."""
    call = Socket(server)
    path = pathlib.Path(server.config)
    before = path.read_bytes()
    status, body = call("config.set", {"key": "limits.memory", "value": "128MB", "preview": True})
    assert status == 200 and not body["applied"] and '+memory = "128MB"' in body["difference"] and path.read_bytes() == before
    assert call("config.undo", {})[0] == 404
    assert call("config.set", {"key": "limits.memory", "value": "128MB"})[1]["applied"]
    after = path.read_bytes()
    assert after.replace(b'memory = "128MB"\n', b"") == before
    assert call("config.undo", {"preview": True})[1]["difference"] and path.read_bytes() == after
    assert call("config.undo", {})[0] == 200 and path.read_bytes() == before
    assert call("config.undo", {})[0] == 200 and path.read_bytes() == after
    path.write_bytes(after + b"# by hand\n")
    assert call("config.undo", {})[0] == 409
    # A port that is taken shows only when the server listens.
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        address = "127.0.0.1:%d" % taken.getsockname()[1]
        now = path.read_bytes()
        status, body = call("config.set", {"key": "listeners.smtp.address", "value": [address]})
        assert status >= 400 and path.read_bytes() == now, body
    with server.smtp() as s:
        assert s.noop()[0] == 250
    # Removed and put back whole.
    account = server.folder / "accounts" / "eve.toml"
    assert call("account.add", {"account": "eve", "address": "eve@localhost", "full_name": "Eve \"E\" Ä"})[0] == 200
    text = account.read_text()
    assert call("account.remove", {"account": "eve"})[0] == 200 and not account.exists()
    assert call("config.undo", {})[0] == 200 and account.read_text() == text
    assert call("account.remove", {"account": "you"})[0] == 400  # the postmaster
    assert (server.folder / "accounts" / "you.toml").exists()
    # What a running server can't follow is written, and said.
    assert call("config.set", {"key": "hostname", "value": "new.example"})[1]["restart"] == ["hostname"]
    assert call("config.get", {"key": "hostname"})[1]["value"] == "new.example" and call("status", {})[1]["hostname"] == "localhost"
    assert call("config.set", {"key": "log.level", "value": "info", "preview": True})[1]["restart"] == ["hostname"]
    assert call("config.undo", {})[1]["restart"] == []


def test_changes_hold(server):
    """What was changed is in force at once."""
    run = lambda *args, **kwargs: server.run(*args, "--dir", str(server.folder), **kwargs)
    made = json.loads(run("account", "add", "ann", "ann@localhost", "--json").stdout)
    imap = server.imap(user="ann@localhost", password=made["password"])
    imap.logout()
    run("account", "password", "ann", input="another password\n")
    server.imap(user="ann", password="another password").logout()
    run("account", "disable", "ann", "gone fishing")
    with pytest.raises(Exception, match="gone fishing|disabled|fail"):
        server.imap(user="ann", password="another password")
    logins = json.loads(run("account", "logins", "ann", "--json").stdout)["items"]
    assert {l["result"] for l in logins} >= {"ok"} and all(l["remote"] == "127.0.0.1" for l in logins)
    run("alias", "add", "both@localhost", "ann@localhost", "you@localhost", "--anyone-may-post")
    server.send("Subject: both\r\n\r\nx\r\n", to=["both@localhost"])
    c = server.imap()
    wait_for(lambda: c.select()[1][0] == b"1")
    run("plugin", "disable", "imap")
    assert "off" in next(l for l in run("plugin", "list").stdout.splitlines() if l.startswith("imap "))
    with pytest.raises(OSError):
        server.imap()
    run("plugin", "enable", "imap")
    server.imap().logout()


def test_app_passwords(server):
    run = lambda *args: json.loads(server.run("app-password", *args, "--dir", str(server.folder), "--json").stdout)
    phone, any_ = run("add", "you", "phone", "--protocols", "imap")["password"], run("add", "you", "any", "--days", "1")["password"]
    credentials = server.folder / "data" / "credentials" / "you"
    assert len(phone) == 24 and phone not in credentials.read_text()

    def submits(password):
        with smtplib.SMTP("127.0.0.1", server.ports["submission"], timeout=60) as s:
            s.ehlo()
            try:
                return s.docmd("AUTH PLAIN", base64.b64encode(b"\0you@localhost\0" + password.encode()).decode())[0] == 235
            except smtplib.SMTPServerDisconnected:
                return False

    for password in (phone, any_, posthouse.PASSWORD):
        server.imap(password=password).logout()
    assert [submits(p) for p in (phone, any_, posthouse.PASSWORD, phone[:-1])] == [False, True, True, False]
    assert [(p["name"], p["protocols"]) for p in run("list", "you")["items"]] == [("phone", ["imap"]), ("any", [])]
    assert server.run("app-password", "add", "you", "phone", "--dir", str(server.folder), check=False).returncode == 1
    credentials.write_text(re.sub(r"(app-password any .*) \d+\n", r"\1 1\n", credentials.read_text()))
    assert not submits(any_)  # expired
    run("remove", "you", "phone")
    with pytest.raises(imaplib.IMAP4.error):
        server.imap(password=phone)
    server.run("account", "password", "you", "--dir", str(server.folder), input="another password\n")
    server.imap(password="another password").logout()


def test_connections_and_limits(tmp_path):
    server = posthouse.Server(tmp_path / "s")
    server.start()
    server.stop()
    path = pathlib.Path(server.config)
    path.write_text(path.read_text().replace("exempt = [", "login_failures_per_minute = [2, 0, 0]\nexempt = [] # ["))
    server.start()
    try:
        run = lambda *args, **kwargs: json.loads(server.run(*args, "--dir", str(server.folder), "--json", **kwargs).stdout)
        c, other = server.imap(), server.imap(login=False)
        mine = [x for x in run("connection", "list")["items"] if x["listener"] == "imap"]
        assert [(x["protocol"], x["remote"], x["account"]) for x in mine] == [("imap", "127.0.0.1", "you"), ("imap", "127.0.0.1", "")]
        assert run("connection", "kick", "--account", "you")["ended"] == 1
        with pytest.raises((OSError, imaplib.IMAP4.abort)):
            for _ in range(3):
                c.noop()
        assert run("connection", "kick", str(mine[1]["id"]))["ended"] == 1
        wait_for(lambda: not [x for x in run("connection", "list")["items"] if x["listener"] == "imap"])
        assert server.run("connection", "kick", "1", "--dir", str(server.folder), check=False).returncode == 1
        for _ in range(2):
            with pytest.raises(imaplib.IMAP4.error):
                server.imap(password="wrong")
        with pytest.raises((OSError, imaplib.IMAP4.error)):
            server.imap()
        counts = run("limits", "show")["items"]
        assert {"rule": "login_failures_per_minute", "listener": "", "network": "127.0.0.1/32", "count": 2} in counts
        run("limits", "clear", "127.0.0.1")
        server.imap().logout()
    finally:
        server.stop()


def test_command_line(server, tmp_path):
    here = lambda *args, **kwargs: server.run(*args, check=False, cwd=server.folder, **kwargs)
    assert here("status").stdout.startswith("version")
    assert here("--dir", str(server.folder), "status", "--json").stdout.startswith('{"version"')
    for args, code, words in [(["acount", "list"], 2, "did you mean 'account list'"), (["account", "list", "--jsn"], 2, "did you mean 'json'"), (["account", "show"], 2, "ACCOUNT is missing"),
                              (["account", "show", "a", "b"], 2, "one word too many"), (["account", "show", "nobody"], 1, "there is no account nobody"), (["log", "level", "loud"], 1, "must be one of"),
                              (["status", "--dir", str(tmp_path)], 3, "No such file"), (["audit", "--max", "x"], 2, "whole number")]:
        done = here(*args)
        assert done.returncode == code and words in done.stderr, (args, done)
    assert "usage: posthouse account add ACCOUNT ADDRESS" in here("help", "account", "add").stdout
    complete = lambda *words: here("complete", "--", *words).stdout.split()
    assert "account" in complete("acc") and {"add", "list", "logins"} <= set(complete("account", ""))
    assert complete("log", "level", "--") and "debug" in complete("log", "level", "d") and "--full-name" in complete("account", "add", "--f")
    # Without a server some work on files.
    server.stop()
    assert here("status").returncode == 3
    assert here("domain", "add", "example.net").returncode == 0 and (server.folder / "domains/example.net.toml").exists()


# What each shell makes of its script, for `posthouse plugin di`.
SHELLS = {
    "bash": ["bash", "-c", 'source ./script; COMP_WORDS=(posthouse plugin di); COMP_CWORD=2; _posthouse; echo "${COMPREPLY[@]}"'],
    "zsh": ["zsh", "-f", "-c", "autoload -Uz compinit; compinit -D -u; source ./script; compadd() { shift; print -l -- ${(P)1} }; words=(posthouse plugin di); CURRENT=3; _posthouse"],
    "fish": ["fish", "--no-config", "-c", "source ./script; complete -C 'posthouse plugin di'"],
}


@pytest.mark.parametrize("shell", SHELLS)
def test_completion(shell, tmp_path):
    script = subprocess.run([posthouse.PROGRAM, "completion", shell], capture_output=True, text=True, check=True).stdout
    (tmp_path / "script").write_text(script)
    env = dict(os.environ, PATH=f"{posthouse.PROGRAM.parent}:{os.environ['PATH']}", HOME=str(tmp_path))
    out = subprocess.run(SHELLS[shell], capture_output=True, text=True, env=env, cwd=tmp_path, check=True)
    assert (out.stdout, out.stderr) == ("disable\n", "")


def test_socket(server):
    path = server.folder / "ctl.sock"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    old = server.kill_worker()
    wait_for(lambda: server.pid not in (0, old))
    call = Socket(server)
    wait_for(lambda: subprocess.run(["curl", "-s", "--unix-socket", str(path), "http://x/api/v1/status"], capture_output=True).returncode == 0)
    assert call("status", {})[0] == 200  # the dead one's socket was replaced
    server.stop()
    assert not path.exists()
    path.write_text("not a socket")
    server.start()
    assert "no control socket" in server.log.read_text() and path.read_text() == "not a socket"
    server.stop()
    path.unlink()
    server.start()
    # Requests under way hold nobody up.
    with socket.socket(socket.AF_UNIX) as slow:
        slow.connect(str(path))
        slow.sendall(b"POST /api/v1/reload HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n")
        assert server.stop() == 0


def test_long_path(tmp_path):
    folder = tmp_path / ("long" * 30) / "s"
    folder.parent.mkdir()
    s = posthouse.Server(folder)
    s.start()
    try:
        assert s.run("status", "--dir", str(folder)).stdout.startswith("version")
    finally:
        s.stop()
