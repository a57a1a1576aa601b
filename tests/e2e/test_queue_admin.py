"""An admin looks after the queue: `posthouse queue ...` against a running server whose mail goes nowhere."""
import json
import time

import posthouse
import pytest
from posthouse import wait_for

pytestmark = pytest.mark.sanitize

ME = posthouse.USER


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    s = posthouse.Server(tmp_path_factory.mktemp("queue") / "server")
    s.start()
    s.stop()
    path = s.folder / "posthouse.toml"
    # Everything is refused for now, so it waits; "spare" refuses for good.
    text = path.read_text().replace('catch_everything = "you"\n', "")
    path.write_text(text + '\n[transports.nowhere]\nkind = "fail"\ncode = 451\ntext = "nobody is there"\n'
                    '[transports.spare]\nkind = "fail"\ncode = 550\ntext = "not even here"\n'
                    '[[routes]]\nto = ["far.example", "near.example"]\ntransport = "nowhere"\n')
    s.start()
    yield s
    assert s.stop() == 0


@pytest.fixture
def queue(server):
    def run(*args, check=True):
        done = server.run("queue", *args, "--dir", str(server.folder), "--json", check=check)
        return (json.loads(done.stdout) if done.stdout.strip() else {}) if check else done
    run("drop", "--all")
    return run


def submit(server, *to, subject="hello", options=()):
    import smtplib
    import ssl
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with smtplib.SMTP_SSL("127.0.0.1", server.ports["submissions"], context=context, timeout=30) as c:
        c.login(ME, posthouse.PASSWORD)
        c.sendmail(ME, list(to), f"From: {ME}\r\nSubject: {subject}\r\n\r\ntext\r\n", mail_options=list(options))


def waiting(queue, count, *args):
    """Once each has been tried."""
    def look():
        items = queue("list", *args)["items"]
        return items if len(items) == count and all(i["attempts"] for i in items) else None
    return wait_for(look, 20, f"{count} recipients tried")


def test_list_show_summary_dump(server, queue):
    submit(server, "x@far.example", "y@near.example", subject="listed")
    items = waiting(queue, 2)
    assert [i["to"] for i in items] == ["x@far.example", "y@near.example"]
    assert all(i["from"] == ME and i["account"] == "you" and i["reason"] == "nobody is there" for i in items)
    assert [i["to"] for i in queue("list", "--to", "@NEAR.example")["items"]] == ["y@near.example"]
    assert [i["to"] for i in queue("list", "--sort", "due", "--descending", "--max", "1")["items"]]
    assert queue("list", "--older", "1h")["items"] == [] and len(queue("list", "--younger", "1h")["items"]) == 2
    one = queue("show", str(items[0]["id"]))
    assert one["destination"] == "far.example" and one["tls"] == "default" and one["due"] > time.time() + 300
    assert {d["destination"]: d["waiting"] for d in queue("summary")["items"]} == {"far.example": 1, "near.example": 1}
    assert "Subject: listed\n" in queue("dump", str(items[0]["id"]))["message"]
    table = server.run("queue", "list", "--dir", str(server.folder)).stdout
    assert "x@far.example" in table and "nobody is there" in table
    assert queue("show", "999999", check=False).returncode == 1


def test_hold_unhold_retry_reschedule(server, queue):
    submit(server, "x@far.example", "y@far.example")
    ids = [str(i["id"]) for i in waiting(queue, 2)]
    assert queue("hold", ids[0])["recipients"] == 1
    assert [str(i["id"]) for i in queue("list", "--held")["items"]] == ids[:1]
    assert queue("unhold", *ids)["recipients"] == 2
    assert queue("retry", ids[1])["recipients"] == 1
    wait_for(lambda: queue("show", ids[1])["attempts"] == 2)
    assert queue("reschedule", ids[1], "--in", "5h")["recipients"] == 1
    due = queue("show", ids[1])["due"]
    assert abs(due - time.time() - 5 * 3600) < 60
    queue("reschedule", ids[1], "--by", "-1h")
    assert queue("show", ids[1])["due"] == due - 3600
    queue("reschedule", ids[1], "--at", str(due + 7))
    assert queue("show", ids[1])["due"] == due + 7
    assert queue("reschedule", ids[1], check=False).returncode != 0


