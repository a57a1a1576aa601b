"""The HTTP engine from outside: curl, exact bytes on sockets, a plugin's routes, slow and hostile clients."""
import select
import shutil
import socket
import ssl
import subprocess
import threading
import time
import urllib.request

import posthouse
import pytest
from house import House, off
from posthouse import wait_for

pytestmark = pytest.mark.sanitize
GET = b"GET %s HTTP/1.1\r\nHost: a\r\n\r\n"

WEB_FILES = {"index.html": b"<p>index", "app.0123abcd.js": b"let x = 1;\n" * 10_000, "sub/big.bin": bytes(range(256)) * 20_000}


@pytest.fixture(scope="module")
def web(tmp_path_factory):
    """A server with the test plugin `web` and the example http-page."""
    root = tmp_path_factory.mktemp("web")
    folder = root / "plugins"
    shutil.copytree(posthouse.BUILD / "plugins", folder)
    for source, name in (("web-plugins", "web"), ("examples", "http-page")):
        for suffix in (".so", ".json"):
            shutil.copy(posthouse.BUILD / source / (name + suffix), folder)
    for name, content in WEB_FILES.items():
        (folder / "web-files" / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / "web-files" / name).write_bytes(content)
    (folder / "web-files" / "link.js").symlink_to("/etc/passwd")
    server = posthouse.Server(root / "dir").start()
    server.stop()
    text = open(server.config, encoding="utf-8").read()
    text = text.replace('data_dir = "data"', f'data_dir = "data"\nplugin_dir = "{folder}"', 1)
    open(server.config, "w", encoding="utf-8").write(text)
    server.start()
    yield server
    assert server.stop() == 0


def url(server, path):
    return f"http://127.0.0.1:{server.ports['http']}{path}"


def curl(*args):
    return subprocess.run(["curl", "-sS", "--max-time", "60", *args], capture_output=True, text=True, check=True).stdout


def exchange(server, data, end=True):
    """Everything that comes back for these bytes, until the server closes."""
    with server.raw("http") as c:
        c.send(data)
        if end:
            c.socket.shutdown(socket.SHUT_WR)
        return c.rest()


def response(c):
    """One response with a Content-Length: status line, {field}, body."""
    status = c.line().decode().strip()
    fields = {}
    while (line := c.line()) not in (b"\r\n", b""):
        name, _, value = line.decode().partition(":")
        fields[name.lower()] = value.strip()
    wanted = int(fields.get("content-length", 0))
    while len(c.buffer) < wanted:
        data = c.socket.recv(65536)
        assert data, "closed within a body"
        c.buffer += data
    body, c.buffer = c.buffer[:wanted], c.buffer[wanted:]
    return status, fields, body


def chunks(data):
    while True:
        size, _, data = data.partition(b"\r\n")
        if (n := int(size, 16)) == 0:
            return
        yield data[:n]
        assert data[n:n + 2] == b"\r\n"
        data = data[n + 2:]


def about(text):
    return dict(line.split("=", 1) for line in text.splitlines() if "=" in line)


def test_the_page_of_localserve_says_what_listens_where(web):
    page = curl(url(web, "/"))
    for name in ("smtp", "imaps", "https"):
        assert str(web.ports[name]) in page
    assert curl("-k", f"https://127.0.0.1:{web.ports['https']}/") == page


def test_a_handler_sees_the_request(web):
    seen = about(curl("-X", "PUT", "-H", "x-test: Ä", "-H", "Host: Some.Example:99", "-d", "the body",
                      url(web, "/web/about/x/%7e%41/../%c3%a4?a=%2f&b")))
    assert seen == {"method": "PUT", "host": "some.example", "path": "/web/about/x/ä", "query": "a=%2f&b",
                    "listener": "http", "remote": "127.0.0.1", "secure": "0", "length": "8", "x-test": "Ä", "body": "the body"}
    seen = about(curl("-k", f"https://127.0.0.1:{web.ports['https']}/web/about"))
    assert (seen["secure"], seen["listener"], seen["length"]) == ("1", "https", "0")


