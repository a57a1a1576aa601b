"""Mail leaves over smarthosts, LMTP and SOCKS; and next servers that stop, lie and babble lose nothing of it."""
import collections
import json
import os
import smtplib
import socket
import ssl
import struct
import threading
import time

import posthouse
import pytest
from lying_peer import LyingPeer
from posthouse import wait_for

pytestmark = pytest.mark.sanitize

ME = posthouse.USER
LONG = posthouse.LONG


def submit(server, to, subject):
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with smtplib.SMTP_SSL("127.0.0.1", server.ports["submissions"], context=context, timeout=30) as c:
        c.login(ME, posthouse.PASSWORD)
        c.sendmail(ME, to, f"From: {ME}\r\nSubject: {subject}\r\n\r\ntext\r\n")


@pytest.fixture
def sender(make_server):
    """A server whose mail for *.peer.example goes as the options of a transport say."""
    def start(transport, extra=""):
        s = make_server()
        s.start()
        s.stop()
        path = s.folder / "posthouse.toml"
        text = path.read_text().replace('catch_everything = "you"\n', "")
        (s.folder / "next-password").write_text(posthouse.PASSWORD + "\n")
        path.write_text(text + f"\n[transports.next]\n{transport}\n" + '[[routes]]\nto = ["peer.example", ".peer.example"]\ntransport = "next"\n' + extra)
        s.start()
        return s
    return start


def queue(server, *args):
    done = server.run("queue", *args, "--dir", str(server.folder), "--json")
    return json.loads(done.stdout) if done.stdout.strip() else {}


def subjects(peer):
    return collections.Counter(next(line[9:] for line in m.content.decode("latin-1").splitlines() if line.startswith("Subject: ")) for m in peer.messages)


def tried(server, attempts=1):
    """What waits, once each of it was tried so often."""
    def look():
        items = queue(server, "list")["items"]
        return [items] if all(i["attempts"] >= attempts for i in items) else None
    return wait_for(look, 30, "attempts")[0]


def test_smarthost_with_login(make_server, sender):
    b = make_server()
    b.start()
    a = sender(f'kind = "submissions"\nhost = "127.0.0.1"\nport = {b.ports["submissions"]}\ntls = "implicit"\nusername = "{ME}"\npassword_file = "next-password"\n')
    # Its certificate is its own: mail with a password waits rather than going to somebody.
    submit(a, ["user@peer.example"], "unverified")
    assert "certificate" in tried(a)[0]["reason"]
    path = a.folder / "posthouse.toml"
    path.write_text(path.read_text().replace(f'port = {b.ports["submissions"]}\ntls = "implicit"', f'port = {b.ports["submission"]}\ntls = "unverified"').replace('kind = "submissions"', 'kind = "submission"'))
    a.reload()
    wait_for(lambda: "configuration reloaded" in a.log.read_text())
    queue(a, "retry", "--all")

    def arrived():
        c = b.imap()
        try:
            return int(c.select("INBOX", readonly=True)[1][0]) == 1
        finally:
            c.logout()
    wait_for(arrived, 20, a.log.read_text()[-2000:])
    assert queue(a, "list")["items"] == []


def test_lmtp_answers_for_each_recipient(sender):
    with LyingPeer(lmtp=True, replies={"message": ["250 2.1.5 one", "550 5.2.1 two is closed", "451 4.2.1 three later"]}) as peer:
        a = sender(f'kind = "lmtp"\nhost = "127.0.0.1"\nport = {peer.port}\n')
        submit(a, [f"{n}@peer.example" for n in ("one", "two", "three")], "each")
        wait_for(lambda: len(queue(a, "list")["items"]) == 1, 20)  # the one that failed stays until that is told
        waiting = tried(a)
        assert [i["to"] for i in waiting] == ["three@peer.example"] and "three later" in waiting[0]["reason"]
        assert "LHLO" in peer.lines[0]
        told = wait_for(lambda: [line for line in a.log.read_text().splitlines() if 'msg="sender is told"' in line], 20)
        assert "two@peer.example" in told[0] and len(told) == 1
        queue(a, "retry", "--all")
        wait_for(lambda: queue(a, "list")["items"] == [], 20)
        assert [len(m.recipients) for m in peer.messages] == [3, 1]


class Socks(threading.Thread):
    """SOCKS 5 without authentication that brings every CONNECT to one place. RFC 1928."""

    def __init__(self, port):
        super().__init__(daemon=True)
        self.to, self.asked = port, []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]

    def run(self):
        while True:
            try:
                s, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(s,), daemon=True).start()

    def serve(self, s):
        f = s.makefile("rb")
        f.read(f.read(2)[1])
        s.sendall(b"\x05\x00")
        kind = f.read(4)[3]
        host = socket.inet_ntoa(f.read(4)) if kind == 1 else f.read(f.read(1)[0]).decode() if kind == 3 else socket.inet_ntop(socket.AF_INET6, f.read(16))
        self.asked.append((host, struct.unpack(">H", f.read(2))[0]))
        out = socket.create_connection(("127.0.0.1", self.to))
        s.sendall(b"\x05\x00\x00\x01\x7f\x00\x00\x01\x00\x00")

        def back():
            while data := out.recv(65536):
                s.sendall(data)
            s.close()
        threading.Thread(target=back, daemon=True).start()
        while data := f.read1(65536):
            out.sendall(data)
        out.shutdown(socket.SHUT_WR)


