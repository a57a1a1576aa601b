"""Logging in: SCRAM with and without channel binding, client certificates, CRAM-MD5, who is refused, what is recorded."""
import base64
import hashlib
import imaplib
import smtplib
import socket
import ssl
import subprocess
import time

import posthouse
import pytest
from scram import Scram

pytestmark = pytest.mark.sanitize

IMPORTANT = ("SCRAM-SHA-256-PLUS", "SCRAM-SHA-256", "SCRAM-SHA-1-PLUS", "SCRAM-SHA-1")


def insecure(certificate=None):
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    if certificate:
        context.load_cert_chain(certificate + ".crt", certificate + ".key")
    return context


def make_key(path, name="client"):
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30", "-subj", f"/CN={name}",
                    "-keyout", str(path) + ".key", "-out", str(path) + ".crt"], check=True, capture_output=True)
    return str(path)


def end_point(tls):
    return ("tls-server-end-point", hashlib.sha256(tls.getpeercert(True)).digest())


def imap(server, context=None, session=None):
    raw = socket.create_connection(("127.0.0.1", server.ports["imaps"]), 20)
    tls = (context or insecure()).wrap_socket(raw, server_hostname="localhost", session=session)
    return tls, tls.makefile("rb")


def imap_scram(tls, file, mechanism, client):
    """Logs in; the last line. The server's signature is checked."""
    code = lambda data: base64.b64encode(data) + b"\r\n"
    tls.sendall(b"a AUTHENTICATE " + mechanism.encode() + b" " + code(client.first()))
    line = file.readline()
    if not line.startswith(b"+ "):
        return line
    tls.sendall(code(client.final(base64.b64decode(line[2:]))))
    line = file.readline()
    if not line.startswith(b"+ "):
        return line
    client.check(base64.b64decode(line[2:]))
    tls.sendall(b"\r\n")
    return file.readline()


def logins(server, *args):
    return server.run("account", "logins", "--config", server.config, *args).stdout


@pytest.mark.parametrize("mechanism", IMPORTANT)
def test_scram_imap(server, mechanism):
    for password, good in ((posthouse.PASSWORD, True), ("wrong password", False)):
        tls, file = imap(server)
        assert b"AUTH=" + mechanism.encode() in file.readline()
        binding = end_point(tls) if mechanism.endswith("-PLUS") else None
        line = imap_scram(tls, file, mechanism, Scram(mechanism, posthouse.USER, password, binding))
        assert line.startswith(b"a OK" if good else b"a NO [AUTHENTICATIONFAILED]"), line
        tls.close()


@pytest.mark.parametrize("mechanism", IMPORTANT)
def test_scram_smtp(server, mechanism):
    with smtplib.SMTP_SSL("127.0.0.1", server.ports["submissions"], context=insecure(), timeout=20) as s:
        s.ehlo()
        assert s.esmtp_features["auth"].split()[:4] == list(IMPORTANT)
        client = Scram(mechanism, posthouse.USER, posthouse.PASSWORD, end_point(s.sock) if mechanism.endswith("-PLUS") else None)
        code, text = s.docmd("AUTH", mechanism + " " + base64.b64encode(client.first()).decode())
        assert code == 334, text
        code, text = s.docmd(base64.b64encode(client.final(base64.b64decode(text))).decode())
        assert code == 334, text
        client.check(base64.b64decode(text))
        assert s.docmd("")[0] == 235
        s.sendmail(posthouse.USER, [posthouse.USER], "From: you@localhost\r\nSubject: scram\r\n\r\nhello\r\n")


