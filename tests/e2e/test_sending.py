"""Mail leaves: through signed zones to other servers of ours, to Postfix, over smarthosts; and what cannot go comes back."""
import email
import json
import os
import pathlib
import re
import smtplib
import socket
import socketserver
import ssl
import tempfile
import threading
import time

import postfix
import posthouse
import pytest
from posthouse import wait_for
from ports import free_port
from zones import Zone, Zones

pytestmark = pytest.mark.sanitize

PASSWORD = "a long password"
PEERS = {"a": "127.0.0.11", "b": "127.0.0.12", "pf": "127.0.0.13", "dead": "127.0.0.14", "odd": "127.0.0.15"}


def zone_for(name):
    return f"@ MX 10 mx\nmx A {PEERS[name]}\n"


@pytest.fixture(scope="module")
def zones():
    parts = {f"{name}.example": zone_for(name) for name in PEERS}
    parts["null.example"] = "@ MX 0 .\n"
    parts["bogus.example"] = Zone(zone_for("b"), bogus=True)
    parts["direct.example"] = f"@ A {PEERS['b']}\n"  # no MX: the domain itself
    with Zones(parts) as z:
        yield z


@pytest.fixture(scope="module")
def port():
    """The port of all mail exchangers here."""
    return free_port()


class House:
    """A server for one domain, with one account."""

    def __init__(self, folder, name, zones, port, extra=""):
        self.name, self.domain, self.address = name, f"{name}.example", f"user@{name}.example"
        self.server = s = posthouse.Server(folder / name)
        s.start()
        s.stop()
        path = s.folder / "posthouse.toml"
        text = path.read_text()
        text = text.replace('hostname = "localhost"', f'hostname = "mx.{self.domain}"')
        text = text.replace('catch_everything = "you"\n', "").replace("resolvers = []", f'resolvers = ["{zones.resolver}"]')
        text = text.replace(f'["127.0.0.1:{s.ports["smtp"]}"]', f'["127.0.0.1:{s.ports["smtp"]}", "{PEERS[name]}:{port}"]')
        path.write_text(text + f'\n[queue]\ndirect_port = {port}\nsource_ipv4 = "{PEERS[name]}"\n' + extra)
        (s.folder / "domains" / f"{self.domain}.toml").write_text("")
        s.run("account", "add", "--config", s.config, "--password-stdin", "user", self.address, input=PASSWORD + "\n")
        s.start()

    def submit(self, to, subject, body="text\r\n", options=(), rcpt_options=()):
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        with smtplib.SMTP_SSL("127.0.0.1", self.server.ports["submissions"], context=context, timeout=30) as c:
            c.login("user", PASSWORD)
            return c.sendmail(self.address, to, f"From: {self.address}\r\nTo: {to}\r\nSubject: {subject}\r\nMessage-ID: <{subject}@{self.domain}>\r\n\r\n{body}",
                              mail_options=list(options), rcpt_options=list(rcpt_options))

    def mails(self):
        c = self.server.imap(user="user", password=PASSWORD)
        try:
            count = int(c.select("INBOX", readonly=True)[1][0])
            return [email.message_from_bytes(c.fetch(str(n), "(BODY.PEEK[])")[1][0][1]) for n in range(1, count + 1)]
        finally:
            c.logout()

    def got(self, subject, timeout=90):
        def look():
            found = [m for m in self.mails() if m["Subject"] == subject]
            assert len(found) <= 1
            return found[0] if found else None
        return wait_for(look, timeout, f"mail {subject} at {self.domain}: {self.server.log.read_text()[-3000:]}")

    def returned(self, subject, timeout=90):
        """The notification about our own mail `subject`: its text, and the fields of its machine-readable part."""
        def look():
            for m in self.mails():
                if m.get_content_type() == "multipart/report" and f"Subject: {subject}" in m.as_string():
                    return m
            return None
        m = wait_for(look, timeout, f"a notification about {subject}: {self.server.log.read_text()[-3000:]}")
        status = next(p for p in m.walk() if p.get_content_type() == "message/delivery-status")
        return m, {k.lower(): v for part in status.get_payload() for k, v in part.items()}


@pytest.fixture(scope="module")
def houses(tmp_path_factory, zones, port):
    root = tmp_path_factory.mktemp("houses")
    both = [House(root, "a", zones, port), House(root, "b", zones, port)]
    yield both
    for h in both:
        assert h.server.stop() == 0