def test_chunked_bodies_arrive(web):
    seen = about(curl("-H", "Transfer-Encoding: chunked", "-d", "the body", url(web, "/web/about")))
    assert (seen["body"], seen["length"]) == ("the body", "-1")


def test_routes_are_chosen_by_host_path_and_method(web):
    code = ["-o", "/dev/null", "-w", "%{http_code}"]
    assert curl("-H", "Host: named.example", url(web, "/web/about")) == "named\n"
    assert curl("-H", "Host: other.example", url(web, "/web/about")) != "named\n"
    assert curl(*code, url(web, "/web/abouts")) == "404"
    assert curl(*code, url(web, "/web/half/")) == "404"
    assert "allow: GET, HEAD\r\n" in exchange(web, b"POST /web/half HTTP/1.1\r\nHost: a\r\n\r\n").decode()
    assert curl(*code, "-X", "BREW", url(web, "/web/half")) == "405"
    # Who has not logged in; test_web_login.py has the others.
    assert curl(*code, url(web, "/web/account")) == "401"
    assert curl(*code, url(web, "/web/admin/x")) == "401"
    assert curl(*code, "--path-as-is", url(web, "/web/about/../admin/x")) == "401"


def test_rules_of_a_response(web):
    answer = curl("-i", url(web, "/web/rules"))
    head, _, body = answer.partition("\n\n") if "\r\n\r\n" not in answer else answer.partition("\r\n\r\n")
    assert about(body) == {"status 100": "-4", "status 600": "-4", "split": "-4", "name": "-4", "length": "-5", "coding": "-5",
                           "csp": "0", "left out": "0", "late status": "-8", "late field": "-8"}
    fields = head.lower()
    assert "content-security-policy: default-src 'self'" in fields and "default-src 'none'" not in fields
    assert "referrer-policy" not in fields and "x-content-type-options: nosniff" in fields


def test_failing_handlers(web):
    code = ["-o", "/dev/null", "-w", "%{http_code}"]
    assert curl(*code, url(web, "/web/throw")) == "500"
    assert '"status":500' in curl("-H", "Accept: application/json", url(web, "/web/throw"))
    broken = exchange(web, GET % b"/web/half")
    assert broken.endswith(b"a\r\nhalf of it\r\n")  # no last chunk: the client knows
    assert curl(*code, url(web, "/web/status/204")) == "204"
    assert exchange(web, GET % b"/web/status/204" + GET % b"/web/status/304").count(b"body") == 0


def test_head_has_no_body(web):
    got = exchange(web, (GET % b"/web/about").replace(b"GET", b"HEAD") + GET % b"/web/status/201")
    assert got.count(b"HTTP/1.1 ") == 2 and got.endswith(b"body\n")
    assert b"content-length: " in got.split(b"\r\n\r\n")[0]


def test_pipelined_answers_come_in_order(web):
    count = 200
    data = b"".join(GET % (b"/web/about/%d" % i) if i % 3 else
                    b"POST /web/about/%d HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n" % i
                    for i in range(count))
    with web.raw("http") as c:
        threading.Thread(target=c.send, args=(data,), daemon=True).start()
        for i in range(count):
            status, _, body = response(c)
            assert status == "HTTP/1.1 200 OK" and f"path=/web/about/{i}\n" in body.decode()


def test_http_1_0(web):
    got = exchange(web, b"GET /web/status/200 HTTP/1.0\r\n\r\n", end=False)
    assert b"connection: close\r\n" in got and got.endswith(b"body\n")
    got = exchange(web, b"GET /web/status/200 HTTP/1.0\r\nConnection: keep-alive\r\n\r\n" * 2)
    assert got.count(b"connection: keep-alive\r\n") == 2
    got = exchange(web, b"GET /page/lines/100000 HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", end=False)
    assert b"transfer-encoding" not in got and got.endswith(b"\n99999\n")


