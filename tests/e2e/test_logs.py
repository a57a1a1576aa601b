"""One message followed through the log by its ids, from the connection to the store, in both formats."""
import json
import re
import shlex
import smtplib

import posthouse
import pytest


def parse(line, form):
    if form == "json":
        return json.loads(line)
    return dict(word.split("=", 1) for word in shlex.split(line))


def lines(server, form):
    out = []
    for line in server.log.read_text(encoding="utf-8").splitlines():
        if line.startswith("{" if form == "json" else "time="):
            out.append(parse(line, form))
    return out


@pytest.fixture(params=("logfmt", "json"))
def logged(request, make_server):
    server = make_server()
    server.start()
    server.stop()
    server.log.write_text("")
    with open(server.config, encoding="utf-8") as f:
        text = f.read()
    with open(server.config, "w", encoding="utf-8") as f:
        f.write(text.replace("[storage]", f'[log]\nlevel = "debug"\nformat = "{request.param}"\n\n[storage]', 1))
    return server.start(), request.param


def the_one(found, message):
    assert len(found) == 1, f"{message}: {found}"
    return found[0]


def event(all_lines, cid, message):
    return the_one([e for e in all_lines if e.get("cid") == cid and e["msg"] == message], message)


def test_incoming(logged):
    server, form = logged
    subject = 'Subject: x\r\n\r\n"quotes" \\ and = signs\r\n'
    server.send(subject, sender='"odd =\\" name"@example.org')
    posthouse.wait_for(lambda: [e for e in lines(server, form) if e["msg"] == "stored"], what="the stored line")
    found = lines(server, form)
    stored = the_one([e for e in found if e["msg"] == "stored"], "stored")
    cid, txn = stored["cid"], stored["txn"]
    assert re.fullmatch(r"\d+", cid) and re.fullmatch(r"[a-z0-9]+", txn)
    assert stored["account"] == "you" and stored["mailbox"] == "INBOX"
    connection = event(found, cid, "connection")
    assert connection["listener"] == "smtp" and connection["remote"].startswith("127.0.0.1:")
    # Whatever says one id says the other, too.
    assert {e.get("cid") for e in found if e.get("txn") == txn} == {cid}
    accepted = [e for e in found if e.get("txn") == txn and e["module"] == "smtp"]
    assert accepted and stored["from"] in accepted[-1]["from"] and accepted[-1]["remote"] == "127.0.0.1"


def test_submission_through_the_queue(logged):
    server, form = logged
    with smtplib.SMTP("127.0.0.1", server.ports["submission"], timeout=20) as s:
        s.ehlo("client.example")
        s.login(posthouse.USER, posthouse.PASSWORD)
        s.sendmail(posthouse.USER, [posthouse.USER], f"From: <{posthouse.USER}>\r\nSubject: q\r\n\r\nx\r\n")
    posthouse.wait_for(lambda: [e for e in lines(server, form) if e["msg"] == "stored"], what="the stored line")
    found = lines(server, form)
    stored = the_one([e for e in found if e["msg"] == "stored"], "stored")
    cid, txn = stored["cid"], stored["txn"]
    for message, module in (("connection", "net"), ("login", "accounts"), ("queued", "queue"), ("stored", "delivery")):
        assert event(found, cid, message)["module"] == module
    assert event(found, cid, "queued")["txn"] == txn
    assert event(found, cid, "login")["protocol"] == "submission"


def test_refusals_say_who(logged):
    server, form = logged
    with server.raw("smtp") as c:
        c.reply()
        c.send(b"EHLO x\r\nMAIL FROM:<a@example.org>\r\nRCPT TO:<rcpttopermerror@localhost>\r\n")
        c.reply(), c.reply(), c.reply()
    with server.raw("imap") as c:
        c.line()
        c.send(b"a LOGIN you@localhost no-secret\r\n")
        c.until(b"a")
    posthouse.wait_for(lambda: [e for e in lines(server, form) if e["msg"] == "failed authentication attempt"])
    found = lines(server, form)
    failed = the_one([e for e in found if e["msg"] == "failed authentication attempt"], "login")
    assert failed["remote"] == "127.0.0.1" and event(found, failed["cid"], "connection")["listener"] == "imap"
    assert "no-secret" not in server.log.read_text()
    refused = the_one([e for e in found if e["msg"] == "recipient refused" or e.get("reason", "").endswith("this error")],
                      "refused")
    assert refused["txn"] and event(found, refused["cid"], "connection")["listener"] == "smtp"
