"""What accounts/NAME.toml says about an account's mail, changed while the server runs."""
import imaplib
import smtplib

import posthouse
import pytest


def configure(server, text, account="you"):
    """Adds lines to the account's file and has them read."""
    file = server.folder / "accounts" / f"{account}.toml"
    before = server.log.read_text().count("configuration reloaded")
    file.write_text(file.read_text() + "\n" + text)
    server.reload()
    posthouse.wait_for(lambda: server.log.read_text().count("configuration reloaded") > before, 10, "the reload")


def message(subject, extra="", size=100):
    return f"From: a@example.org\r\nSubject: {subject}\r\n{extra}\r\n" + "x" * size + "\r\n"


def test_quota(make_server):
    server = make_server().start()
    server.send(message("fits", size=10000))
    configure(server, 'quota = "12KB"')
    with pytest.raises(smtplib.SMTPDataError) as refused:
        server.send(message("too much", size=10000))
    assert refused.value.smtp_code == 452 and refused.value.smtp_error.startswith(b"4.2.2")
    c = server.imap()
    with pytest.raises(imaplib.IMAP4.error):
        if c.append("INBOX", None, None, message("too much", size=10000).encode())[0] == "NO":
            raise imaplib.IMAP4.error("over quota")
    assert c.select("INBOX")[1] == [b"1"]
    assert c.copy("1", "Archive")[0] == "NO"
    c.store("1", "+FLAGS", "\\Deleted")
    c.expunge()
    c.logout()
    server.send(message("fits again", size=10000))
    assert server.stop() == 0
    assert server.verify().returncode == 0


def test_rethread(make_server):
    server = make_server().start()
    server.send(message("Hello", "Message-ID: <a@x>\r\n"))
    server.send(message("Re: Hello", "Message-ID: <b@x>\r\nReferences: <a@x>\r\n"))
    while_running = server.run("store", "rethread", "--config", server.config, "you", check=False)
    assert while_running.returncode == 1 and "stop the server first" in while_running.stderr
    assert server.stop() == 0
    assert "0 messages have another" in server.run("store", "rethread", "--config", server.config, "you").stdout
    assert server.verify().returncode == 0