def test_large_responses_come_whole_also_slowly(web):
    wanted = "".join(f"{i}\n" for i in range(1_000_000))
    assert curl(url(web, "/page/lines/1000000")) == wanted
    with web.raw("http", 60) as c:
        c.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
        c.send(b"GET /page/lines/1000000 HTTP/1.1\r\nHost: a\r\n\r\n")
        time.sleep(2)
        c.send(b"GET /nowhere HTTP/1.0\r\n\r\n")
        body = b"".join(chunks(c.rest().partition(b"\r\n\r\n")[2]))
        assert body == wanted.encode()


def test_large_bodies_stream(web, tmp_path):
    size = 30_000_000
    (tmp_path / "body").write_bytes(b"x" * size)
    before = web.peak_kib()
    for more in ([], ["-H", "Transfer-Encoding: chunked"], ["-H", "Expect: 100-continue"]):
        assert curl("--data-binary", f"@{tmp_path}/body", *more, url(web, "/page/count")) == f"{size}\n"
    if not posthouse.SANITIZED:
        assert web.peak_kib() - before < 4096
    # What is too long is refused before it is sent.
    with web.raw("http") as c:
        c.send(b"POST /page/count HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999\r\nExpect: 100-continue\r\n\r\n")
        assert c.line().startswith(b"HTTP/1.1 413 ")
    with web.raw("http") as c:
        c.send(b"POST /web/about HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + b"10000\r\n" + b"x" * 65536 + b"\r\n")
        try:
            for _ in range(20):
                c.send(b"10000\r\n" + b"x" * 65536 + b"\r\n")
        except OSError:
            pass
        assert c.line().startswith(b"HTTP/1.1 413 ")


def test_100_continue_is_said_once_and_only_to_who_waits(web):
    head = b"POST /web/about HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nExpect: 100-Continue\r\n\r\n"
    with web.raw("http") as c:
        c.send(head)
        assert c.line() == b"HTTP/1.1 100 Continue\r\n" and c.line() == b"\r\n"
        c.send(b"abc")
        assert response(c)[0] == "HTTP/1.1 200 OK"
        c.send(head.replace(b"/web/about", b"/nowhere"))
        assert c.line().startswith(b"HTTP/1.1 404 ")


# Each could hide the second request from one of two readers. One answer, and the connection is over.
HIDDEN = GET % b"/web/about"
SMUGGLING = {
    "both lengths": b"POST /web/about HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + HIDDEN,
    "two lengths": b"POST /web/about HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\nContent-Length: 44\r\n\r\n" + HIDDEN,
    "list of lengths": b"POST /web/about HTTP/1.1\r\nHost: a\r\nContent-Length: 0, 0\r\n\r\n" + HIDDEN,
    "signed length": b"POST /web/about HTTP/1.1\r\nHost: a\r\nContent-Length: +0\r\n\r\n" + HIDDEN,
    "blank before colon": b"POST /web/about HTTP/1.1\r\nHost: a\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n" + HIDDEN,
    "folded coding": b"POST /web/about HTTP/1.1\r\nHost: a\r\nTransfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n" + HIDDEN,
    "odd coding": b"POST /web/about HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n" + HIDDEN,
    "two codings": b"POST /web/about HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: x\r\n\r\n0\r\n\r\n" + HIDDEN,
    "coding in 1.0": b"POST /web/about HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + HIDDEN,
    "bare LF": b"GET /web/about HTTP/1.1\nHost: a\n\n" + HIDDEN,
    "bare LF in fields": b"GET /web/about HTTP/1.1\r\nHost: a\r\nX: y\nTransfer-Encoding: chunked\r\n\r\n" + HIDDEN,
    "bare CR": b"GET /web/about HTTP/1.1\r\nHost: a\r\nX: y\rContent-Length: 40\r\n\r\n" + HIDDEN,
    "NUL": b"GET /web/about HTTP/1.1\r\nHost: a\r\nX: y\0\r\n\r\n" + HIDDEN,
    "chunk size with sign": b"POST /web/about HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n+0\r\n\r\n" + HIDDEN,
    "chunk line with LF": b"POST /web/about HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\n\r\n" + HIDDEN,
    "no CRLF behind chunk": b"POST /web/about HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\naX0\r\n\r\n" + HIDDEN,
    "huge chunk": b"POST /web/about HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n10000000000000000\r\n\r\n" + HIDDEN,
    "two hosts": b"GET /web/about HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n" + HIDDEN,
    "no host": b"GET /web/about HTTP/1.1\r\n\r\n" + HIDDEN,
    "encoded slash": GET % b"/web/about%2fx" + HIDDEN,
    "above the root": GET % b"/web/../../web/about" + HIDDEN,
    "tunnel": b"CONNECT a:25 HTTP/1.1\r\nHost: a:25\r\n\r\n" + HIDDEN,
}


@pytest.mark.parametrize("form", SMUGGLING)
def test_smuggling(web, form):
    got = exchange(web, SMUGGLING[form])
    assert got.count(b"HTTP/1.1 ") == 1 and got[9:12] in (b"400", b"501"), got
    assert b"connection: close\r\n" in got


def test_a_body_nobody_reads_is_not_taken_for_a_request(web):
    body = b"x" * 300_000 + HIDDEN
    head = b"POST %s HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n"
    for path in (b"/web/ignores", b"/nowhere"):
        got = exchange(web, head % (path, len(body)) + body)
        assert got.count(b"HTTP/1.1 ") == 1, got[-300:]
    got = exchange(web, head % (b"/web/ignores", 5) + b"12345" + HIDDEN)
    assert got.count(b"HTTP/1.1 200") == 2


@pytest.mark.parametrize("data, code", [(b"GET /" + b"x" * 9000, b"414"),
                                        (b"GET / HTTP/1.1\r\nHost: a\r\nX: " + b"x" * 9000 + b"\r\n\r\n", b"431"),
                                        (b"GET / HTTP/1.1\r\nHost: a\r\n" + b"X: y\r\n" * 200 + b"\r\n", b"431"),
                                        (b"GET / HTTP/1.1\r\nHost: a\r\n" + b"X: y\r\n" * 20000, b"431"),
                                        (b"GET / HTTP/3.0\r\nHost: a\r\n\r\n", b"505")])
def test_heads_are_bounded(web, data, code):
    assert exchange(web, data, end=False)[9:12] == code


def test_slow_clients_are_ended_and_hold_no_thread(web):
    """All kinds at once; meanwhile others are served."""
    ended = {}

    def drip(name, first, byte, limit):
        begun = time.monotonic()
        with web.raw("http", 1) as c:
            c.send(first)
            while time.monotonic() - begun < limit:
                try:
                    c.send(byte)
                    if not c.socket.recv(4096):
                        break
                except TimeoutError:
                    continue
                except OSError:
                    break
        ended[name] = time.monotonic() - begun

    body = b"POST /page/count HTTP/1.1\r\nHost: a\r\nContent-Length: 10000000\r\n\r\n"
    kinds = [("head", b"GET / HTTP/1.1\r\nHost: a\r\nX: ", b"x", 40), ("body", body, b"x", 60),
             *((f"half {i}", body + b"x" * 70_000, b"x", 60) for i in range(100))]
    threads = [threading.Thread(target=drip, args=k) for k in kinds]
    for t in threads:
        t.start()
    time.sleep(3)
    worst = 0
    for _ in range(20):
        begun = time.monotonic()
        assert curl(url(web, "/web/status/200")) == "body\n"
        worst = max(worst, time.monotonic() - begun)
    for t in threads:
        t.join()
    assert worst < (20 if posthouse.SANITIZED else 2)
    assert 14 < ended["head"] < 30 and 29 < ended["body"] < 55
    assert all(29 < took < 58 for took in ended.values() if took != ended["head"])


def test_late_handlers(web):
    begun = time.monotonic()
    answer = curl("-i", url(web, "/web/hang/1500"))
    assert answer.startswith("HTTP/1.1 503 ") and time.monotonic() - begun < 1.4
    assert "handler is late" in web.log.read_text()
    time.sleep(1.5)
    assert curl(url(web, "/web/hang/1")) == "hung\n"


def test_a_plugin_takes_its_routes_with_it_and_brings_them_back(web):
    house = House(web)
    running = []
    thread = threading.Thread(target=lambda: running.append(curl(url(web, "/web/sleep/1500"))))
    with web.raw("http") as kept:
        kept.send(HIDDEN)
        assert response(kept)[0].endswith("200 OK")
        thread.start()
        time.sleep(0.3)
        house.reload(off(house.original, "web"))
        thread.join()
        assert running == ["slept\n"]  # who was being answered has got the answer
        kept.send(HIDDEN)
        assert response(kept)[0].endswith("404 Not Found")  # on the same connection
        assert "a page" in curl(url(web, "/page"))
        house.reload(house.original)
        kept.send(HIDDEN)
        assert response(kept)[0].endswith("200 OK")


def test_the_access_log(web):
    curl("-H", "Host: log.example", "-d", "12345", url(web, "/web/about/logged?secret=1"))
    line = wait_for(lambda: next((x for x in web.log.read_text().splitlines() if "path=/web/about/logged" in x), None))
    for part in ("module=http", "cid=", "request=", "remote=127.0.0.1", "method=POST", "host=log.example", "status=200", "plugin=web", "in=5"):
        assert part in line
    assert "secret" not in line


def test_tls_pipelining_beyond_one_record(web):
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with socket.create_connection(("127.0.0.1", web.ports["https"]), 20) as s, context.wrap_socket(s) as t:
        padding = b"GET /web/status/200 HTTP/1.1\r\nHost: a\r\nX: " + b"x" * 6000 + b"\r\n\r\n"
        t.sendall(padding * 10)
        got = b""
        while got.count(b"body\n") < 10:
            got += t.recv(65536)


def test_idle_connections_are_small(web):
    if posthouse.SANITIZED:
        pytest.skip("sanitizers have their own memory")
    count = 2000
    connections = []

    def more(n):
        for _ in range(n):
            c = web.raw("http")
            c.send(HIDDEN)
            connections.append(c)
            response(c)

    try:
        more(100)
        before = web.rss_kib()
        more(count)
        time.sleep(1)
        used = (web.rss_kib() - before) / count
        assert used < 5, f"{used:.1f} KiB per connection"
        print(f"{used:.2f} KiB per idle connection")
        connections[50].send(HIDDEN)
        assert response(connections[50])[0].endswith("200 OK")
    finally:
        for c in connections:
            c.close()


def test_stop_does_not_wait_for_idle_connections(make_server):
    server = make_server().start()
    held = [server.raw("http") for _ in range(20)]
    held[0].send(b"GET / HT")
    with urllib.request.urlopen(url(server, "/")) as r:
        assert r.status == 200
    begun = time.monotonic()
    assert server.stop() == 0 and time.monotonic() - begun < 10
    for c in held:
        c.close()


def status_of(*args):
    return curl("-o", "/dev/null", "-w", "%{http_code}", *args)


def test_conditional_requests(web):
    whole = curl("-i", url(web, "/web/tagged"))
    assert 'etag: "v1"' in whole and "accept-ranges: bytes" in whole
    for path in ("/web/tagged", "/web/tagged/pieces"):
        assert status_of("-H", 'If-None-Match: "v0", W/"v1"', url(web, path)) == "304"
        assert status_of("-H", 'If-None-Match: "v0"', url(web, path)) == "200"
    assert status_of("-X", "PUT", "-H", 'If-Match: "v0"', url(web, "/web/tagged")) == "412"
    assert status_of("-X", "PUT", "-H", 'If-Match: "v1"', url(web, "/web/tagged")) == "200"
    # The connection goes on behind a 304.
    got = exchange(web, GET.replace(b"\r\n\r\n", b'\r\nIf-None-Match: "v1"\r\n\r\n') % b"/web/tagged/pieces" + GET % b"/web/status/200")
    assert got.count(b"HTTP/1.1 ") == 2 and got.endswith(b"body\n")


def test_ranges(web):
    whole = curl(url(web, "/web/tagged"))
    assert curl("-r", "3-7", url(web, "/web/tagged")) == whole[3:8]
    assert curl("-r", "-4", url(web, "/web/tagged")) == whole[-4:]
    parts = curl("-i", "-r", "0-1,10-12", url(web, "/web/tagged"))
    assert " 206 " in parts and "content-range: bytes 10-12/5000" in parts and "multipart/byteranges" in parts
    assert status_of("-r", "9999-", url(web, "/web/tagged")) == "416"
    assert status_of("-r", "0-1", "-H", 'If-Range: "v0"', url(web, "/web/tagged")) == "200"


@pytest.mark.parametrize("coding", ["gzip", "br"])
def test_content_codings(web, coding):
    for path in ("/web/tagged", "/web/tagged/pieces", "/web/files/app.0123abcd.js"):
        plain = curl(url(web, path))
        head = curl("-D", "-", "-o", "/dev/null", "-H", f"Accept-Encoding: {coding}", url(web, path)).lower()
        assert f"content-encoding: {coding}" in head and "vary: accept-encoding" in head
        if coding == "gzip":
            assert curl("--compressed", "-H", "Accept-Encoding: gzip", url(web, path)) == plain
    assert "content-encoding" not in curl("-i", "-H", f"Accept-Encoding: {coding}", url(web, "/page")).lower()  # too small


def test_assets(web, tmp_path):
    for name, content in WEB_FILES.items():
        subprocess.run(["curl", "-sS", "-o", tmp_path / "got", url(web, f"/web/files/{name}")], check=True)
        assert (tmp_path / "got").read_bytes() == content
    assert curl(url(web, "/web/files/")) == "<p>index"
    head = curl("-I", url(web, "/web/files/app.0123abcd.js")).lower()
    assert "cache-control: public, max-age=31536000, immutable" in head and "default-src 'self'" in head
    tag = next(line.split(": ")[1] for line in head.splitlines() if line.startswith("etag"))
    assert status_of("-H", f"If-None-Match: {tag}", url(web, "/web/files/app.0123abcd.js")) == "304"
    for path in ("link.js", "../web.json", "..%2fweb.json", "%2e%2e/web.json", "sub", "sub/../../web.so"):
        assert status_of("--path-as-is", url(web, f"/web/files/{path}")) in ("400", "404"), path
    assert curl(url(web, "/page/files/style.css")).startswith("body {")
    # 5 MB in parts, to who takes them slowly
    with web.raw("http", 30) as c:
        c.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
        c.send(GET % b"/web/files/sub/big.bin")
        time.sleep(0.5)
        assert response(c)[2] == WEB_FILES["sub/big.bin"]


class Socket:
    """A WebSocket's client that can also break the rules."""

    def __init__(self, server, path="/web/echo", fields=()):
        self.raw = server.raw("http")
        self.raw.send(f"GET {path} HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n{}\r\n".format("".join(f"{f}\r\n" for f in fields)).encode())
        self.status = self.raw.line().decode().strip()
        self.fields = {}
        while (line := self.raw.line()) not in (b"\r\n", b""):
            name, _, value = line.decode().partition(": ")
            self.fields[name.lower()] = value.strip()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.raw.close()

    def send(self, first, data=b"", masked=True):
        n = len(data)
        size = bytes([n]) if n < 126 else b"\x7e" + n.to_bytes(2, "big") if n < 65536 else b"\x7f" + n.to_bytes(8, "big")
        size = bytes([size[0] | (0x80 if masked else 0)]) + size[1:]
        mask = b"\x01\x02\x03\x04" if masked else b""
        self.raw.send(bytes([first]) + size + mask + (bytes(c ^ mask[i % 4] for i, c in enumerate(data)) if masked else data))

    def take(self, n):
        while len(self.raw.buffer) < n:
            data = self.raw.socket.recv(65536)
            assert data, "closed"
            self.raw.buffer += data
        out, self.raw.buffer = self.raw.buffer[:n], self.raw.buffer[n:]
        return out

    def frame(self):
        first, n = self.take(2)
        if n >= 126:
            n = int.from_bytes(self.take(2 if n == 126 else 8), "big")
        return first, self.take(n)


def test_websocket(web):
    with Socket(web) as s:
        assert s.status == "HTTP/1.1 101 Switching Protocols" and s.fields["sec-websocket-accept"] == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
        s.send(0x81, "häh".encode())
        assert s.frame() == (0x81, "häh".encode())
        s.send(0x01, b"a")
        s.send(0x89, b"still there?")
        s.send(0x80, b"b")
        assert sorted([s.frame(), s.frame()]) == [(0x81, b"ab"), (0x8a, b"still there?")]
        big = bytes(range(256)) * 800
        s.send(0x82, big)
        assert s.frame() == (0x82, big)
        for i in range(500):  # in order
            s.send(0x81, b"%d" % i)
        assert [s.frame()[1] for _ in range(500)] == [b"%d" % i for i in range(500)]
        s.send(0x81, b"close")
        assert s.frame() == (0x88, (4000).to_bytes(2, "big"))
        assert s.raw.socket.recv(10) == b""
    with Socket(web) as s:
        s.send(0x88, (1000).to_bytes(2, "big"))
        assert s.frame() == (0x88, (1000).to_bytes(2, "big"))
    with Socket(web) as s:
        s.send(0x81, b"throw")
        s.send(0x81, b"on")
        assert s.frame() == (0x81, b"on")


@pytest.mark.parametrize("first, data, masked, code", [
    (0x81, b"a", False, 1002), (0xc1, b"a", True, 1002), (0x83, b"a", True, 1002), (0x80, b"a", True, 1002), (0x09, b"a", True, 1002),
    (0x89, b"x" * 126, True, 1002), (0x81, b"\xff", True, 1007), (0x88, b"\x03", True, 1002)])
def test_websocket_rules(web, first, data, masked, code):
    with Socket(web) as s:
        s.send(first, data, masked)
        assert s.frame() == (0x88, code.to_bytes(2, "big"))
        assert s.raw.socket.recv(10) == b""


def test_websocket_too_large(web):
    with Socket(web) as s:
        s.raw.send(b"\x82\xff" + (1 << 40).to_bytes(8, "big") + b"mask")
        assert s.frame() == (0x88, (1009).to_bytes(2, "big"))


def test_websocket_who_may_begin_one(web):
    with Socket(web, fields=["Origin: http://evil.example"]) as s:
        assert s.status.startswith("HTTP/1.1 403 ")
    with Socket(web, fields=["Origin: http://a"]) as s:
        assert s.status.startswith("HTTP/1.1 101 ")
    assert status_of(url(web, "/web/echo")) == "400"


def test_event_streams(web):
    """All are told at once, none holds a thread, who takes nothing is given up, and a stop of the plugin ends them."""
    house = House(web)
    count = posthouse.scaled(5000)
    clients = []
    try:
        for _ in range(count):
            c = web.raw("http", 30)
            c.send(GET % b"/web/events")
            clients.append(c)
        for c in clients:
            while b"you are in" not in c.buffer:
                c.buffer += c.socket.recv(4096)
        threads = len(list((posthouse.pathlib.Path("/proc") / str(web.pid) / "task").iterdir()))
        assert threads < 120
        poll = select.poll()
        waiting = {}
        for c in clients:
            waiting[c.socket.fileno()] = c
            poll.register(c.socket, select.POLLIN)
        begun = time.monotonic()
        sender = threading.Thread(target=curl, args=("-d", "news", url(web, "/web/tell")))
        sender.start()
        while waiting:
            for fd, _ in poll.poll(10000):
                assert b"data: news\n\n" in waiting.pop(fd).socket.recv(4096)
                poll.unregister(fd)
        took = time.monotonic() - begun
        sender.join()
        print(f"{count} clients told in {took * 1000:.0f} ms")
        if not posthouse.SANITIZED:
            assert took < 1.5  # with this client's own time on the same cores
        clients.pop().close()
        wait_for(lambda: curl("-d", "more", url(web, "/web/tell")) == f"{count - 1}\n")
        house.reload(off(house.original, "web"))
        for c in clients[:20]:
            while not c.buffer.endswith(b"0\r\n\r\n"):
                data = c.socket.recv(65536)
                assert data
                c.buffer += data
        house.reload(house.original)
    finally:
        for c in clients:
            c.close()


def test_who_takes_too_little_of_a_stream_is_given_up(web):
    with web.raw("http", 30) as slow, web.raw("http", 30) as other:
        slow.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        for c in (slow, other):
            c.send(GET % b"/web/events")
        reader = threading.Thread(target=other.rest, daemon=True)
        reader.start()
        wait_for(lambda: curl("-d", "x", url(web, "/web/tell")) == "2\n")
        for _ in range(200):
            if curl("-d", "x" * 60_000, url(web, "/web/tell")) == "1\n":
                break
        assert curl("-d", "x", url(web, "/web/tell")) == "1\n"


def test_whom_a_proxy_speaks_for(web):
    house = House(web)
    field = {"Forwarded": "for=192.0.2.7;proto=https", "X-Forwarded-For": "198.51.100.4, 192.0.2.8"}
    asked = [x for name, value in field.items() for x in ("-H", f"{name}: {value}")]

    def seen():
        got = about(curl(*asked, url(web, "/web/about")))
        return got["remote"], got["secure"]

    listener = "[listeners.http]\n"
    assert listener in house.original and seen() == ("127.0.0.1", "0")
    for forwarded, proxies, wanted in (("forwarded", "127.0.0.0/8", ("192.0.2.7", "1")), ("x-forwarded-for", "127.0.0.0/8", ("192.0.2.8", "0")),
                                       ("x-forwarded-for", "10.0.0.0/8", ("127.0.0.1", "0"))):
        house.reload(house.original.replace(listener, f'{listener}forwarded = "{forwarded}"\ntrusted_proxies = ["{proxies}"]\n'))
        wait_for(lambda: seen() == wanted, what=f"{forwarded} {proxies}")
    house.reload(house.original)
    wait_for(lambda: seen() == ("127.0.0.1", "0"))


def test_quick_handlers(web):
    seen = about(curl("-d", "the body", url(web, "/web/quick/about")))
    assert (seen["method"], seen["body"]) == ("POST", "the body")
    big = b"x" * 200_000
    with web.raw("http") as c:  # more than is buffered: the pool's
        c.send(b"POST /web/quick/about HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n" % len(big) + big)
        assert response(c)[0] == "HTTP/1.1 200 OK"
    assert len(curl(url(web, "/web/quick/much/900"))) == 900 * 1024
    assert status_of(url(web, "/web/quick/much/2000")) == "503"
    assert status_of(url(web, "/web/quick/throw")) == "500"
    got = exchange(web, (GET % b"/web/quick/much/1") * 100 + GET.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n") % b"/web/quick/much/1", end=False)
    assert got.count(b"HTTP/1.1 200") == 101


def test_a_quick_handler_that_is_not_harms_nobody(web):
    """Many of them at once; the first ones block sessions' threads, then the route is the pool's."""
    threads = [threading.Thread(target=curl, args=(url(web, "/web/quick/hang/700"),)) for _ in range(60)]
    for t in threads:
        t.start()
    time.sleep(0.05)
    begun = time.monotonic()
    assert curl(url(web, "/web/status/200")) == "body\n"
    took = time.monotonic() - begun
    for t in threads:
        t.join()
    if not posthouse.SANITIZED:
        assert took < 0.7
    assert "handler is not quick" in web.log.read_text()