def test_fail_tells_and_drop_does_not(server, queue):
    submit(server, "x@far.example", subject="given-up")
    waiting(queue, 1)
    assert queue("fail", "--to", "x@far", "--why", "enough of it")["recipients"] == 1

    def returned():
        c = server.imap()
        try:
            c.select("INBOX", readonly=True)
            return c.search(None, "BODY", '"enough of it"')[1][0].split()
        finally:
            c.logout()
    assert len(wait_for(returned)) == 1
    submit(server, "y@far.example", subject="dropped")
    waiting(queue, 1)
    assert queue("drop", check=False).returncode != 0  # not everything by accident
    assert queue("drop", "--account", "you")["recipients"] == 1
    assert queue("list")["items"] == [] and not posthouse.spooled(server)
    failed = queue("retired", "list", "--to", "x@far.example", "--result", "failed")["items"]
    assert failed and queue("retired", "show", str(failed[-1]["id"]))["text"] == "enough of it"
    assert not queue("retired", "list", "--to", "y@far.example")["items"]


def test_transport_and_tls(server, queue):
    submit(server, "x@far.example")
    one = str(waiting(queue, 1)[0]["id"])
    assert queue("transport", "none", one, check=False).returncode == 1
    assert queue("tls", "required", one)["recipients"] == 1 and queue("show", one)["tls"] == "required"
    assert queue("tls", "default", one)["recipients"] == 1
    assert queue("transport", "spare", one)["recipients"] == 1
    queue("retry", one)
    wait_for(lambda: queue("list")["items"] == [])
    assert queue("retired", "list", "--to", "x@far.example", "--sort", "ended", "--descending", "--max", "1")["items"][0]["text"] == "not even here"


def test_rules(server, queue):
    rule = queue("rules", "add", "--to", "Far.example")["id"]
    assert queue("rules", "list")["items"] == [{"id": rule, "account": "", "from": "", "to": "far.example"}]
    submit(server, "x@far.example")
    assert [i["held"] for i in queue("list")["items"]] == [True]
    queue("rules", "remove", str(rule))
    assert queue("rules", "remove", str(rule), check=False).returncode == 1
    queue("unhold", "--all")
    waiting(queue, 1)
    assert queue("rules", "add", check=False).returncode != 0


def test_suppressions(server, queue):
    queue("suppress", "add", "you", "X.y+z@far.example", "--reason", "asked us to")
    assert queue("suppress", "add", "you", "xy@far.example", check=False).returncode == 1
    found = queue("suppress", "list", "--address", "xy@far.example")["items"]
    assert found[0]["address"] == "X.y+z@far.example" and found[0]["manual"] and found[0]["reason"] == "asked us to"
    submit(server, "xy@far.example")
    wait_for(lambda: queue("list")["items"] == [])
    assert "suppression list" in queue("retired", "list", "--to", "xy@far.example")["items"][-1]["text"]
    queue("suppress", "remove", "you", "xy@far.example")
    assert queue("suppress", "list")["items"] == []


def test_errors_from_the_queue_for_tests(server, queue):
    submit(server, "queuetemperror@odd.example", "queue552@odd.example")
    assert waiting(queue, 1)[0]["to"] == "queuetemperror@odd.example"
    assert queue("retired", "list", "--to", "queue552@")["items"][-1]["code"] == 552


def test_limits_of_the_account(server, queue):
    path = server.folder / "accounts" / "you.toml"
    before = path.read_text()
    assert "first_time_recipients_per_day = 0" in before
    path.write_text(before.replace("first_time_recipients_per_day = 0", "first_time_recipients_per_day = 1"))
    server.reload()
    wait_for(lambda: server.log.read_text().count("configuration reloaded") >= 1)
    try:
        import smtplib
        with pytest.raises(smtplib.SMTPDataError) as refused:
            submit(server, "new1@far.example", "new2@far.example", "new3@far.example")
        assert refused.value.smtp_code == 451 and b"4.7.1" in refused.value.smtp_error and b"limit" in refused.value.smtp_error
        assert "over a limit of the account" in server.log.read_text() and not posthouse.spooled(server)
    finally:
        path.write_text(before)
        server.reload()
