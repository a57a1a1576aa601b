"""localserve for people who test their own programs: throwaway servers, errors on demand, pedantry, quotable ids."""
import base64
import hashlib
import json
import os
import pathlib
import re
import signal
import smtplib
import ssl
import subprocess
import urllib.parse
import urllib.request

import posthouse
import pytest


def start_temporary(*args):
    process = subprocess.Popen([str(posthouse.PROGRAM), "localserve", "--temp", *args], stdout=subprocess.PIPE,
                               stderr=subprocess.DEVNULL, text=True)
    line = process.stdout.readline()
    return process, json.loads(line) if line else None


def test_temporary_servers_leave_nothing_behind():
    for sign in (signal.SIGTERM, signal.SIGINT):
        process, info = start_temporary()
        try:
            other, second = start_temporary()
            try:
                assert info["ready"] and info["pid"] == process.pid
                assert set(info["ports"].values()).isdisjoint(second["ports"].values())
                folder = pathlib.Path(info["folder"])
                assert folder.is_dir() and folder != pathlib.Path(second["folder"])
                with smtplib.SMTP(info["ip"], info["ports"]["smtp"], timeout=20) as s:
                    s.sendmail("a@example.org", ["x@example.com"], "Subject: x\r\n\r\nx\r\n")
                with smtplib.SMTP(info["ip"], info["ports"]["submission"], timeout=20) as s:
                    s.login(info["login"], info["password"])
            finally:
                other.send_signal(sign)
                assert other.wait(30) == 0
        finally:
            process.send_signal(sign)
            assert process.wait(30) == 0
        assert not folder.exists() and not pathlib.Path(second["folder"]).exists()
        assert process.stdout.read() == ""


def test_temporary_server_killed_early_leaves_nothing(tmp_path):
    process = subprocess.Popen([str(posthouse.PROGRAM), "localserve", "--temp"], stdout=subprocess.PIPE,
                               stderr=subprocess.DEVNULL, env=dict(os.environ, TMPDIR=str(tmp_path)))
    posthouse.wait_for(lambda: list(tmp_path.iterdir()), what="the folder")
    process.send_signal(signal.SIGTERM)
    assert process.wait(30) == 0
    assert list(tmp_path.iterdir()) == []


def test_temp_excludes_a_folder():
    done = subprocess.run([str(posthouse.PROGRAM), "localserve", "--temp", "--dir", "x"], capture_output=True, text=True)
    assert done.returncode == 2 and "--temp" in done.stderr


@pytest.mark.parametrize("sender, to, command, code", [
    ("mailfrom451@example.org", "x@example.com", "mail", 451),
    ("mailfrompermerror@example.org", "x@example.com", "mail", 550),
    ("x@example.org", "rcptto552@example.com", "rcpt", 552),
    ("x@example.org", "temperror@example.com", "data", 451),
    ("x@example.org", "some421@example.com", "data", 421),
    ("x550@example.org", "x@example.com", "data", 550),
    ("x@example.org", "queuepermerror@example.com", None, 250),
])
def test_errors_on_demand(server, sender, to, command, code):
    with server.smtp() as s:
        s.ehlo("client.example")
        replies = {"mail": s.mail(sender)}
        replies["rcpt"] = s.rcpt(to)
        replies["data"] = s.data("Subject: x\r\n\r\nx\r\n") if replies["rcpt"][0] == 250 else (0, b"")
        if command:
            assert replies[command][0] == code, replies
        else:
            assert all(r[0] == 250 for r in replies.values()), replies


def test_pedantic(make_server):
    server = make_server(args=["--pedantic"]).start()
    with server.smtp() as s:
        s.ehlo("client.example")
        with pytest.raises(smtplib.SMTPDataError) as refused:
            s.sendmail("a@example.org", ["x@example.com"], "Subject: x\r\n\r\nGrüße\r\n".encode())
        assert refused.value.smtp_code == 500
        s.sendmail("a@example.org", ["x@example.com"], "Subject: x\r\n\r\nGrüße\r\n".encode(), mail_options=["BODY=8BITMIME"])
    assert server.stop() == 0


def test_pedantic_does_not_change_a_folder(make_server):
    server = make_server().start()
    server.stop()
    again = subprocess.run([str(posthouse.PROGRAM), "localserve", "--dir", str(server.folder), "--pedantic"],
                           capture_output=True, text=True, timeout=30)
    assert again.returncode == 1 and "not pedantic" in again.stderr


def test_ids_in_replies_can_be_looked_up(make_server):
    ids = []
    server = make_server()
    server.start()
    config = pathlib.Path(server.config)
    server.stop()
    config.write_text(config.read_text().replace("[storage]", "[log]\nfile = \"server.log\"\n\n[storage]"))
    for _ in range(2):
        server.start()
        with server.raw() as c:
            c.reply()
            c.send(b"NOOP\r\nFOO\r\n")
            assert c.reply().startswith(b"250")
            found = re.fullmatch(rb"500 5\.5\.1 unknown command \(([0-9a-z]{26})\)\r\n", c.reply())
            assert found
            public = found.group(1).decode()
        server.send("Subject: x\r\n\r\nx\r\n")
        assert server.stop() == 0
        cid = server.run("cid", "--config", server.config, f"({public})").stdout.splitlines()[0]
        assert cid.isdigit()
        ids.append(int(cid))
    # No number comes again after a restart.
    assert ids[1] > ids[0]
    received = [re.search(r"\sid\s+([0-9a-z]{26})\s", p.read_text()).group(1)
                for p in (server.folder / "data/accounts/you/msg").rglob("*") if p.is_file()]
    assert len(received) == 2
    lines = server.run("cid", "--config", server.config, received[0]).stdout.splitlines()
    assert len(lines) > 1 and all(f"cid={lines[0]}" in line for line in lines[1:]), lines
    key = server.folder / "data/cid.key"
    assert key.stat().st_mode & 0o777 == 0o600
    assert server.run("cid", "--config", server.config, "0" * 26, check=False).returncode == 1


def test_home_page(tmp_path):
    """What runs where, with links that work; and nothing a browser would have to trust."""
    server = posthouse.Server(tmp_path / "s").start()
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{server.ports['http']}/") as r:
            page, policy = r.read().decode(), r.headers["content-security-policy"]
        style = re.search(r"(?s)<style>(.*?)</style>", page).group(1)
        assert f"'sha256-{base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()}'" in policy and policy.startswith("default-src 'none'")
        assert "<script" not in page and "{{" not in page and '<html lang="en">' in page
        for name, port in server.ports.items():
            assert f":{port}" in page, name
        links = re.findall(r'href="([^"]+)"', page)
        insecure = ssl.create_default_context()
        insecure.check_hostname, insecure.verify_mode = False, ssl.CERT_NONE
        for link in links:
            url = urllib.parse.urljoin(f"http://localhost:{server.ports['http']}/", link)
            request = urllib.request.Request(url, headers={"Accept": "text/html"})
            with urllib.request.urlopen(request, context=insecure if url.startswith("https") else None) as r:
                assert r.status == 200, link
    finally:
        server.stop()