def test_direct_by_mx_with_starttls(houses):
    a, b = houses
    assert a.submit(b.address, "direct") == {}
    m = b.got("direct")
    assert m["Return-Path"] == f"<{a.address}>"
    received = m.get_all("Received")
    assert len(received) == 2 and "with ESMTPS" in " ".join(received[0].split()) and "mx.a.example" in received[0]
    b.submit(a.address, "and-back")
    a.got("and-back")


def test_without_mx_the_domain_itself(houses):
    a, b = houses
    (b.server.folder / "domains" / "direct.example.toml").write_text("")
    (b.server.folder / "accounts" / "user.toml").write_text('addresses = ["user@b.example", "user@direct.example"]\n')
    b.server.reload()
    wait_for(lambda: "configuration reloaded" in b.server.log.read_text())
    a.submit("user@direct.example", "no-mx")
    b.got("no-mx")


@pytest.mark.parametrize("to,status", [("nobody@b.example", "5.1.1"), ("user@null.example", "5.1.10"), ("user@missing.null.example", "5.")])
def test_what_cannot_go_comes_back_at_once(houses, to, status):
    a, _ = houses
    subject = "returned-" + to.replace("@", "-at-")
    a.submit(to, subject)
    m, fields = a.returned(subject)
    assert m["Return-Path"] == "<>" and m["Auto-Submitted"].startswith("auto-replied") or m["Auto-Submitted"].startswith("auto-generated")
    assert fields["action"] == "failed" and fields["status"].startswith(status)
    assert to in fields["final-recipient"]


@pytest.mark.parametrize("to", ["user@dead.example", "user@bogus.example"])
def test_what_may_go_later_waits(houses, to):
    a, _ = houses
    subject = "waits-" + to.partition("@")[2]
    before = len(a.mails())
    a.submit(to, subject)
    wait_for(lambda: re.search(r"msg=deferred .*to=" + re.escape(to), a.server.log.read_text()), 60, "a try that fails for now")
    assert len(a.mails()) == before


def test_some_recipients_of_one_mail(houses):
    a, b = houses
    a.submit([b.address, "nobody@b.example"], "partly")
    b.got("partly")
    _, fields = a.returned("partly")
    assert "nobody@b.example" in fields["final-recipient"] and fields["status"] == "5.1.1"


class Odd(socketserver.StreamRequestHandler):
    """A server that says what it is told to."""

    def handle(self):
        script = self.server.script
        self.wfile.write(script.get("greeting", b"220 odd\r\n"))
        while line := self.rfile.readline():
            verb = line[:4].upper().strip()
            self.server.lines.append(line)
            if verb == b"DATA":
                self.wfile.write(b"354 go on\r\n")
                body = b""
                while (part := self.rfile.readline()) not in (b".\r\n", b""):
                    body += part
                self.server.bodies.append(body)
                answer = script.get(b"BODY", b"250 taken\r\n")
            else:
                answer = script.get(verb, b"250 fine\r\n")
            if answer is None:
                return
            self.wfile.write(answer)
            if verb == b"QUIT":
                return


@pytest.fixture
def odd(port):
    class Server(socketserver.ThreadingTCPServer):
        allow_reuse_address, daemon_threads = True, True
    server = Server((PEERS["odd"], port), Odd)
    server.script, server.lines, server.bodies = {}, [], []
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def test_the_remotes_words_are_in_the_notification(houses, odd):
    a, _ = houses
    odd.script = {b"RCPT": b"553-5.7.9 we do not like\r\n553 5.7.9 your face \xe4\r\n"}
    a.submit("user@odd.example", "words")
    m, fields = a.returned("words")
    assert fields["status"] == "5.7.9" and "your face" in fields["diagnostic-code"] and "mx.odd.example" in fields["remote-mta"]


