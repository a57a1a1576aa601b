"""Logins of browsers: cookies and what protects them, one-time codes, roles, and every route with every audience."""
import base64
import hashlib
import hmac
import json
import pathlib
import re
import shutil
import sqlite3
import struct
import subprocess
import time
import urllib.parse

import posthouse
import pytest
from operation_arguments import arguments

pytestmark = pytest.mark.sanitize
API = json.loads((posthouse.ROOT / "docs" / "openapi.json").read_text())
ADMIN = '\n[listeners.admin]\naddress = ["127.0.0.1:0"]\nprotocol = "admin"\ntls = "implicit"\n'


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """With accounts of each role, and a plugin that has routes for each audience."""
    root = tmp_path_factory.mktemp("login")
    s = posthouse.Server(root / "s").start()
    s.stop()
    folder = root / "plugins"
    shutil.copytree(posthouse.BUILD / "plugins", folder)
    for suffix in (".so", ".json"):
        shutil.copy(posthouse.BUILD / "web-plugins" / ("web" + suffix), folder)
    path = pathlib.Path(s.config)
    path.write_text(path.read_text().replace('data_dir = "data"', f'data_dir = "data"\nplugin_dir = "{folder}"', 1) + ADMIN)
    s.start()
    run(s, "domain", "add", "example.org")
    for name, address in (("ann", "ann@localhost"), ("dora", "dora@example.org"), ("dan", "dan@example.org"), ("ada", "ada@localhost")):
        run(s, "account", "add", name, address, "--password-stdin", input="correct horse\n")
    run(s, "account", "role", "dora", "domain-admin", "--domains", "example.org")
    run(s, "account", "role", "ada", "admin")
    yield s
    assert s.stop() == 0


def run(server, *words, code=0, **kwargs):
    out = server.run(*words, "--dir", str(server.folder), check=False, **kwargs)
    assert out.returncode == code, (words, out)
    return out.stdout


class Browser:
    """Keeps one cookie and says where its pages come from."""

    def __init__(self, server, secure=True):
        self.secure = secure
        self.port = server.ports["https" if secure else "http"]
        self.base = f"http{'s' if secure else ''}://localhost:{self.port}"
        self.cookie = self.csrf = None

    def request(self, method, path, body=None, fields=(), kind="application/json", csrf=True):
        command = ["curl", "-sk", "-i", "-X", method, "-w", "\n%{http_code}", "--resolve", f"localhost:{self.port}:127.0.0.1"]
        if self.cookie:
            command += ["-H", f"Cookie: {self.cookie}"]
        if self.csrf and csrf and method != "GET":
            command += ["-H", f"X-CSRF-Token: {self.csrf}"]
        if body is not None:
            command += ["-H", f"Content-Type: {kind}", "--data-binary", body if isinstance(body, str) else json.dumps(body)]
        for f in fields:
            command += ["-H", f]
        out = subprocess.run([*command, self.base + path], capture_output=True, text=True, check=True).stdout
        head, _, rest = out.partition("\n\n") if "\r\n\r\n" not in out else out.replace("\r\n", "\n").partition("\n\n")
        text, _, status = rest.rpartition("\n")
        self.head = head.lower()
        return int(status), text

    def login(self, user="ann", password="correct horse", **more):
        status, text = self.request("POST", "/api/v1/session", {"user": user, "password": password, **more})
        if status == 200:
            self.set_cookie = re.search(r"(?m)^set-cookie: (.*)$", self.head).group(1)
            self.cookie, self.csrf = self.set_cookie.partition(";")[0].replace("__host-", "__Host-"), json.loads(text)["csrf"]
        return status, json.loads(text)

    def api(self, method, path, body=None):
        status, text = self.request(method, "/api/v1" + path, body)
        return status, json.loads(text)


