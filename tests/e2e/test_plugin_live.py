"""The configuration is followed while the server runs: plugins, listeners, domains, accounts and certificates change
under open connections, and what is refused changes nothing."""
import hashlib
import pathlib
import smtplib
import socket
import ssl
import subprocess

import posthouse
import pytest
from house import House, Load, accepts, off, with_plugins
from posthouse import wait_for

pytestmark = pytest.mark.sanitize
CYCLES = 100 if posthouse.LONG else 5


@pytest.fixture
def house(make_server):
    server = make_server().start()
    yield House(server)
    assert server.stop() == 0


def test_disabled_plugin_says_goodbye_and_the_other_does_not_notice(house):
    server = house.server
    with server.raw("imap") as imap, server.raw("smtp") as smtp:
        imap.line()
        smtp.reply()
        smtp.send(b"EHLO c.example.org\r\n")
        smtp.reply()
        house.reload(off(house.original, "imap"))
        assert b"BYE" in imap.rest()
        assert not accepts(server.ports["imap"]) and not accepts(server.ports["imaps"])
        for command in (b"MAIL FROM:<a@example.org>", f"RCPT TO:<{posthouse.USER}>".encode()):
            smtp.send(command + b"\r\n")
            assert smtp.reply().startswith(b"250")
        house.reload(house.original)
        smtp.send(b"DATA\r\n")
        assert smtp.reply().startswith(b"354")
        smtp.send(b"Subject: over the change\r\n\r\nx\r\n.\r\n")
        assert smtp.reply().startswith(b"250")
    c = server.imap()
    assert c.select("INBOX")[1] == [b"1"]
    c.logout()


def test_options_are_followed_and_a_refused_one_changes_nothing(house):
    server = house.server
    size = '[plugins.smtp]\nmax_message_size = "%s"\n'

    def told():
        with server.smtp() as s:
            s.ehlo("c.example.org")
            return int(s.esmtp_features["size"])

    house.reload(house.original.replace("[plugins.smtp]\n", size % "1MB"))
    assert told() == 1024 * 1024
    # Half of this would be fine: imap off. Nothing of it happens.
    bad = off(house.original, "imap").replace("[plugins.smtp]\n", '[plugins.smtp]\nmax_message_sise = "2MB"\n')
    refused = house.reload(bad, "the old configuration stays in force")
    assert "unknown key 'max_message_sise'" in refused
    assert told() == 1024 * 1024 and accepts(server.ports["imap"])
    house.reload(house.original)


def test_listeners_come_go_and_change(house):
    server = house.server
    port = posthouse.free_offset() + 1025
    listener = f'\n[listeners.more]\naddress = ["127.0.0.1:{port}"]\nprotocol = "%s"\ntls = "none"\n'
    with server.raw("imap") as old:
        old.line()
        house.reload(house.original + listener % "smtp")
        with socket.create_connection(("127.0.0.1", port), 10) as first:
            assert first.recv(100).startswith(b"220 ")
            # Another protocol on the same address; who is connected stays.
            house.reload(house.original + listener % "imap")
            with socket.create_connection(("127.0.0.1", port), 10) as second:
                assert second.recv(100).startswith(b"* ")
            first.sendall(b"NOOP\r\n")
            assert first.recv(100).startswith(b"250 ")
            # Another name for the same address.
            house.reload(house.original + (listener % "imap").replace("listeners.more", "listeners.renamed"))
            assert accepts(port)
            house.reload(house.original)
            assert not accepts(port)
            first.sendall(b"NOOP\r\n")
            assert first.recv(100).startswith(b"250 ")
        old.send(b"a NOOP\r\n")
        assert old.until(b"a")[-1].startswith(b"a OK")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        text = (listener % "smtp").replace(str(port), str(taken.getsockname()[1]))
        refused = house.reload(off(house.original, "imap") + text, "the old configuration stays in force")
        assert "listener more: bind" in refused and "in use" in refused
    assert accepts(server.ports["imap"])