def test_socks(sender):
    # The address comes from no mail exchanger: a domain that is an address literal needs no resolver.
    with LyingPeer() as peer:
        proxy = Socks(peer.port)
        proxy.start()
        a = sender(f'kind = "socks"\nproxy = "127.0.0.1:{proxy.port}"\n', '[[routes]]\ntransport = "next"\n')
        submit(a, ["user@[192.0.2.7]"], "through")
        assert peer.wait_for_messages(1)[0].recipients[0].startswith("<user@[192.0.2.7]>")
        assert proxy.asked == [("192.0.2.7", 25)]
        proxy.listener.close()


def everything_arrives(a, peer, sent, taken=()):
    """The peer is honest now: all arrives, and nothing twice but what it had `taken` without saying so in SMTP."""
    peer.cut = peer.drop = peer.silent = None
    peer.replies = {}
    queue(a, "retry", "--all")
    wait_for(lambda: len(subjects(peer)) == sent, 60, f"{sent} messages, {len(subjects(peer))} came: {a.log.read_text()[-1500:]}")
    wait_for(lambda: queue(a, "list")["items"] == [], 30)
    time.sleep(0.3)
    assert {s: n for s, n in subjects(peer).items() if n != 1 and s not in taken} == {}
    assert "sender is told" not in a.log.read_text()


@pytest.mark.parametrize("offers", [("PIPELINING", "8BITMIME"), ()])
def test_a_peer_that_stops_at_each_byte(sender, offers):
    with LyingPeer(offers=offers) as peer:
        a = sender(f'kind = "smtp"\nhost = "127.0.0.1"\nport = {peer.port}\ntls = "none"\n')
        submit(a, ["user@first.peer.example"], "first")
        peer.wait_for_messages(1)
        whole = sum(len(x) + 2 for x in ["220 mx.peer.example ESMTP", "250-mx.peer.example", *("250-" + o for o in offers), "250 2.1.0 ok", "250 2.1.5 ok", "354 go on", "250 2.0.0 taken", "221 2.0.0 bye"])
        cuts = list(range(0, whole + 2, 1 if LONG else 3))
        for n in cuts:
            peer.cut = n
            submit(a, [f"user@c{n}.peer.example"], f"cut-{n}")
            wait_for(lambda: f"@c{n}.peer.example" in a.log.read_text().split("msg=queued")[-1], 30, f"the attempt that is cut at {n}")
        everything_arrives(a, peer, len(cuts) + 1)


def test_a_peer_that_takes_and_says_nothing(sender):
    with LyingPeer(drop="message") as peer:
        a = sender(f'kind = "smtp"\nhost = "127.0.0.1"\nport = {peer.port}\ntls = "none"\n')
        submit(a, ["user@peer.example"], "unanswered")
        assert len(tried(a)) == 1
        everything_arrives(a, peer, 1)


@pytest.mark.parametrize("verb", ["greeting", "EHLO", "MAIL", "RCPT", "DATA", "message"])
@pytest.mark.parametrize("reply", ["2\xe4\xff0 what", "250-\n999 x", "", "25", "250 " + "x" * 10_000_000, "\n".join(["250-x"] * 2_000_000), "250\x00ok"], ids=["bytes", "mixed", "empty", "short", "10MB", "lines", "nul"])
def test_a_peer_that_babbles(babbled, verb, reply):
    a, peer, sent, unclear = babbled
    peer.replies = {verb: reply}
    sent.append(f"b{len(sent)}")
    if verb == "message":
        unclear.append(sent[-1])
    submit(a, [f"user@{sent[-1]}.peer.example"], sent[-1])
    wait_for(lambda: f"@{sent[-1]}.peer.example" in a.log.read_text().split("msg=queued")[-1], 60, "an attempt")
    line = [x for x in a.log.read_text().splitlines() if f"to=user@{sent[-1]}.peer.example" in x][-1]
    # A reply with odd bytes or an odd end in its text is still that reply; what is no reply is a failure for now.
    assert "msg=deferred" in line or "msg=delivered" in line, line
    assert len(line) < 5000


@pytest.fixture(scope="module")
def babbled(tmp_path_factory):
    with LyingPeer() as peer:
        s = posthouse.Server(tmp_path_factory.mktemp("babbled") / "sender")
        s.start()
        s.stop()
        path = s.folder / "posthouse.toml"
        path.write_text(path.read_text().replace('catch_everything = "you"\n', "") + f'\n[transports.next]\nkind = "smtp"\nhost = "127.0.0.1"\nport = {peer.port}\ntls = "none"\n'
                        '[[routes]]\ntransport = "next"\n')
        s.start()
        memory = s.rss_kib()
        sent, unclear = [], []
        yield s, peer, sent, unclear
        everything_arrives(s, peer, len(sent), unclear)
        if not posthouse.SANITIZED:  # they have their own memory
            assert s.rss_kib() - memory < 32 * 1024
        assert s.stop() == 0