def totp(secret, step=0):
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    mac = hmac.new(key, struct.pack(">Q", int(time.time()) // 30 + step), hashlib.sha1).digest()
    offset = mac[19] & 15
    return f"{(struct.unpack('>I', mac[offset:offset + 4])[0] & 0x7fffffff) % 10**6:06}"


@pytest.mark.parametrize("secure", [True, False])
def test_cookie(server, secure):
    b = Browser(server, secure)
    status, body = b.login()
    assert status == 200 and body["account"] == "ann"
    attributes = set(b.set_cookie.split("; ")[1:])
    assert attributes == {"path=/", "httponly", "samesite=strict"} | ({"secure"} if secure else set())
    assert b.cookie.startswith("__Host-posthouse=" if secure else "posthouse=")
    assert "cache-control: no-store" in b.head and "content-encoding" not in b.head
    status, who = b.api("GET", "/session")
    assert status == 200 and (who["account"], who["role"], who["csrf"]) == ("ann", "account", b.csrf)
    # Only hashes are kept.
    secret = b.cookie.partition("=")[2]
    kept = b"".join(p.read_bytes() for p in (server.folder / "data").glob("sessions.db*"))
    assert secret.encode() not in kept and hashlib.sha256(secret.encode()).hexdigest().encode() in kept
    assert b.api("DELETE", "/session")[0] == 200
    assert b.request("GET", "/api/v1/session")[0] == 401


def test_refused(server):
    b = Browser(server)
    for args in ({"password": "wrong"}, {"user": "nobody"}, {"user": ""}, {"password": ""}):
        status, body = b.login(**args)
        assert (status, body["code"], body["message"]) == (401, "denied", "the user name or the password is wrong")
    app = json.loads(run(server, "app-password", "add", "ann", "phone", "--json"))["password"]
    assert b.login(password=app)[0] == 401
    for body, kind, status in (("{}", "application/json", 400), ("user=ann", "application/x-www-form-urlencoded", 415), ('{"user": 1, "password": "x"}', "application/json", 400),
                               ("{", "application/json", 400), ('{"user": "' + "x" * 20000 + '"}', "application/json", 413)):
        assert b.request("POST", "/api/v1/session", body, kind=kind)[0] == status, body
    assert b.request("POST", "/api/v1/session", {"user": "ann", "password": "correct horse"}, ["Origin: https://evil.example"])[0] == 403
    assert b.request("POST", "/api/v1/session", {"user": "ann", "password": "correct horse"}, ["Sec-Fetch-Site: cross-site"])[0] == 403
    log = run(server, "account", "logins", "ann")
    assert "web" in log and "denied" in log
    b.cookie = "__Host-posthouse=" + "0" * 64
    assert b.request("GET", "/api/v1/session")[0] == 401
    assert b.login()[0] == 200
    good = b.cookie
    for bad in (good[:-1], good + "0", good + "; " + good[:-1] + "x", good.replace("__Host-", "")):
        b.cookie = bad
        assert b.request("GET", "/api/v1/session")[0] == 401, bad
    b.cookie = "a=b; " + good + ";c=d"
    assert b.request("GET", "/api/v1/session")[0] == 200


def test_forgery(server):
    """What changes something needs the token, and a page of ours."""
    b = Browser(server)
    b.login()
    path, body = "/api/v1/accounts/ann/password", {"password": "correct horse"}
    assert b.request("PUT", path, body, csrf=False)[0] == 403
    assert b.request("PUT", path, body, ["X-CSRF-Token: " + "0" * 64], csrf=False)[0] == 403
    assert b.request("PUT", path, body, ["Origin: https://evil.example"])[0] == 403
    assert b.request("PUT", path, body, ["Origin: null"])[0] == 403
    assert b.request("PUT", path, body, ["Sec-Fetch-Site: same-site"])[0] == 403
    assert b.request("PUT", path, body, [f"Origin: {b.base}", "Sec-Fetch-Site: same-origin"])[0] == 200
    # The token of one session is no good for another.
    other = Browser(server)
    other.login()
    other.csrf = b.csrf
    assert other.request("PUT", path, body)[0] in (401, 403)


def test_form(server):
    """Without a script."""
    b = Browser(server)
    status, page = b.request("GET", "/login?next=/web/account%3Fa%3Db")
    assert status == 200 and 'name="next" value="/web/account?a=b"' in page and "<script" not in page
    assert "default-src 'none'" in b.head and "form-action 'self'" in b.head and "frame-ancestors 'none'" in b.head
    for bad in ("//evil.example", "https://evil.example", "/%5Cevil.example", "/%0d%0aset-cookie:x", "%22%3E%3Cscript%3E"):
        assert 'name="next" value="/">' in b.request("GET", "/login?next=" + bad)[1], bad
    form = lambda **fields: urllib.parse.urlencode({"user": "ann@localhost", "password": "correct horse", "next": "/web/account", **fields})
    kind = "application/x-www-form-urlencoded"
    status, page = b.request("POST", "/login", form(password="<b>wrong"), kind=kind)
    assert status == 401 and "the user name or the password is wrong" in page and "<b>" not in page and "set-cookie" not in b.head
    assert b.request("POST", "/login", form(), ["Origin: https://evil.example"], kind=kind)[0] == 403
    assert b.request("POST", "/login", form(), kind=kind)[0] == 303
    assert "location: /web/account\n" in b.head + "\n"
    b.cookie = re.search(r"set-cookie: (.*?);", b.head).group(1).replace("__host-", "__Host-")
    assert b.request("GET", "/web/account")[0] == 200
    assert b.request("POST", "/logout", "", ["Origin: https://evil.example"])[0] == 403
    assert b.request("POST", "/logout", "")[0] == 303 and "max-age=0" in b.head
    assert b.request("GET", "/web/account")[0] == 401
    assert b.request("GET", "/web/account?x=1&y", fields=["Accept: text/html"])[0] == 303 and "location: /login?next=/web/account%3fx%3d1%26y" in b.head


def test_one_time_codes(server):
    b = Browser(server)
    b.login("dan")
    assert b.api("GET", "/accounts/dan/totp")[1] == {"enrolled": False, "confirmed": False, "recovery_codes": 0}
    made = b.api("POST", "/accounts/dan/totp", {})[1]
    assert made["uri"] == f"otpauth://totp/localhost:dan?secret={made['secret']}&issuer=localhost"
    other = Browser(server)
    assert other.login("dan")[0] == 200  # not asked for before it is confirmed
    assert b.api("POST", "/accounts/dan/totp/confirm", {"code": "000000"})[0] == 403
    first = totp(made["secret"], -1)
    codes = b.api("POST", "/accounts/dan/totp/confirm", {"code": first})[1]["recovery_codes"]
    assert len(set(codes)) == 10 and b.api("POST", "/accounts/dan/totp", {})[0] == 409
    # Who logged in without is out, the one that asked is not.
    assert other.request("GET", "/api/v1/session")[0] == 401 and b.request("GET", "/api/v1/session")[0] == 200
    status, body = other.login("dan")
    assert (status, body["code"]) == (401, "code_needed")
    assert other.login("dan", "wrong", code=totp(made["secret"]))[1]["code"] == "denied"
    for bad in (first, "000000", "1", codes[0][:-1]):
        assert other.login("dan", code=bad)[0] == 401, bad
    code = totp(made["secret"])
    assert other.login("dan", code=code)[0] == 200
    assert other.login("dan", code=code)[0] == 401  # once only
    assert other.login("dan", code=codes[3].upper().replace("-", ""))[0] == 200
    assert other.login("dan", code=codes[3])[0] == 401
    assert b.api("GET", "/accounts/dan/totp")[1] == {"enrolled": True, "confirmed": True, "recovery_codes": 9}
    # Mail programs know nothing of it.
    server.imap(user="dan", password="correct horse").logout()
    # The file has the secret, nobody else has.
    assert made["secret"] not in server.log.read_text() and codes[0] not in (server.folder / "data/admin/audit.log").read_text()
    # Who tries codes has to wait, whatever he brings.
    for _ in range(10):
        assert other.login("dan", code="000000")[0] in (401, 429)
    assert other.login("dan", code=codes[5])[0] == 429
    # His admin helps; he himself needs a code.
    assert b.api("POST", "/accounts/dan/totp/remove", {})[0] == 403
    admin = Browser(server)
    admin.login("dora")
    assert admin.api("POST", "/accounts/dan/totp/remove", {})[0] == 200
    assert other.login("dan")[0] == 200


def test_sessions(server):
    one, two, admin = Browser(server), Browser(server), Browser(server)
    one.login()
    two.login()
    admin.login("ada")
    mine = [s for s in one.api("GET", "/sessions")[1]["items"]]
    assert {s["account"] for s in mine} == {"ann"} and sum(s["this"] for s in mine) == 1
    ends = {s["account"]: s["ends"] - s["begun"] for s in admin.api("GET", "/sessions")[1]["items"] if s["this"] or s["account"] == "ann"}
    assert abs(ends["ann"] - 24 * 3600) < 120 and abs(ends["ada"] - 3600) < 120
    name = two.api("GET", "/session")[1]["session"]
    stranger = Browser(server)
    stranger.login("dan")
    assert stranger.api("DELETE", f"/sessions/{name}")[0] == 404
    assert one.api("DELETE", f"/sessions/{name}")[0] == 200
    assert two.request("GET", "/api/v1/session")[0] == 401
    # A new password ends the others, through whatever face.
    two.login()
    assert one.api("PUT", "/accounts/ann/password", {"password": "battery staple"})[0] == 200
    assert one.request("GET", "/api/v1/session")[0] == 200 and two.request("GET", "/api/v1/session")[0] == 401
    # They outlive the server; a password that was changed meanwhile ends them.
    server.stop()
    server.start()
    assert one.request("GET", "/api/v1/session")[0] == 200 and admin.request("GET", "/api/v1/session")[0] == 200
    server.stop()
    server.run("account", "password", "ann", "--config", server.config, input="correct horse\n")
    db = sqlite3.connect(server.folder / "data" / "sessions.db")
    db.execute("UPDATE session SET used=used-3601 WHERE account='ada'")
    db.commit()
    db.close()
    server.start()
    assert one.request("GET", "/api/v1/session")[0] == 401
    assert admin.request("GET", "/api/v1/session")[0] == 401  # idle for too long
    # A role that is taken away is gone at once; one that is given counts from the next login.
    admin.login("ada")
    assert admin.api("GET", "/domains")[0] == 200
    run(server, "account", "role", "ada", "account")
    assert admin.api("GET", "/domains")[0] == 403
    run(server, "account", "role", "ada", "admin")
    one.login()
    run(server, "account", "role", "ann", "admin")
    assert one.api("GET", "/domains")[0] == 403
    run(server, "account", "role", "ann", "account")
    run(server, "account", "disable", "ann", "gone")
    assert one.request("GET", "/api/v1/session")[0] == 401
    run(server, "account", "enable", "ann")


def test_every_route_with_every_audience(server):
    roles = ["account", "domain-admin", "admin"]
    browsers = {None: Browser(server)}
    for role, user in zip(roles, ("ann", "dora", "ada")):
        browsers[role] = Browser(server)
        assert browsers[role].login(user)[0] == 200, user
    before = {p: p.read_text() for p in server.folder.rglob("*.toml")}
    for path, methods in API["paths"].items():
        for method, op in methods.items():
            args = arguments(op)
            url = path
            for name in re.findall(r"{(\w+)}", path):
                url = url.replace("{" + name + "}", urllib.parse.quote(args.pop(name), safe=""))
            if method in ("get", "delete") and args:
                url += "?" + urllib.parse.urlencode(args)
            body = None if method in ("get", "delete") else args
            for role in (None, "account", "domain-admin"):
                status, text = browsers[role].request(method.upper(), url, body)
                if role is None:
                    assert status == 401, (op["operationId"], status)
                elif roles.index(role) < roles.index(op["x-role"]) or ("{" in path and "{session}" not in path) or args:
                    assert status == 403 and json.loads(text)["code"] == "denied", (op["operationId"], role, text)
                elif op["operationId"] != "account.logins":
                    assert status in (200, 404) and "you@localhost" not in text, (op["operationId"], role, text)
            # The token of the session is needed by everybody.
            if method not in ("get",):
                assert browsers["admin"].request(method.upper(), url, body, csrf=False)[0] == 403, op["operationId"]
    assert before == {p: p.read_text() for p in server.folder.rglob("*.toml")}
    routes = {"/web/about": (200, 200, 200, 200), "/web/account": (401, 200, 200, 200), "/web/admin/x": (401, 403, 403, 200), "/login": (200, 200, 200, 200), "/": (200, 200, 200, 200)}
    for path, wanted in routes.items():
        assert tuple(b.request("GET", path)[0] for b in browsers.values()) == wanted, path
    assert browsers["admin"].api("GET", "/accounts/you")[0] == 200
    assert browsers["domain-admin"].api("GET", "/accounts/dan")[1]["addresses"] == ["dan@example.org"]
    # Nobody gets at who is more powerful, wherever his addresses are.
    run(server, "account", "role", "dan", "admin")
    assert browsers["domain-admin"].api("PUT", "/accounts/dan/password", {"password": "stolen password"})[0] == 403
    run(server, "account", "role", "dan", "account")
    log = [json.loads(line) for line in (server.folder / "data/admin/audit.log").read_text().splitlines()]
    assert any(e["face"] == "session" and e["who"] == "dora" for e in log)


@pytest.mark.parametrize("role, user, own", [
    ("account", "ann", {"account": "ann", "address": "ann@localhost"}),
    ("domain-admin", "dora", {"account": "dan", "address": "new@example.org", "domain": "example.org", "members": ["dan@example.org"]})])
def test_what_is_his(server, role, user, own):
    """Each operation that is for this role, on what is its own: nothing of it is denied."""
    b = Browser(server)
    b.login(user)
    roles = ["account", "domain-admin", "admin"]
    tried = []
    for path, methods in API["paths"].items():
        for method, op in methods.items():
            # A wrong code is denied, too; removing comes last.
            if roles.index(op["x-role"]) > roles.index(role) or op["operationId"].startswith("account.totp.") or op["operationId"].endswith((".remove", "disable")):
                continue
            args = {name: own.get(name, value) for name, value in arguments(op).items()}
            url = path
            for name in re.findall(r"{(\w+)}", path):
                url = url.replace("{" + name + "}", urllib.parse.quote(args.pop(name), safe=""))
            if method in ("get", "delete") and args:
                url += "?" + urllib.parse.urlencode(args)
            status, text = b.request(method.upper(), url, None if method in ("get", "delete") else args)
            assert status not in (401, 403) and status < 500, (op["operationId"], text)
            tried.append(op["operationId"])
    assert {"account.show", "account.password", "session.list"} <= set(tried) and len(tried) >= 9
    assert ("alias.add" in tried) == (role == "domain-admin")
    run(server, "account", "password", own["account"], input="correct horse\n")


def test_listener_of_administration(server):
    """Takes sessions beside tokens, with the same protection."""
    status = json.loads(run(server, "status", "--json"))
    port = next(a for a in status["listeners"] if a["name"] == "admin")["addresses"][0].rpartition(":")[2]
    b = Browser(server)
    b.port, b.base = port, f"https://localhost:{port}"
    assert b.login("ada")[0] == 200
    assert b.api("GET", "/accounts/you")[0] == 200
    assert b.request("POST", "/api/v1/reload", {}, csrf=False)[0] == 403
    assert b.request("GET", "/api/v1/accounts/you", fields=["Authorization: Bearer ph_wrong"])[0] == 401
    b.cookie = None
    assert b.request("GET", "/api/v1/accounts/you")[0] == 401


def test_limits(tmp_path):
    """Failed logins count for the network they come from; then no password helps."""
    s = posthouse.Server(tmp_path / "s").start()
    s.stop()
    path = pathlib.Path(s.config)
    path.write_text(path.read_text().replace('exempt = ["127.0.0.0/8", "::1/128"]', "exempt = []"))
    s.start()
    try:
        b = Browser(s, secure=False)
        request = lambda password: b.request("POST", "/api/v1/session", {"user": "you", "password": password})[0]
        codes = [request("wrong") for _ in range(12)]
        # The one that reaches the limit is told; from then on connections are refused.
        assert codes[0] == 401 and 429 in codes and codes[-1] == 503, codes
        assert request(posthouse.PASSWORD) == 503
        assert "login_failures" in run(s, "limits", "show")
        run(s, "limits", "clear", "127.0.0.1")
        assert request(posthouse.PASSWORD) == 200
    finally:
        s.stop()