def test_why(houses, odd):
    a, b = houses
    odd.script = {b"RCPT": b"553 5.7.9 your face\r\n"}
    a.submit("user@odd.example", "why")
    a.returned("why")

    def trace(house, what):
        r = house.server.run("trace", what, "--json", "--dir", house.server.folder)
        return [(s["step"], s["details"]) for s in json.loads(r.stdout)["items"]]
    steps = wait_for(lambda: (found := trace(a, "why@a.example")) and any(s == "stored" for s, _ in found) and found, 10, "the history")
    names = [s for s, _ in steps]
    for earlier, later in [("reception", "recipient"), ("recipient", "bounced"), ("bounced", "sender is told"), ("sender is told", "stored")]:
        assert names.index(earlier) < names.index(later), names
    assert "message accepted" in names  # an attempt may be quicker than this line
    details = dict(steps)
    assert details["reception"]["account"] == "user" and details["reception"]["protocol"] == "ESMTPSA" and details["reception"]["remote"] == "127.0.0.1"
    assert "your face" in details["bounced"]["reply"] and details["bounced"]["host"] == "mx.odd.example" and details["bounced"]["to"] == "user@odd.example"
    assert details["stored"]["to"] == a.address

    # What was refused has a history too, where it was refused.
    with pytest.raises(smtplib.SMTPDataError), smtplib.SMTP("127.0.0.1", b.server.ports["smtp"]) as c:
        c.sendmail("someone@a.example", ["nobody@b.example"], "x")
    steps = wait_for(lambda: (found := trace(b, "someone@a.example")) and found[-1][0] == "message refused" and found, 10, "the history")
    assert steps[-1][1]["reason"] == "no such user here" and ("recipient", "nobody@b.example") in [(s, d.get("to")) for s, d in steps]

    people = a.server.run("trace", "user@odd.example", "--dir", a.server.folder).stdout
    assert "bounced" in people and "your face" in people
    assert trace(a, "nobody@nowhere.example") == []


def test_dots_and_bytes_arrive_as_they_were(houses, odd):
    a, _ = houses
    odd.script = {b"EHLO": b"250-odd\r\n250-PIPELINING\r\n250 8BITMIME\r\n"}
    body = ".\r\n..\r\n.a\r\n" + "x" * 900 + "\r\nend\r\n"
    a.submit("user@odd.example", "dots", body)
    wait_for(lambda: odd.bodies, 30)
    assert odd.bodies[0].endswith(b"\r\n\r\n" + body.replace("\r\n.", "\r\n..").replace(".\r\n..", "..\r\n..", 1).encode())


def test_nothing_is_sent_twice_when_the_answer_is_slow(houses, odd):
    a, _ = houses
    odd.script = {b"EHLO": b"250 odd\r\n", b"BODY": b"451 4.3.0 later\r\n"}
    a.submit("user@odd.example", "later")
    wait_for(lambda: odd.bodies, 30)
    time.sleep(2)
    assert len(odd.bodies) == 1  # 7.5 minutes until the next try


@pytest.fixture
def open_folder():
    with tempfile.TemporaryDirectory(prefix="posthouse-peer-") as folder:
        os.chmod(folder, 0o755)
        yield pathlib.Path(folder)


@pytest.mark.skipif(os.getuid() != 0, reason="Postfix is started as root")
def test_to_and_from_postfix(open_folder, houses, zones, port):
    a, _ = houses

    relay = postfix.Postfix(open_folder / "postfix", f"relay_domains = a.example\ntransport_maps = inline:{{ a.example=smtp:[{PEERS['a']}]:{port} }}\n"
                            "virtual_mailbox_domains = pf.example\nvirtual_transport = discard:\n",
                            f"{PEERS['pf']}:{port} inet n - n - - smtpd")
    relay.start()
    try:
        a.submit("user@pf.example", "to-postfix")
        wait_for(lambda: re.search(r"to=<user@pf.example>.*status=sent", (open_folder / "postfix" / "maillog").read_text()), 30, "delivery by Postfix")
        with smtplib.SMTP("127.0.0.1", relay.ports["smtp"]) as c:
            c.sendmail("someone@pf.example", [a.address], "From: someone@pf.example\r\nSubject: from-postfix\r\n\r\nx\r\n")
        a.got("from-postfix")
    finally:
        relay.stop()


def test_success_is_told_where_it_was_asked_for(houses):
    a, b = houses
    a.submit(a.address, "local-success", options=["ENVID=id+2B1", "RET=FULL"], rcpt_options=["NOTIFY=SUCCESS", "ORCPT=rfc822;first@a.example"])
    _, fields = a.returned("local-success")
    assert fields["action"] == "delivered" and fields["original-envelope-id"] == "id+1"
    assert fields["original-recipient"] == "rfc822;first@a.example" and fields["final-recipient"] == f"rfc822; {a.address}"
    # The other server offers DSN: it tells, not we.
    a.submit(b.address, "far-success", rcpt_options=["NOTIFY=SUCCESS"])
    m, fields = a.returned("far-success")
    assert fields["action"] == "delivered" and fields["reporting-mta"] == "dns; mx.b.example"
    assert m["Return-Path"] == "<>" and len([x for x in a.mails() if "Subject: far-success" in x.as_string()]) == 1


