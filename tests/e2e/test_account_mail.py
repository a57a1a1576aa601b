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


def test_rules_and_mailboxes(make_server):
    server = make_server().start()
    configure(server, """
introbox = "New"
[address."you@localhost"]
mailbox = "Mine"
[[rules]]
headers = { "^list-id$" = "<announce[.]" }
mailbox = "Lists/Announce"
[[rules]]
from = "@example[.]com$"
mailbox = "Example"
""")
    server.send(message("default"))
    server.send(message("list", "List-Id: News <announce.example.org>\r\n"))
    server.send(message("x").replace("a@example.org", "jane@example.com"))
    c = server.imap()
    for mailbox, subject in (("Mine", "default"), ("Lists/Announce", "list"), ("Example", "x")):
        assert c.select(mailbox)[1] == [b"1"], mailbox
        assert f"Subject: {subject}\r\n".encode() in c.fetch("1", "(BODY[HEADER])")[1][0][1]
    c.logout()
    # A broken file changes nothing.
    file = server.folder / "accounts" / "you.toml"
    file.write_text(file.read_text() + "[[rules]]\nfrom = '('\n")
    server.reload()
    posthouse.wait_for(lambda: "is not a pattern" in server.log.read_text(), 10, "the complaint")
    server.send(message("default"))
    assert server.stop() == 0
    check = server.run("config", "check", "--config", server.config, check=False)
    assert check.returncode == 1 and "'from' is not a pattern" in check.stdout + check.stderr


def test_two_addresses_one_copy(make_server):
    server = make_server().start()
    server.send(message("once"), to=[posthouse.USER, posthouse.USER.upper().replace("LOCALHOST", "localhost")])
    c = server.imap()
    assert c.select("INBOX")[1] == [b"1"]
    c.logout()
    assert server.stop() == 0
