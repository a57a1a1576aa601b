"""The checks as commands without a server: one JSON object each, asked at a resolver of the caller's choice."""
import json
import subprocess

import posthouse
import pytest
from zones import Zone, Zones

ZONES = {"good.test": Zone("@ TXT \"v=spf1 ip4:192.0.2.7 include:_spf.good.test -all\"\n_dmarc TXT \"v=DMARC1; p=reject; rua=mailto:r@good.test\"\n_spf TXT \"v=spf1 ?all\"\n@ A 192.0.2.7")}
MESSAGE = b"From: Ann <ann@good.test>\r\nSubject: x\r\n\r\nx\r\n"


@pytest.fixture(scope="module")
def ask(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tools")
    with Zones(ZONES) as zones:
        def run(*args, code=0):
            done = subprocess.run([posthouse.PROGRAM, *args, "--resolver", zones.resolver], capture_output=True, text=True, cwd=folder)
            assert done.returncode == code, done.stderr
            return json.loads(done.stdout) if code == 0 else done.stderr
        run.folder = folder
        yield run


def test_spf(ask):
    said = ask("spf", "check", "--ip", "192.0.2.7", "--helo", "x.good.test", "--mail-from", "ann@good.test")
    assert (said["result"], said["mechanism"], said["lookups"], said["domain"]) == ("pass", "ip4:192.0.2.7", 0, "good.test")
    said = ask("spf", "check", "--ip", "2001:db8::1", "--helo", "good.test", "--mail-from", "<>")
    assert (said["result"], said["identity"], said["lookups"]) == ("fail", "helo", 1)
    assert "ip: 'nowhere' is no address" in ask("spf", "check", "--ip", "nowhere", "--helo", "x", "--mail-from", "a@b.test", code=1)


def test_dmarc(ask):
    file = ask.folder / "message"
    file.write_bytes(MESSAGE)
    args = ("dmarc", "check", str(file), "--helo", "x.good.test", "--mail-from")
    said = ask(*args, "ann@good.test", "--ip", "192.0.2.7")
    assert (said["result"], said["spf_aligned"], said["verdict"], said["record"]["p"]) == ("pass", True, "accept", "reject")
    said = ask(*args, "ann@sub.good.test", "--ip", "192.0.2.8")
    assert (said["result"], said["spf_aligned"], said["verdict"], said["policy"]) == ("fail", False, "reject", "reject")
    assert said["authentication_results"].split("; ")[1:] == ["spf=none smtp.mailfrom=ann@sub.good.test", "dmarc=fail (p=reject) header.from=good.test"]
