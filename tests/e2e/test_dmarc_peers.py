"""python3-authheaders and the plugin agree on DMARC, and python3-authres reads the Authentication-Results that come of it.

Left out is where python3-authheaders has habits of its own: with a record at the author's very domain it looks at sp, not p.
"""
import base64
import json
import random
import subprocess

import authheaders
import authres
import authres.dmarc
import dkim
import pytest
from auth_script import AuthScript

CHECKS = 500
DOMAINS = ["example.org", "mail.example.org", "a.b.example.org", "example.co.uk", "news.example.co.uk", "other.net", "deep.other.net"]
IP, STRANGER = "192.0.2.1", "192.0.2.2"


@pytest.fixture(scope="module")
def key():
    pem = subprocess.run(["openssl", "genrsa", "-traditional", "2048"], capture_output=True, check=True).stdout
    public = subprocess.run(["openssl", "rsa", "-pubout", "-outform", "DER"], input=pem, capture_output=True, check=True).stdout
    return pem, "v=DKIM1; k=rsa; p=" + base64.b64encode(public).decode()


def record(rng):
    tags = [f"p={rng.choice(['none', 'quarantine', 'reject'])}"]
    for name, values in (("sp", ["none", "quarantine", "reject"]), ("adkim", "rs"), ("aspf", "rs"), ("pct", ["100"]), ("ri", ["3600"])):
        if rng.random() < 0.4:
            tags.append(f"{name}={rng.choice(values)}")
    return "v=DMARC1; " + rng.choice(["; ", ";", " ; "]).join(tags) + rng.choice(["", ";"])


def test_agreement(monkeypatch, key):
    rng = random.Random(7489)
    pem, public = key
    suffixes = authheaders.dmarc_lookup.PublicSuffixList(open(authheaders.dmarc_lookup.get_suffix_list_file_name(), encoding="utf-8"))
    for module in (authheaders, authheaders.dmarc_lookup):
        monkeypatch.setattr(module, "get_org_domain", suffixes.get_public_suffix)
    seen = {}
    with AuthScript() as script:
        for _ in range(CHECKS):
            records = {f"_dmarc.{d}": record(rng) for d in DOMAINS if rng.random() < 0.5}
            author, sender, signer = (rng.choice(DOMAINS) for _ in range(3))
            signed = rng.random() < 0.5
            records[f"s._domainkey.{signer}"] = public
            records[sender] = f"v=spf1 ip4:{IP} -all"
            ip = rng.choice([IP, STRANGER])
            message = f"From: Ann <ann@{author}>\r\nSubject: x\r\n\r\nbody\r\n".encode()
            if signed:
                message = dkim.sign(message, b"s", signer.encode(), pem, include_headers=[b"From", b"Subject"]) + message
                if rng.random() < 0.3:
                    message += b"more\r\n"
            script.say("reset")
            for name, value in records.items():
                script.say("record", name, "TXT", value)
            ours = json.loads(script.ask("dmarc", ip, "helo.example", f"x@{sender}", message)[0])

            spf_result = authres.SPFAuthenticationResult(result="pass" if ip == IP else "fail", smtp_mailfrom=f"x@{sender}")
            look_up = lambda name, **_: records.get((name.decode() if isinstance(name, bytes) else name).rstrip("."), "")  # noqa: E731
            dkim_result = authheaders.check_dkim(message, dnsfunc=lambda name, **kw: look_up(name).encode()) if signed else None
            theirs = authheaders.check_dmarc(message, spf_result, dkim_result, dnsfunc=look_up)
            assert (ours["result"], ours["domain"]) == (theirs.result, theirs.header_from or author), (records, ip, author, sender, signer, ours)
            if theirs.result != "none" and ours["record"]["domain"] != author:
                assert ours["policy"] == theirs.policy, (records, author, ours)
            if signed:
                assert [d["result"] for d in ours["dkim"]] == [dkim_result.result]
            read = authres.FeatureContext(authres.dmarc).parse("Authentication-Results: " + ours["authentication_results"])
            results = {r.method: r for r in read.results}
            assert read.authserv_id == "receiver.example" and results["spf"].result == spf_result.result
            assert results["spf"].smtp_mailfrom == f"x@{sender}" and results["dmarc"].result == theirs.result
            assert results["dmarc"].header_from == author
            seen[theirs.result] = seen.get(theirs.result, 0) + 1
    assert all(seen.get(r, 0) > 50 for r in ("pass", "fail", "none")), seen
