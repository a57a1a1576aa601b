"""The openspf test suite for RFC 7208, where it lies beside the checkout: every case, result and explanation."""
import pathlib

import posthouse
import pytest
import yaml
from auth_script import AuthScript

SUITE = next((p for p in (folder / "shared" / "suites" / "spf-rfc7208" for folder in pathlib.Path(posthouse.ROOT).parents) if p.exists()),
             pathlib.Path("/nowhere"))
DEFAULT_EXPLANATION = "DEFAULT"

pytestmark = pytest.mark.skipif(not (SUITE / "rfc7208-tests.yml").exists(), reason="the suite is not here")


def value(kind, v):
    if kind == "MX":
        return f"{v[0]} {v[1] or '.'}"
    if kind == "TXT":
        return "".join(v) if isinstance(v, list) else v
    return v


def load_zone(script, zone):
    """As the suite's README says: SPF records stand for TXT, unless a name has TXT of its own."""
    script.say("reset")
    for name, records in zone.items():
        has_txt = any(isinstance(r, dict) and "TXT" in r for r in records)
        script.say("name", name)
        for record in records:
            if record == "TIMEOUT":
                known = {k for r in records if isinstance(r, dict) for k, v in r.items() if v != "NONE"}
                for kind in {"A", "AAAA", "MX", "TXT", "PTR"} - known - ({"TXT"} if "SPF" in known and not has_txt else set()):
                    script.say("fail", name, kind)
                continue
            for kind, v in record.items():
                if v == "NONE" or v == "TIMEOUT":
                    if v == "TIMEOUT":
                        script.say("fail", name, kind)
                    continue
                if kind == "SPF":
                    if has_txt:
                        continue
                    kind = "TXT"
                text = value(kind, v)
                script.say("record", name, kind, text.encode("latin-1") if isinstance(text, str) else text)


def cases(file):
    for document in yaml.safe_load_all((SUITE / file).read_bytes()):
        if document:
            yield document["zonedata"], document["tests"], document.get("description", "")


def wrong(file):
    """How often it was asked, and what was not answered as the suite wants it."""
    count, problems = 0, []
    with AuthScript() as script:
        for zone, tests, about in cases(file):
            load_zone(script, zone)
            for name, case in tests.items():
                count += 1
                wanted = case["result"] if isinstance(case["result"], list) else [case["result"]]
                answer = script.ask("spf", case["host"], case["helo"] or "", case["mailfrom"] or "", "receiver.example")
                explanation = case.get("explanation", "DEFAULT")
                told = answer[1] or DEFAULT_EXPLANATION
                if answer[0] not in wanted:
                    problems.append(f"{about}/{name}: {answer[0]} instead of {wanted} ({answer[4]})")
                elif answer[0] == "fail" and explanation and told.lower() != explanation.lower():  # hexadecimal digits have no case
                    problems.append(f"{about}/{name}: '{told}' instead of '{explanation}'")
    return count, problems


def test_rfc7208():
    count, problems = wrong("rfc7208-tests.yml")
    assert problems == [] and count == 203
