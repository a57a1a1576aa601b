"""The extensions of the SMTP plugin through real sockets: chunks, LMTP, held messages, REQUIRETLS, slow answers."""
import email
import pathlib
import smtplib
import ssl
import time

import posthouse
import pytest

START = b"EHLO client.example\r\nMAIL FROM:<a@example.org>%s\r\nRCPT TO:<you@localhost>\r\n"


def stored(server):
    return [p.read_bytes() for p in sorted((server.folder / "data/accounts/you/msg").rglob("*")) if p.is_file()]


def begin(raw, parameters=b""):
    raw.reply()
    raw.send(START % parameters)
    assert [raw.reply()[:3] for _ in range(3)] == [b"250"] * 3


def edit(server, *replacements, append=""):
    """A stopped server with another configuration."""
    server.start()
    server.stop()
    path = pathlib.Path(server.config)
    text = path.read_text()
    for old, new in replacements:
        assert old in text
        text = text.replace(old, new)
    path.write_text(text + append)


def test_large_message_in_pipelined_chunks(make_server):
    server = make_server().start()
    body = b"".join(b"%06d a line that is neither stuffed nor searched\r\n.\r\n" % i for i in range(300_000))
    message = b"Subject: chunks\r\n\r\n" + body
    pieces = [message[i : i + 777_777] for i in range(0, len(message), 777_777)]
    with server.raw(timeout=60) as raw:
        begin(raw)
        for piece in pieces:
            raw.send(b"BDAT %d\r\n" % len(piece) + piece)
        raw.send(b"BDAT 0 LAST\r\nQUIT\r\n")
        for piece in pieces:
            assert raw.reply() == b"250 2.0.0 %d octets received\r\n" % len(piece)
        assert raw.reply().startswith(b"250 2.0.0 accepted ")
        assert raw.reply().startswith(b"221")
    assert server.stop() == 0
    assert stored(server)[0].endswith(message)


def test_no_command_hides_in_a_chunk(server):
    with server.raw() as raw:
        begin(raw)
        raw.send(b"BDAT 3000000\r\n" + b"QUIT\r\n" * 500_000 + b"RSET\r\nBDAT 6 LAST\r\nQUIT\r\nNOOP\r\n")
        replies = [raw.reply() for _ in range(4)]
        assert [r[:3] for r in replies] == [b"250", b"250", b"503", b"250"], replies


def test_binary_message_keeps_every_octet(make_server):
    server = make_server().start()
    blob = bytes(range(256)) * 1000
    message = (b"Subject: binary\r\nMIME-Version: 1.0\r\nContent-Type: application/octet-stream\r\n"
               b"Content-Transfer-Encoding: binary\r\n\r\n" + blob)
    with server.raw() as raw:
        begin(raw, b" BODY=BINARYMIME")
        raw.send(b"DATA\r\n")
        assert raw.reply().startswith(b"503")
        raw.send(b"BDAT %d LAST\r\n" % len(message) + message)
        assert raw.reply().startswith(b"250")
    assert server.stop() == 0
    kept = email.message_from_bytes(stored(server)[0])
    assert kept.get_payload(decode=True) == blob and kept["Content-Transfer-Encoding"] == "base64"
    assert b"\0" not in stored(server)[0]
    assert server.verify().returncode == 0


def test_lmtp_with_a_real_client(make_server):
    server = make_server()
    port = posthouse.free_offset()
    edit(server, ('catch_everything = "you"', 'catch_everything = ""'),
         append=f'\n[listeners.lmtp]\naddress = ["127.0.0.1:{port}"]\nprotocol = "lmtp"\ntls = "none"\n')
    server.start()
    with smtplib.LMTP("127.0.0.1", port) as c:
        assert c.ehlo()[0] == 250  # smtplib says LHLO
        assert c.mail("a@example.org")[0] == 250
        assert c.rcpt("you@localhost")[0] == 250
        assert c.rcpt("nobody@localhost")[0] == 550
        assert c.rcpt("YOU@localhost")[0] == 250
        assert c.data(b"Subject: by LMTP\r\n\r\nx\r\n")[0] == 250
        assert c.getreply()[0] == 250  # smtplib knows of one reply: this is the second recipient's
        assert c.noop()[0] == 250
    assert server.stop() == 0
    messages = stored(server)
    assert len(messages) == 1 and b" with LMTP id " in messages[0].replace(b"\r\n ", b" ")