def test_domain_and_account_are_added_and_a_certificate_is_swapped(house):
    server = house.server
    text = house.original.replace('catch_everything = "you"\n', "")
    house.reload(text)
    with pytest.raises(smtplib.SMTPRecipientsRefused):
        server.send(b"Subject: x\r\n\r\nx\r\n", to=("new@new.example",))
    server.run("domain", "add", "--config", server.config, "new.example")
    server.run("account", "add", "--config", server.config, "--password-stdin", "new", "new@new.example", input="a new password\n")
    house.reload(text)
    server.send(b"Subject: x\r\n\r\nx\r\n", to=("new@new.example",))
    c = server.imap(user="new@new.example", password="a new password")
    assert c.select("INBOX")[1] == [b"1"]

    def fingerprint():
        context = ssl._create_unverified_context()
        with socket.create_connection(("127.0.0.1", server.ports["imaps"]), 10) as s, context.wrap_socket(s) as tls:
            return hashlib.sha256(tls.getpeercert(True)).hexdigest()

    before = fingerprint()
    crt, key = (server.folder / f"localhost.{e}" for e in ("crt", "key"))
    good = crt.read_bytes()
    crt.write_bytes(b"no certificate\n")
    assert "certificate" in house.reload(text, "the old configuration stays in force")
    assert fingerprint() == before
    crt.write_bytes(good)
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
                    "-keyout", key, "-out", crt], check=True, capture_output=True)
    house.reload(text)
    assert fingerprint() != before
    assert c.noop()[0] == "OK"  # logged in all the while
    c.logout()


def idle(server):
    c = server.raw("imap")
    c.line()
    c.send(f"a LOGIN {posthouse.USER} {posthouse.PASSWORD}\r\nb SELECT INBOX\r\n".encode())
    c.until(b"b")
    c.send(b"c IDLE\r\n")
    assert c.line().startswith(b"+")
    return c


def settled(house):
    """Descriptors when nothing has changed for a moment: connections linger."""
    return wait_for(lambda: (lambda a: a if a == house.count("fd") else None)(house.count("fd")))


def test_imap_off_and_on_while_smtp_delivers(house):
    server, load = house.server, Load(house.server)
    load.start()
    wait_for(lambda: load.sent > 20)
    without = off(house.original, "imap")
    house.reload(without)
    house.reload(house.original)
    fds, threads, memory = house.count("fd"), house.count("task"), server.rss_kib()
    for _ in range(CYCLES):
        c = idle(server)
        house.reload(without)
        assert b"BYE" in c.rest()
        c.close()
        assert not accepts(server.ports["imap"])
        house.reload(house.original)
    sent = load.sent
    wait_for(lambda: load.sent > sent + 5)
    load.ending.set()
    load.join()
    assert not load.errors and load.deferred == 0
    c = server.imap()
    assert c.select("INBOX")[1] == [str(load.sent).encode()]
    c.logout()
    assert house.log().count('plugin running" plugin=imap') == CYCLES + 2
    assert house.count("fd") <= fds + 6
    assert house.count("task") <= threads + 24  # pools grow under load and shrink when it is over
    if not posthouse.SANITIZED:
        assert server.rss_kib() < memory + 16 * 1024


def test_smtp_off_and_on_while_imap_idles(house):
    server = house.server
    c = idle(server)
    without = off(house.original, "smtp")
    house.reload(without)
    house.reload(house.original)
    fds = settled(house)
    for n in range(1, CYCLES + 1):
        server.send(b"Subject: wakes\r\n\r\nx\r\n")
        assert c.line() == b"* %d EXISTS\r\n" % n
        with server.raw("smtp") as s:
            s.reply()
            house.reload(without)
            assert s.reply().startswith(b"421")
        assert not accepts(server.ports["smtp"])
        house.reload(house.original)
    c.send(b"DONE\r\n")
    assert c.until(b"c")[-1].startswith(b"c OK")
    wait_for(lambda: house.count("fd") <= fds + 2, what="descriptors to be given back")
    c.close()


def test_facts_are_free_again_and_running_hooks_finish(make_server, tmp_path):
    extra = [posthouse.BUILD / "test-plugins" / name for name in ("hooks.so", "hooks.json")]
    server = with_plugins(make_server(), tmp_path / "plugins", extra)
    house = House(server)
    for _ in range(3):
        with server.raw("smtp") as s:
            s.reply()
            s.send(b"EHLO c\r\nMAIL FROM:<word-late@example.org>\r\n")
            s.reply()
            house.reload(off(house.original, "hooks"))
            assert s.reply()[:3] in (b"250", b"451")  # before or after the change
        server.send(b"Subject: x\r\n\r\nx\r\n", sender="word-reject@example.org")
        told = house.reload(house.original)
        assert "hook refused" not in told
        with pytest.raises(smtplib.SMTPSenderRefused):
            server.send(b"Subject: x\r\n\r\nx\r\n", sender="word-reject@example.org")
    assert server.stop() == 0
