"""Whose mail is it: aliases and who may post, separators, catchall, refused addresses, colliding ones."""
import smtplib
import ssl

import posthouse
import pytest

PASSWORDS = {"ann": "password of ann", "bob": "password of bob", "eve": "password of eve"}


@pytest.fixture
def house(make_server):
    server = make_server().start()
    server.stop()
    text = open(server.config, encoding="utf-8").read()
    with open(server.config, "w", encoding="utf-8") as f:
        # No catching of everything: addresses count here.
        f.write("\n".join(line for line in text.split("\n") if "catch_everything" not in line))
    (server.folder / "domains" / "example.org.toml").write_text("")
    for name, password in PASSWORDS.items():
        server.run("account", "add", "--config", server.config, "--password-stdin", name, f"{name}@example.org", input=password + "\n")
    (server.folder / "domains" / "example.org.toml").write_text(
        'localpart_separators = ["+"]\n'
        '[aliases.team]\nmembers = ["ann@example.org", "bob@example.org"]\nmembers_may_send_as = true\n'
        '[aliases.info]\nmembers = ["ann@example.org", "bob@example.org"]\nanyone_may_post = true\n'
        '[aliases.me]\nmembers = ["ann@example.org"]\nanyone_may_post = true\n')
    (server.folder / "domains" / "all.example.toml").write_text('catchall = "eve"\n')
    (server.folder / "accounts" / "eve.toml").write_text(
        'addresses = ["eve@example.org", "old@example.org"]\n[address."old@example.org"]\nrefuse = "eve has left, try eve@elsewhere.example"\nrefuse_code = 551\n')
    return server.start()


def text(author, subject="x"):
    return f"From: {author}\r\nTo: undisclosed\r\nSubject: {subject}\r\nMessage-ID: <{subject}@test>\r\n\r\nbody\r\n"


def subjects(server, account):
    c = server.imap(user=account, password=PASSWORDS[account])
    try:
        c.select("INBOX")
        numbers = c.search(None, "ALL")[1][0].split()
        return sorted(c.fetch(n, "(BODY.PEEK[HEADER.FIELDS (SUBJECT)])")[1][0][1].decode().split(":")[1].strip() for n in numbers)
    finally:
        c.logout()


def submit(server, account, sender, to, body):
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with smtplib.SMTP_SSL("127.0.0.1", server.ports["submissions"], context=context, timeout=30) as s:
        s.login(account, PASSWORDS[account])
        s.sendmail(sender, to, body)


def test_alias_for_everybody(house):
    house.send(text("x@far.example", "one"), to=["info@example.org"])
    house.send(text("x@far.example", "two"), to=["INFO+tag@example.org", "bob@example.org"])
    assert subjects(house, "ann") == ["one", "two"] and subjects(house, "bob") == ["one", "two"]


def test_alias_for_members(house):
    with pytest.raises(smtplib.SMTPDataError) as refused:
        house.send(text("x@far.example", "one"), to=["team@example.org"])
    assert refused.value.smtp_code == 550 and refused.value.smtp_error.startswith(b"5.7.2")
    # The others get it, the author has it.
    house.send(text("Ann <ann+list@example.org>", "two"), to=["team@example.org"])
    assert subjects(house, "ann") == [] and subjects(house, "bob") == ["two"]
    # Nobody else is there: the mail is not lost.
    house.send(text("ann@example.org", "three"), to=["me@example.org"])
    assert subjects(house, "ann") == ["three"]


def test_alias_in_submission(house):
    submit(house, "ann", "ann@example.org", ["team@example.org"], text("ann@example.org", "one"))
    posthouse.wait_for(lambda: subjects(house, "bob") == ["one"], what="delivery")
    # Members may write as the alias, others may not; nor may they post.
    submit(house, "bob", "team@example.org", ["eve@example.org"], text("team@example.org", "two"))
    posthouse.wait_for(lambda: subjects(house, "eve") == ["two"], what="delivery")
    with pytest.raises(smtplib.SMTPResponseException) as refused:
        submit(house, "eve", "eve@example.org", ["team@example.org"], text("eve@example.org", "three"))
    assert (refused.value.smtp_code, refused.value.smtp_error[:5]) == (550, b"5.7.2")
    with pytest.raises((smtplib.SMTPResponseException, smtplib.SMTPSenderRefused)):
        submit(house, "eve", "team@example.org", ["ann@example.org"], text("team@example.org", "four"))
    assert subjects(house, "bob") == ["one"] and subjects(house, "ann") == []


def test_separator_catchall_and_refusal(house):
    house.send(text("x@far.example", "one"), to=["ann+shop@example.org"])
    house.send(text("x@far.example", "two"), to=["whoever@all.example"])
    assert subjects(house, "ann") == ["one"] and subjects(house, "eve") == ["two"]
    with pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
        house.send(text("x@far.example"), to=["old@example.org"])
    code, said = refused.value.recipients["old@example.org"]
    assert code == 551 and b"eve has left" in said
    with pytest.raises(smtplib.SMTPResponseException) as unknown:
        house.send(text("x@far.example"), to=["nobody@example.org"])
    assert unknown.value.smtp_code == 550
    with pytest.raises(smtplib.SMTPRecipientsRefused):
        house.send(text("x@far.example"), to=["x@elsewhere.example"])


def test_addresses_that_collide_are_refused(house):
    (house.folder / "domains" / "strict.example.toml").write_text("localpart_case_sensitive = true\n")
    with open(house.folder / "accounts" / "ann.toml", "w", encoding="utf-8") as f:
        f.write('addresses = ["ann@example.org", "Ann@strict.example"]\n')
    with open(house.folder / "accounts" / "bob.toml", "w", encoding="utf-8") as f:
        f.write('addresses = ["bob@example.org", "ann@strict.example"]\n')
    assert house.run("config", "check", "--config", house.config).returncode == 0
    (house.folder / "domains" / "strict.example.toml").write_text("")
    said = house.run("config", "check", "--config", house.config, check=False)
    assert said.returncode == 1 and "belongs to the account 'ann' already" in said.stdout + said.stderr