def test_stripped_plus_is_noticed(server):
    tls, file = imap(server)
    file.readline()
    line = imap_scram(tls, file, "SCRAM-SHA-256", Scram("SCRAM-SHA-256", posthouse.USER, posthouse.PASSWORD, flag="y"))
    assert line.startswith(b"a NO"), line
    # Another connection's binding is worth nothing here.
    line = imap_scram(tls, file, "SCRAM-SHA-256-PLUS", Scram("SCRAM-SHA-256", posthouse.USER, posthouse.PASSWORD, ("tls-server-end-point", b"x" * 32)))
    assert line.startswith(b"a NO"), line
    line = imap_scram(tls, file, "SCRAM-SHA-256-PLUS", Scram("SCRAM-SHA-256", posthouse.USER, posthouse.PASSWORD, ("tls-unique", b"x" * 12)))
    assert line.startswith(b"a NO"), line


def test_end_point_binding_after_resumption(make_server):
    """A resumed session goes on with the certificate of its first handshake, also when the server has another one now."""
    server = make_server().start()
    context = insecure()
    context.maximum_version = ssl.TLSVersion.TLSv1_3
    tls, file = imap(server, context)
    file.readline()
    binding = end_point(tls)
    session = tls.session
    tls.close()
    for _ in range(2):
        make_key(server.folder / "other", "localhost")
        text = open(server.config, encoding="utf-8").read()
        if "other.crt" not in text:
            with open(server.config, "w", encoding="utf-8") as f:
                f.write(text + '\n[[certificates]]\nnames = ["localhost"]\ncertificate = "other.crt"\nkey = "other.key"\n')
        server.reload()
        fresh = lambda: (lambda t: (t.getpeercert(True), t.close())[0])(imap(server)[0])
        posthouse.wait_for(lambda: hashlib.sha256(fresh()).digest() != binding[1], what="the new certificate")
        tls, file = imap(server, context, session)
        assert tls.session_reused
        file.readline()
        line = imap_scram(tls, file, "SCRAM-SHA-256-PLUS", Scram("SCRAM-SHA-256", posthouse.USER, posthouse.PASSWORD, binding))
        assert line.startswith(b"a OK"), line
        session = tls.session  # the ticket of a resumed session still knows the first certificate
        tls.close()


@pytest.mark.parametrize("mechanism", ("SCRAM-SHA-256-PLUS", "SCRAM-SHA-1-PLUS", "SCRAM-SHA-256", "PLAIN", "LOGIN"))
def test_gsasl(server, mechanism):
    """GNU SASL, a stranger's implementation; it binds with tls-exporter."""
    binding = [] if mechanism.endswith("-PLUS") else ["--no-cb"]
    out = subprocess.run(["gsasl", "--client", "--smtp", "--connect", f"127.0.0.1:{server.ports['submission']}", "--starttls", "--mechanism", mechanism, *binding,
                          "--authentication-id", posthouse.USER, "--password", posthouse.PASSWORD, "--x509-ca-file=", "--verbose"], input="QUIT\n", capture_output=True, text=True, timeout=30, check=False)
    assert "235 2.7.0" in out.stdout + out.stderr, out.stdout + out.stderr


@pytest.mark.parametrize("mechanism", ("PLAIN", "LOGIN", "CRAM-MD5"))
def test_swaks(make_server, mechanism):
    server = make_server()
    server.start()
    server.stop()
    account = server.folder / "accounts" / "you.toml"
    account.write_text(account.read_text() + "cram_md5 = true\n")
    server.start()
    out = subprocess.run(["swaks", "--server", "127.0.0.1", "--port", str(server.ports["submission"]), "--tls", "--auth", mechanism, "--auth-user", posthouse.USER,
                          "--auth-password", posthouse.PASSWORD, "--from", posthouse.USER, "--to", posthouse.USER], capture_output=True, text=True, timeout=60, check=False)
    assert out.returncode == 0, out.stdout + out.stderr
    assert f"mechanism={mechanism}" in posthouse.wait_for(lambda: logins(server, "you"), what="the record")


def test_cram_md5_is_off_unless_wanted(server):
    with smtplib.SMTP_SSL("127.0.0.1", server.ports["submissions"], context=insecure(), timeout=20) as s:
        s.ehlo()
        assert "CRAM-MD5" not in s.esmtp_features["auth"]
        assert s.docmd("AUTH CRAM-MD5")[0] == 504


