"""DMARC reports: ours fit the schema, where it lies beside the checkout; those of others are kept and summed up."""
import gzip
import json
import pathlib
import sqlite3
import subprocess

import posthouse
import pytest
from auth_script import AuthScript
from test_auth import deliver, started
from zones import Zone, Zones

SCHEMA = next((p for p in (folder / "shared/suites/dmarc/rua-schema.xsd" for folder in pathlib.Path(posthouse.ROOT).parents) if p.exists()), None)


@pytest.mark.skipif(SCHEMA is None, reason="the schema is not here")
@pytest.mark.parametrize("ip", ("192.0.2.1", "2001:db8::1", "::1", "2001:db8:0:1::"))
@pytest.mark.parametrize("reason", (("forwarded", ""), ("mailing_list", "a <b> & c"), ("local_policy", "arc=pass"), ("because", "\x01 \u00e4")))
def test_ours_fit_the_schema(tmp_path, ip, reason):
    # The schema refers to its own types without saying in which namespace they are: that is put right.
    schema = tmp_path / "rua.xsd"
    schema.write_text(SCHEMA.read_text().replace("<xs:schema ", '<xs:schema xmlns="urn:ietf:params:xml:ns:dmarc-2.0" ', 1))
    file = tmp_path / "report.xml"
    with AuthScript() as script:
        file.write_text("\t".join(script.ask("report", ip, *reason)), encoding="utf-8")
    done = subprocess.run(["xmllint", "--noout", "--nonet", "--schema", schema, file], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def report(domain, begin=1700000000, identifier="1", count=5):
    xml = f"""<?xml version="1.0"?><feedback><report_metadata><org_name>Big Mail</org_name><email>a@good.test</email>
    <report_id>{identifier}</report_id><date_range><begin>{begin}</begin><end>{begin + 86399}</end></date_range></report_metadata>
    <policy_published><domain>{domain}</domain><p>none</p></policy_published>
    <record><row><source_ip>192.0.2.1</source_ip><count>{count}</count><policy_evaluated><disposition>none</disposition>
    <dkim>pass</dkim><spf>fail</spf></policy_evaluated></row><identifiers><header_from>{domain}</header_from></identifiers>
    <auth_results/></record></feedback>"""
    return gzip.compress(xml.encode())


def mail(content, sender="a@good.test"):
    import base64
    return (f"From: {sender}\r\nTo: you@localhost\r\nSubject: Report Domain: localhost\r\nMIME-Version: 1.0\r\nContent-Type: application/gzip\r\n"
            f"Content-Transfer-Encoding: base64\r\n\r\n{base64.encodebytes(content).decode()}".replace("\n", "\r\n").replace("\r\r", "\r"))


ZONES = {"good.test": Zone("@ TXT \"v=spf1 ip4:192.0.2.7 -all\"\n_dmarc TXT \"v=DMARC1; p=none; rua=mailto:r@good.test\"\nmail A 192.0.2.7\n@ A 192.0.2.7", signed=False),
         "bad.test": Zone("@ TXT \"v=spf1 -all\"\n_dmarc TXT \"v=DMARC1; p=reject; rua=mailto:r@bad.test\"\n@ A 192.0.2.7", signed=False)}


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with Zones(ZONES) as zones:
        s = started(tmp_path_factory.mktemp("server") / "dir", zones, 'report_addresses = ["you@localhost"]',
                    lambda text: text.replace('catch_everything = "you"\n', ""))
        yield s
        assert s.stop() == 0


def command(server, *args):
    return json.loads(server.run(*args, "--json", "--dir", str(server.folder)).stdout)


def evaluations(server):
    """Of a stopped server: its databases are its own while it runs."""
    with sqlite3.connect(server.folder / "data" / "plugin-data" / "spf-dkim-dmarc" / "data.db") as db:
        return db.execute("SELECT domain, disposition, dkim, spf, header_from, source_ip, optional, spf_result FROM evaluations ORDER BY rowid").fetchall()


def test_reports_that_come_in(server):
    assert command(server, "dmarc", "reports")["items"] == []
    for content in (report("localhost"), report("localhost"), report("localhost", identifier="2", count=7), report("elsewhere.test"), b"\x1f\x8bnonsense",
                    report("localhost", begin=4000000000, identifier="3"), gzip.compress(b"<feedback>" + b" " * (64 << 20))):
        assert deliver(server, "192.0.2.7", "a@good.test", mail(content)).startswith("250")
    posthouse.wait_for(lambda: len(command(server, "dmarc", "reports")["items"]) == 2, what="two reports")
    items = {i["id"]: i for i in command(server, "dmarc", "reports", "--domain", "localhost")["items"]}
    assert set(items) == {"1", "2"} and items["2"]["messages"] == 7 and items["1"]["dkim"] == 5 and items["1"]["spf"] == 0
    log = server.log.read_text()
    for why in ("it is not about a domain of ours", "it unpacks to too much", "its period has not ended", "compressed data is damaged"):
        assert why in log, why
    # Nobody else can make one for us: this sender fails DMARC.
    assert deliver(server, "192.0.2.99", "a@good.test", mail(report("localhost", identifier="4"))).startswith("250")
    assert "it does not pass DMARC itself" in server.log.read_text()
    assert len(command(server, "dmarc", "reports")["items"]) == 2


def test_messages_are_counted(tmp_path):
    with Zones(ZONES) as zones:
        server = started(tmp_path / "dir", zones, 'report_addresses = ["reports@localhost"]')
        assert deliver(server, "192.0.2.7", "a@good.test", "From: a@good.test\r\n\r\nx\r\n", to=("you@localhost", "me@localhost")).startswith("250")
        assert deliver(server, "192.0.2.8", "a@bad.test", "From: a@bad.test\r\n\r\nx\r\n").startswith("550 5.7.26")
        # To an address for reports: never the only reason for one.
        assert deliver(server, "192.0.2.7", "a@good.test", "From: a@good.test\r\n\r\nx\r\n", to=("reports@localhost",)).startswith("250")
        assert server.stop() == 0
    assert evaluations(server) == [("good.test", "none", 0, 1, "good.test", "192.0.2.7", 0, "pass"),
                                   ("bad.test", "reject", 0, 0, "bad.test", "192.0.2.8", 0, "fail"),
                                   ("good.test", "none", 0, 1, "good.test", "192.0.2.7", 1, "pass")]


def test_suppressions(server):
    assert command(server, "dmarc", "suppression", "add", "r@good.test", "--comment", "asked us") == {"address": "r@good.test"}
    assert command(server, "dmarc", "suppression", "list")["items"] == [{"address": "r@good.test", "comment": "asked us"}]
    command(server, "dmarc", "suppression", "remove", "r@good.test")
    assert server.run("dmarc", "suppression", "remove", "r@good.test", "--dir", str(server.folder), check=False).returncode == 1
