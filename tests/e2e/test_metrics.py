"""GET /metrics: what a server counts while clients use it."""
import imaplib
import re
import smtplib
import urllib.error
import urllib.request

import posthouse
import pytest

SAMPLE = re.compile(r'^([a-z_:]+)(\{.*\})? (\S+)$')


def scrape(server):
    with urllib.request.urlopen(f"http://127.0.0.1:{server.ports['metrics']}/metrics", timeout=20) as r:
        assert r.headers["Content-Type"].startswith("text/plain; version=0.0.4")
        text = r.read().decode()
    out = {}
    for line in text.splitlines():
        if line.startswith("#") or not line:
            continue
        name, labels, value = SAMPLE.match(line).groups()
        out[name + (labels or "")] = float(value)
    return out


def test_what_is_counted(server):
    before = scrape(server)
    server.send("Subject: counted\r\n\r\nx\r\n")
    with pytest.raises(smtplib.SMTPDataError):
        server.send("Subject: refused\r\n\r\nx\r\n", to=["permerror@localhost"])
    with pytest.raises(imaplib.IMAP4.error):
        server.imap(password="wrong")
    imap = server.imap()
    after = scrape(server)

    def grew(name):
        return after.get(name, 0) - before.get(name, 0)

    assert grew('posthouse_connections_total{protocol="smtp"}') == 2
    assert grew('posthouse_connections_total{protocol="imap"}') == 2
    assert after['posthouse_connections_open{protocol="imap"}'] >= 1
    assert grew('posthouse_deliveries_total{verdict="stored"}') == 1
    assert grew('posthouse_logins_total{mechanism="password",protocol="imap",result="denied"}') == 1
    assert grew('posthouse_logins_total{mechanism="password",protocol="imap",result="ok"}') == 1
    assert grew("posthouse_store_commits_total") >= 1
    assert grew('posthouse_store_changes_total{result="done"}') >= 1
    assert grew("posthouse_store_commit_seconds_count") >= 1
    assert after["process_resident_memory_bytes"] > 1024 * 1024
    assert after["process_open_fds"] > 10
    assert after["posthouse_memory_limit_bytes"] == 256 * 1024 * 1024
    assert after['posthouse_pool_waiting{pool="disk"}'] >= 0
    assert any(name.startswith("posthouse_build_info{version=") and value == 1 for name, value in after.items())
    imap.logout()
    posthouse.wait_for(lambda: scrape(server)['posthouse_connections_open{protocol="imap"}'] == 0,
                       what="closed connections not counted as open")


def test_nothing_else_is_served(server):
    for path, code in (("/", 404), ("/metrics/x", 404)):
        with pytest.raises(urllib.error.HTTPError) as e:
            urllib.request.urlopen(f"http://127.0.0.1:{server.ports['metrics']}{path}", timeout=20)
        assert e.value.code == code
    with server.raw("metrics") as c:
        c.send(b"GET /metrics HTTP/1.1\r\nHost: a\r\nX: " + b"y" * 40000)
        assert c.rest().startswith(b"HTTP/1.1 431 ")
    with server.raw("metrics") as c:
        c.send(b"GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n" * 2)
        assert c.rest().count(b"HTTP/1.1 200 OK") == 1


def test_no_address_no_endpoint(make_server):
    server = make_server()
    server.start()
    server.stop()
    with open(server.config, encoding="utf-8") as f:
        text = f.read()
    with open(server.config, "w", encoding="utf-8") as f:
        f.write(re.sub(r"\[metrics\]\naddress = .*\n", "", text))
    server.start()
    with pytest.raises(OSError):
        server.raw("metrics")


def test_names_are_documented():
    root = posthouse.ROOT
    code = set()
    for path in (root / "host").rglob("*.cpp"):
        code |= set(re.findall(r'"((?:posthouse|process)_[a-z_]+)"', path.read_text(encoding="utf-8")))
    table = "\n".join(line for line in (root / "docs/metrics.md").read_text(encoding="utf-8").splitlines() if line.startswith("|"))
    assert code == set(re.findall(r"`((?:posthouse|process)_[a-z_]+)`", table))
    alerts = (root / "config/alerts.yml").read_text(encoding="utf-8")
    used = {re.sub("_(bucket|count|sum)$", "", name) for name in re.findall(r"\b(?:posthouse|process)_[a-z_]+", alerts)}
    assert used <= code