def test_client_certificate(make_server, tmp_path):
    server = make_server().start()
    key = make_key(tmp_path / "laptop")
    stranger = make_key(tmp_path / "stranger")
    added = server.run("account", "tlskey", "add", "--config", server.config, "--name", "my laptop", "you", key + ".crt").stdout
    fingerprint = added.split()[0]
    assert fingerprint in server.run("account", "tlskey", "list", "--config", server.config, "you").stdout
    assert server.run("account", "tlskey", "add", "--config", server.config, "you", key + ".crt", check=False).returncode == 1
    tls, file = imap(server, insecure(key))
    assert file.readline().startswith(b"* PREAUTH [CAPABILITY")
    tls.sendall(b"a SELECT INBOX\r\n")
    assert any(line.startswith(b"a OK") for line in iter(file.readline, b""))
    tls.close()
    for who in (stranger, None):
        tls, file = imap(server, insecure(who))
        greeting = file.readline()
        assert greeting.startswith(b"* OK") and b"EXTERNAL" not in greeting
        tls.sendall(b"a AUTHENTICATE EXTERNAL =\r\n")
        assert file.readline().startswith(b"a NO")
        tls.close()
    with smtplib.SMTP_SSL("127.0.0.1", server.ports["submissions"], context=insecure(key), timeout=20) as s:
        s.ehlo()
        assert s.esmtp_features["auth"].split()[0] == "EXTERNAL"
        assert s.docmd("AUTH EXTERNAL " + base64.b64encode(b"other@localhost").decode())[0] == 535
        assert s.docmd("AUTH EXTERNAL =")[0] == 235
    # The key of one account opens no other, not even with the right password.
    server.run("account", "add", "--config", server.config, "--password-stdin", "ann", "ann@localhost", input="another password\n")
    time.sleep(0.3)
    server.run("account", "tlskey", "remove", "--config", server.config, "you", fingerprint)
    server.run("account", "tlskey", "add", "--config", server.config, "--no-preauth", "ann", key + ".crt")
    tls, file = imap(server, insecure(key))
    assert file.readline().startswith(b"* OK")
    tls.sendall(f'a LOGIN {posthouse.USER} {posthouse.PASSWORD}\r\n'.encode())
    assert file.readline().startswith(b"a NO")
    tls.sendall(b"b AUTHENTICATE EXTERNAL =\r\n")
    assert file.readline().startswith(b"b OK")
    tls.close()


def test_passwords_are_prepared(make_server):
    """Two spellings of one password are one (RFC 8265 4.2)."""
    server = make_server().start()
    server.run("account", "password", "--config", server.config, "you", input="Ma\u0308rchen\u00a0stunde\n")
    for spelling in ("M\u00e4rchen stunde", "Ma\u0308rchen\u2003stunde"):
        tls, file = imap(server)
        file.readline()
        tls.sendall(b"a AUTHENTICATE PLAIN " + base64.b64encode(f"\0{posthouse.USER}\0{spelling}".encode()) + b"\r\n")
        assert file.readline().startswith(b"a OK")
        tls.close()
    bad = server.run("account", "password", "--config", server.config, "you", input="bell\x07bell\x07bell\n", check=False)
    assert bad.returncode == 1 and "not allowed" in bad.stderr