def test_held_message_is_delivered_in_time_and_after_a_restart(make_server):
    server = make_server().start()

    def submit(parameter, subject):
        with smtplib.SMTP("127.0.0.1", server.ports["submission"]) as s:
            s.login(posthouse.USER, posthouse.PASSWORD)
            assert "futurerelease" in s.esmtp_features
            s.sendmail(posthouse.USER, ["you@localhost"], f"From: {posthouse.USER}\r\nBcc: x@example.com\r\nSubject: {subject}\r\n\r\n",
                       mail_options=[parameter])

    submit("HOLDFOR=3600", "much later")
    begun = time.time()
    submit("HOLDFOR=4", "soon")
    assert stored(server) == []
    assert server.stop() == 0
    assert len(posthouse.spooled(server)) == 2
    server.start()
    assert stored(server) == []
    posthouse.wait_for(lambda: stored(server), what="the held message")
    assert time.time() >= begun + 3.9
    messages = stored(server)
    assert len(messages) == 1 and b"Subject: soon" in messages[0] and b"Bcc" not in messages[0]
    assert server.stop() == 0
    assert len(posthouse.spooled(server)) == 1


def test_requiretls(server):
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    with server.smtp() as s:
        s.ehlo("client.example")
        assert "requiretls" not in s.esmtp_features
        code, text = s.mail("a@example.org", ["REQUIRETLS"])
        assert code == 523 and text.startswith(b"5.7.10")
        s.starttls(context=context)
        s.ehlo("client.example")
        assert "requiretls" in s.esmtp_features
        s.sendmail("a@example.org", [posthouse.USER], "Subject: private\r\n\r\n", mail_options=["REQUIRETLS"])
    assert any(b"(requiretls)" in m for m in stored(server))


def test_the_sender_hears_about_recipients_nobody_knows(make_server):
    server = make_server()
    edit(server, ('catch_everything = "you"', 'catch_everything = ""'))
    server.start()
    with server.smtp() as s:
        s.ehlo("client.example")
        s.mail("you@localhost")
        assert s.rcpt("you@localhost")[0] == 250
        assert s.rcpt("nobody@localhost")[0] == 250
        assert s.data("Subject: to both\r\n\r\nbody\r\n")[0] == 250
    messages = posthouse.wait_for(lambda: len(stored(server)) == 2 and stored(server), what="the notification")
    assert server.stop() == 0
    notification = [m for m in map(email.message_from_bytes, messages) if m["Auto-Submitted"]][0]
    assert notification["Return-Path"] == "<>" and notification.get_content_type() == "multipart/report"
    text, status, header = notification.get_payload()
    assert "nobody@localhost" in text.get_payload()
    assert status.get_content_type() == "message/delivery-status"
    fields = status.get_payload()[1]
    assert fields["Final-Recipient"] == "rfc822; nobody@localhost" and fields["Status"] == "5.1.1"
    assert "Subject: to both" in header.get_payload() and "body" not in header.get_payload()


@pytest.mark.parametrize("text", ["Return-Path: <forged@example.com>\r\nSubject: x\r\n\r\n"])
def test_one_return_path(make_server, text):
    server = make_server().start()
    server.send(text)
    assert server.stop() == 0
    message = stored(server)[0]
    assert message.lower().count(b"return-path:") == 1 and b"forged" not in message


def test_bad_clients_wait(make_server):
    server = make_server()
    edit(server, ("slow_down = false", "slow_down = true"))
    server.start()
    with server.raw(timeout=60) as raw:
        raw.reply()
        raw.send(b"NOOP\r\n" + b"FOO\r\n" * 6)
        for _ in range(7):
            raw.reply()
        raw.send(b"FOO\r\n")
        begun = time.monotonic()
        first = raw.socket.recv(100)
        assert len(first) == 1
        time.sleep(2.5)
        assert len(raw.socket.recv(100)) in (2, 3)
        # Others are served at once meanwhile.
        other = time.monotonic()
        server.send("Subject: quick\r\n\r\n")
        assert time.monotonic() - other < 2
    assert time.monotonic() - begun < 60
    assert server.stop() == 0