@pytest.mark.parametrize("notify,told", [("SUCCESS", False), ("DELAY", False), ("NEVER", False), ("FAILURE", True), ("SUCCESS,DELAY,FAILURE", True)])
def test_failure_is_told_unless_unwanted(houses, notify, told):
    a, _ = houses
    subject = "failure-" + notify.replace(",", "-")
    a.submit("user@null.example", subject, rcpt_options=[f"NOTIFY={notify}"])
    if told:
        assert a.returned(subject)[1]["action"] == "failed"
        return
    a.submit("user@null.example", subject + "-later")  # what is told of this would come after
    a.returned(subject + "-later")
    assert not [m for m in a.mails() if m.get_content_type() == "multipart/report" and f"Subject: {subject}\n" in m.as_string()]


def test_relayed_to_a_server_without_dsn(houses, odd):
    a, _ = houses
    a.submit("user@odd.example", "relayed", rcpt_options=["NOTIFY=SUCCESS"])
    _, fields = a.returned("relayed")
    assert fields["action"] == "relayed" and fields["remote-mta"] == "dns; mx.odd.example" and fields["status"].startswith("2.")
    assert not any(b"NOTIFY" in line for line in odd.lines)


def test_wishes_are_passed_on(houses, odd):
    a, _ = houses
    odd.script = {b"EHLO": b"250-odd\r\n250-DSN\r\n250-DELIVERBY\r\n250 MT-PRIORITY\r\n"}
    a.submit("user@odd.example", "passed", options=["RET=HDRS", "ENVID=id+2B1", "BY=600;R", "MT-PRIORITY=4"],
             rcpt_options=["NOTIFY=SUCCESS,DELAY", "ORCPT=rfc822;a+2Bb@odd.example"])
    wait_for(lambda: odd.bodies, 30)
    mail, rcpt = (next(x.decode() for x in odd.lines if x.startswith(verb)) for verb in (b"MAIL", b"RCPT"))
    assert " RET=HDRS ENVID=id+2B1" in mail and " MT-PRIORITY=4" in mail and re.search(r" BY=5\d\d;R|BY=600;R", mail)
    assert " NOTIFY=SUCCESS,DELAY ORCPT=rfc822;a+2Bb@odd.example" in rcpt
    assert b"PRIORITY 4" in odd.bodies[0]
    a.submit(a.address, "after-passed", rcpt_options=["NOTIFY=SUCCESS"])
    a.returned("after-passed")
    assert not [m for m in a.mails() if "Subject: passed\n" in m.as_string()]


def test_in_time_or_not_at_all(houses, odd):
    a, _ = houses
    a.submit("user@odd.example", "in-time", options=["BY=60;R"])
    _, fields = a.returned("in-time")
    assert fields["action"] == "failed" and "deliver-by-date" in fields and not odd.bodies


def test_a_notification_is_known_by_its_reverse_path(houses):
    a, b = houses
    (a.server.folder / "domains" / "a.example.toml").write_text('localpart_separators = ["+"]\n')
    account = a.server.folder / "accounts" / "user.toml"
    before = account.read_text()
    account.write_text(f'from_id_addresses = ["{a.address}"]\n' + before)
    reloads = a.server.log.read_text().count("configuration reloaded")
    a.server.reload()
    wait_for(lambda: a.server.log.read_text().count("configuration reloaded") > reloads)
    try:
        a.submit(b.address, "with-an-id", rcpt_options=["NOTIFY=SUCCESS"])
        m = b.got("with-an-id")
        own = re.fullmatch(r"<(user\+[0-9a-z]{24}@a\.example)>", m["Return-Path"])
        assert own, m["Return-Path"]

        def entry():
            done = a.server.run("queue", "retired", "list", "--to", b.address, "--dir", str(a.server.folder), "--json")
            return next((i for i in json.loads(done.stdout)["items"] if i["notified"]), None)
        found = wait_for(entry, 30, "the notification to be told apart")
        assert found["notified"] == "delivered" and found["result"] == "delivered"
        assert a.returned("with-an-id")[1]["action"] == "delivered"  # and it is mail as any other
        # What is refused for good is not sent to again.
        a.submit("nobody@b.example", "first-try")
        a.returned("first-try")
        wait_for(lambda: "address suppressed" in a.server.log.read_text())
        a.submit("nobody@b.example", "second-try")
        assert "suppression list" in a.returned("second-try")[0].as_string()
    finally:
        account.write_text(before)
        a.server.reload()
