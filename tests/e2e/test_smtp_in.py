"""Mail in by SMTP with real clients: plain, STARTTLS, implicit TLS, SMTPUTF8, many at once, bytes as they were sent."""
import email.message
import smtplib
import ssl
import subprocess
import threading

import posthouse
import pytest

pytestmark = pytest.mark.sanitize


def insecure():
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def swaks(server, port, *args):
    return subprocess.run(["swaks", "--server", "127.0.0.1", "--port", str(server.ports[port]), "--helo", "client.example.org", *args],
                          capture_output=True, text=True, timeout=60)


def test_swaks_plain_starttls_and_implicit(server):
    assert swaks(server, "smtp", "--from", "a@example.org", "--to", posthouse.USER).returncode == 0
    assert swaks(server, "smtp", "--tls", "--from", "a@example.org", "--to", posthouse.USER).returncode == 0
    login = ["--auth-user", posthouse.USER, "--auth-password", posthouse.PASSWORD, "--from", posthouse.USER, "--to", "b@example.com"]
    assert swaks(server, "submission", "--tls", "--auth", "PLAIN", *login).returncode == 0
    assert swaks(server, "submissions", "--tls-on-connect", "--auth", "LOGIN", *login).returncode == 0


def test_submission_needs_login(server):
    refused = swaks(server, "submission", "--tls", "--from", posthouse.USER, "--to", "b@example.com")
    assert refused.returncode != 0 and "530 5.7.0" in refused.stdout
    wrong = swaks(server, "submission", "--tls", "--auth", "PLAIN", "--auth-user", posthouse.USER, "--auth-password", "no",
                  "--from", posthouse.USER, "--to", "b@example.com")
    assert "535 5.7.8" in wrong.stdout


def test_submission_checks_the_author(server):
    with smtplib.SMTP_SSL("127.0.0.1", server.ports["submissions"], context=insecure()) as s:
        s.login(posthouse.USER, posthouse.PASSWORD)
        code, text = s.mail("someone@example.org")
        assert code == 550, text
        s.rset()
        try:
            s.sendmail(posthouse.USER, ["x@example.com"], b"From: someone@example.org\r\nSubject: x\r\n\r\nx\r\n")
            raise AssertionError("a foreign author was accepted")
        except smtplib.SMTPDataError as e:
            assert e.smtp_code == 550


def test_smtputf8_address(server):
    message = email.message.EmailMessage()
    message["From"] = "grüße@example.org"
    message["To"] = "jörg@bücher.example"
    message["Subject"] = "Übung"
    message.set_content("Grüße\n")
    with server.smtp() as s:
        s.ehlo("client.example.org")
        assert s.has_extn("smtputf8")
        s.send_message(message, "grüße@example.org", ["jörg@bücher.example"])


def test_bytes_are_kept_and_large_mail(server):
    body = (b"8-bit \xc3\xa4\xff and a dot:\r\n.\r\n..two\r\n" + bytes(range(32, 127)) * 10 + b"\r\n") * 25000
    body = body[: 25 * 1024 * 1024 - 2] + b"\r\n"
    message = b"From: a@example.org\r\nSubject: large\r\n\r\n" + body
    # smtplib stuffs dots; the server must undo exactly that.
    server.send(message, options=["BODY=8BITMIME"])
    stored = [p for p in (server.folder / "data/accounts/you/msg").rglob("*") if p.is_file() and p.stat().st_size > 20_000_000]
    assert len(stored) == 1
    assert stored[0].read_bytes().endswith(message)


def test_200_clients_at_once(make_server):
    server = make_server().start()
    errors = []

    def client(n):
        try:
            server.send(f"From: a@example.org\r\nSubject: client {n}\r\n\r\nhello\r\n".encode())
        except Exception as e:  # noqa: BLE001 - collected for the report
            errors.append(repr(e))

    threads = [threading.Thread(target=client, args=(n,)) for n in range(200)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert errors == []
    assert server.stop() == 0
    report = server.verify()
    assert report.returncode == 0 and report.stdout.startswith("200 messages checked, 0 problems"), report.stdout + report.stderr