def test_unknown_users_take_as_long(server):
    def once(user, mechanism):
        tls, file = imap(server)
        file.readline()
        begun = time.monotonic()
        if mechanism == "PLAIN":
            tls.sendall(b"a AUTHENTICATE PLAIN " + base64.b64encode(f"\0{user}\0wrong password".encode()) + b"\r\n")
            assert file.readline().startswith(b"a NO")
        else:
            assert imap_scram(tls, file, mechanism, Scram(mechanism, user, "wrong password")).startswith(b"a NO")
        took = time.monotonic() - begun
        tls.close()
        return took

    for mechanism in ("PLAIN", "SCRAM-SHA-256"):
        pairs = []
        while True:
            pairs += [(once(posthouse.USER, mechanism), once("nobody@localhost", mechanism)) for _ in range(12)]
            # The quickest of many: what else the machine does only ever adds.
            known, unknown = (min(times) for times in zip(*pairs))
            if 0.5 < known / unknown < 2:
                break
            assert len(pairs) < 60, (mechanism, known, unknown)
    # A false salt stays the same, as a true one would.
    salts = set()
    for _ in range(2):
        tls, file = imap(server)
        file.readline()
        tls.sendall(b"a AUTHENTICATE SCRAM-SHA-256 " + base64.b64encode(Scram("SCRAM-SHA-256", "nobody@localhost", "x").first()) + b"\r\n")
        salts.add(base64.b64decode(file.readline()[2:]).split(b",")[1])
        tls.close()
    assert len(salts) == 1


def test_no_password_without_tls(make_server):
    server = make_server()
    server.start()
    server.stop()
    text = open(server.config, encoding="utf-8").read()
    with open(server.config, "w", encoding="utf-8") as f:
        f.write(text.replace("plaintext_login = true", "plaintext_login = false"))
    server.start()
    with server.raw("imap") as c:
        greeting = c.line()
        assert b"LOGINDISABLED" in greeting and b"AUTH=" not in greeting
        for command in (b"a LOGIN you@localhost posthouse\r\n", b"a AUTHENTICATE PLAIN =\r\n", b"a AUTHENTICATE SCRAM-SHA-256\r\n"):
            c.send(command)
            assert c.line().startswith(b"a NO [PRIVACYREQUIRED]")
    with server.raw("submission") as c:
        c.reply()
        c.send(b"EHLO x\r\n")
        assert b"AUTH" not in c.reply()
        c.send(b"AUTH PLAIN =\r\n")
        assert c.reply().startswith(b"538 5.7.11")


def test_attempts_are_recorded(make_server):
    server = make_server().start()
    server.imap().logout()
    for _ in range(2):
        with pytest.raises(imaplib.IMAP4.error):
            server.imap(password="wrong password")
    with pytest.raises(imaplib.IMAP4.error):
        server.imap(user="nobody@localhost")
    mine = posthouse.wait_for(lambda: (lambda t: t if " 2x " in t or t.count(" denied ") == 2 else "")(logins(server, "you")), what="the record")
    assert " ok 1x user=you@localhost remote=127.0.0.1 protocol=imap mechanism=password" in mine
    assert "denied" in mine
    assert "nobody@localhost" in logins(server, "--unknown") and "nobody" not in mine
    assert "failed authentication attempt" in server.log.read_text()


def test_mutt(server, tmp_path):
    """mutt picks the strongest mechanism by itself."""
    server.send("From: a@example.org\r\nSubject: for mutt\r\n\r\nhello\r\n")
    box = f'imap://127.0.0.1:{server.ports["imap"]}/'
    (tmp_path / "muttrc").write_text(f'set folder="{box}"\nset spoolfile="{box}INBOX"\nset imap_user="{posthouse.USER}"\nset imap_pass="{posthouse.PASSWORD}"\n'
                                     'set ssl_starttls=no\nset ssl_force_tls=no\nset imap_authenticators="scram-sha-256"\nset header_cache=""\nset quit=yes\n')
    env = {"HOME": str(tmp_path), "TERM": "xterm", "PATH": "/usr/bin:/bin"}
    subprocess.run(["script", "-qec", f"mutt -n -F {tmp_path}/muttrc -e 'push <quit>'", "/dev/null"], env=env, stdin=subprocess.DEVNULL,
                   stdout=subprocess.DEVNULL, timeout=60, check=False)
    text = posthouse.wait_for(lambda: (lambda t: t if "SCRAM" in t else "")(logins(server, "you")), what="a SCRAM login", timeout=10)
    assert " ok 1x user=you@localhost" in text and "mechanism=SCRAM-SHA-256 " in text, text
