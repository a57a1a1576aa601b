"""A DMARC report from one server to another: counted, due, signed, queued, delivered by MX, and read there."""
import json
import sqlite3

import pytest
from ports import free_port
from posthouse import wait_for
from test_dkim import text_records
from test_sending import PEERS, House, zone_for
from zones import Zone, Zones

pytestmark = pytest.mark.sanitize


class NoZones:
    resolver = "127.0.0.9:9"  # like no other address of the configuration: it is replaced as text


OPTIONS = '\n[plugins.spf-dkim-dmarc]\nexempt_networks = []\nkey_publish_wait = "1s"\n'


def command(house, *args):
    return json.loads(house.server.run(*args, "--json", "--dir", str(house.server.folder)).stdout)


def restart(house, change=lambda text: text, meanwhile=lambda: None):
    assert house.server.stop() == 0
    path = house.server.folder / "posthouse.toml"
    path.write_text(change(path.read_text()))
    meanwhile()
    house.server.start()


@pytest.fixture(scope="module")
def houses(tmp_path_factory):
    root, port = tmp_path_factory.mktemp("houses"), free_port()
    a = House(root, "a", NoZones, port, OPTIONS + 'sign_domains = ["a.example"]\n')
    made = command(a, "dkim", "status", "a.example")["items"]
    keys = text_records([(k["name"].removesuffix(".a.example."), k["value"]) for k in made])
    policy = '@ TXT "v=spf1 ip4:{ip} -all"\nmx TXT "v=spf1 ip4:{ip} -all"\n_dmarc TXT "v=DMARC1; p=reject; {more}"\n'
    parts = {"a.example": Zone(zone_for("a") + policy.format(ip="192.0.2.1", more="aspf=r") + keys, ttl=1, signed=False),
             "b.example": Zone(zone_for("b") + policy.format(ip=PEERS["b"], more="ri=3600; rua=mailto:user@b.example"), signed=False)}
    with Zones(parts) as zones:
        restart(a, lambda text: text.replace(NoZones.resolver, zones.resolver))
        b = House(root, "b", zones, port, OPTIONS + 'report_addresses = ["user@b.example"]\n')
        states = lambda: {k["state"] for k in command(a, "dkim", "status", "a.example")["items"]}  # noqa: E731
        wait_for(lambda: states() == {"signing"}, 20, "keys that sign")
        yield a, b
        for house in (a, b):
            assert house.server.stop() == 0


def test_a_report_arrives(houses):
    a, b = houses
    for subject in ("one", "two"):
        assert b.submit(a.address, subject) == {}
        a.got(subject)
    assert command(a, "dmarc", "send") == {"queued": 0}, "its period is not over"

    def age():
        with sqlite3.connect(a.server.folder / "data/plugin-data/spf-dkim-dmarc/data.db") as db:
            assert db.execute("UPDATE evaluations SET at = at - 3 * 3600 WHERE domain = 'b.example'").rowcount > 0

    restart(a, meanwhile=age)
    assert command(a, "dmarc", "send") == {"queued": 1}
    assert command(a, "dmarc", "send") == {"queued": 0}, "each once"
    # SPF fails there on purpose: it is the signature, of the parent domain of its author, that passes DMARC and lets it be read.
    (item,) = wait_for(lambda: command(b, "dmarc", "reports")["items"], 30, f"a report: {b.server.log.read_text()[-3000:]}")
    assert item["domain"] == "b.example" and item["organisation"] == "mx.a.example"
    assert item["messages"] == item["passed"] == item["spf"] == 2 and item["rejected"] == 0
    # It is read before it is stored.
    (mail,) = wait_for(lambda: [m for m in b.mails() if "Report Domain: b.example" in (m["Subject"] or "")], 30, "the report's mail")
    assert mail["From"] == "<postmaster@mx.a.example>" and "dmarc=pass" in mail["Authentication-Results"] and "spf=fail" in mail["Authentication-Results"]


def test_keys_that_sign_no_more(houses):
    a, b = houses
    refused = a.server.run("dkim", "stop", "a.example", "--dir", str(a.server.folder), check=False)
    assert refused.returncode != 0 and "sign_domains names a.example" in refused.stderr
    restart(a, lambda text: text.replace('sign_domains = ["a.example"]', "sign_domains = []"))
    states = command(a, "dkim", "stop", "a.example")["items"]
    assert {k["state"] for k in states} == {"retiring"} and "must stay until" in states[0]["next"]
    secrets = a.server.folder / "data/plugin-data/spf-dkim-dmarc/secrets"
    assert list(secrets.glob("dkim-*")) == []
    assert {k["state"] for k in command(a, "dkim", "status", "a.example")["items"]} == {"retiring"}
    a.submit(a.address, "unsigned")
    assert "DKIM-Signature" not in a.got("unsigned")
