"""What we sign, python3-dkim and Mail::DKIM verify, and the other way round; seals likewise. Keys are on a real resolver."""
import base64
import concurrent.futures
import json
import pathlib
import subprocess

import dkim
import posthouse
import pytest
from nacl.signing import SigningKey
from zones import Zone, Zones

PERL = pathlib.Path(__file__).resolve().parents[1] / "support" / "mail_dkim.pl"
DOMAIN = "sign.test"
CANONS = [f"{h}/{b}" for h in ("simple", "relaxed") for b in ("simple", "relaxed")]
FROM = b"From: Ann <ann@sign.test>\r\n"
PLAIN = FROM + b"To: bob@far.test\r\nSubject: Hello\r\nDate: Sat, 21 Nov 2026 12:00:00 +0000\r\nMessage-ID: <1@sign.test>\r\n"
MESSAGES = {
    "plain": PLAIN + b"\r\nHello Bob,\r\n\r\nAnn\r\n",
    "empty body": PLAIN + b"\r\n",
    "no line end": PLAIN + b"\r\nHello",
    "empty lines at the end": PLAIN + b"\r\nHello\r\n\r\n\r\n\r\n",
    "empty lines alone": PLAIN + b"\r\n\r\n\r\n",
    "blanks at line ends": PLAIN + b"\r\nHello \t \r\n  there\t\r\n \r\nx\r\n",
    "blanks in a row": PLAIN + b"\r\na  b\t\tc \t d\r\n",
    "leading empty lines": PLAIN + b"\r\n\r\n\r\nHello\r\n",
    "dots": PLAIN + b"\r\n.\r\n..\r\n.x\r\n",
    "8 bit": PLAIN.replace(b"Hello", "Grüße".encode()) + b"\r\n\xc3\xbc \xff\xfe\r\n",
    "long lines": PLAIN + b"\r\n" + b"x" * 5000 + b"\r\n" + b"y " * 3000 + b"\r\n",
    "large": PLAIN + b"\r\n" + b"A line of some length, as in mail.\r\n" * 20000,
    "folded": FROM + b"Subject: a\r\n b\r\n\t c\r\n   \td\r\nTo: a@far.test,\r\n b@far.test\r\n\r\nx\r\n",
    "odd blanks": b"from:Ann <ann@sign.test>\r\nSUBJECT:   many   blanks  \r\nTo:\tbob@far.test\t\r\n\r\nx\r\n",
    "empty fields": FROM + b"Subject:\r\nCc: \r\nTo: bob@far.test\r\n\r\nx\r\n",
    "repeated fields": b"Received: one\r\nReceived: two\r\nComments: 1\r\nComments: 2\r\n" + PLAIN + b"\r\nx\r\n",
    "all kinds of fields": PLAIN + b"Cc: c@far.test\r\nReply-To: ann@sign.test\r\nIn-Reply-To: <0@far.test>\r\nReferences: <0@far.test>\r\n"
                           b"MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n"
                           b"List-Id: <x.sign.test>\r\nList-Unsubscribe: <mailto:u@sign.test>\r\nSender: s@sign.test\r\n\r\nx\r\n",
    "a long field": FROM + b"Subject: " + b"word " * 300 + b"\r\nTo: " + b",\r\n ".join(b"u%d@far.test" % i for i in range(300)) + b"\r\n\r\nx\r\n",
}


# RFC 6376 3.4.3: a missing line end at the end is added. Mail::DKIM leaves that to who calls it; python3-dkim does it.
NOT_FOR_PERL = {"no line end"}


class Bench:
    def __init__(self, folder):
        self.folder = folder
        self.rsa = folder / "rsa.pem"
        subprocess.run(["openssl", "genrsa", "-traditional", "-out", self.rsa, "2048"], check=True, capture_output=True)
        der = subprocess.run(["openssl", "rsa", "-in", self.rsa, "-pubout", "-outform", "DER"], check=True, capture_output=True).stdout
        seed = SigningKey.generate()
        self.ed = folder / "ed.key"
        self.ed.write_bytes(base64.b64encode(bytes(seed)))
        self.keys = {"rsa": self.rsa, "ed": self.ed}
        self.records = {"rsa": "v=DKIM1; k=rsa; p=" + base64.b64encode(der).decode(),
                        "ed": "v=DKIM1; k=ed25519; p=" + base64.b64encode(bytes(seed.verify_key)).decode()}
        self.key_file = folder / "keys"
        self.key_file.write_text("".join(f"{s}._domainkey.{DOMAIN}\t{r}\n" for s, r in self.records.items()))

    def zone(self):
        def text(r):
            return " ".join(f'"{r[i:i + 200]}"' for i in range(0, len(r), 200))
        return Zone("@ A 192.0.2.1\n" + "\n".join(f"{s}._domainkey TXT {text(r)}" for s, r in self.records.items()), signed=False)

    def dns(self, name, timeout=5):
        return self.records.get(name.decode().rstrip(".").removesuffix(f"._domainkey.{DOMAIN}"), "").encode()

    def file(self, name, content):
        path = self.folder / name.replace("/", "-").replace(" ", "_")
        path.write_bytes(content)
        return path

    def ours(self, *args):
        done = subprocess.run([posthouse.PROGRAM, *map(str, args)], capture_output=True, text=True, cwd=self.folder)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def sign(self, name, message, selector, canon):
        path = self.file(f"{name}-{selector}-{canon}", message)
        return self.ours("dkim", "sign", path, "--domain", DOMAIN, "--selector", selector, "--key", self.keys[selector],
                         "--canonicalisation", canon)["fields"].encode()

    def verify(self, name, message):
        return [s["result"] + (" " + s["reason"] if s["reason"] else "")
                for s in self.ours("dkim", "verify", self.file(name, message), "--resolver", self.resolver)["signatures"]]

    def perl(self, *args):
        done = subprocess.run(["perl", PERL, *map(str, args)], capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout.splitlines()


@pytest.fixture(scope="module")
def bench(tmp_path_factory):
    b = Bench(tmp_path_factory.mktemp("dkim"))
    with Zones({DOMAIN: b.zone()}) as zones:
        b.resolver = zones.resolver
        yield b


@pytest.fixture(scope="module")
def signed(bench):
    """Each message with each of our signatures: (name, selector, canonicalisation) -> message."""
    cases = [(n, s, c) for n in MESSAGES for s in bench.keys for c in CANONS]
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        fields = pool.map(lambda c: bench.sign(c[0], MESSAGES[c[0]], c[1], c[2]), cases)
    return {c: f + MESSAGES[c[0]] for c, f in zip(cases, fields)}


def test_python_verifies_ours(bench, signed):
    for case, message in signed.items():
        assert dkim.verify(message, dnsfunc=bench.dns), case


def test_python_sees_changes(bench, signed):
    """The checks above could fail: a changed body and a changed subject do not verify."""
    message = signed["plain", "rsa", "relaxed/relaxed"]
    assert not dkim.verify(message.replace(b"Hello Bob", b"Hello Rob"), dnsfunc=bench.dns)
    assert not dkim.verify(message.replace(b"Subject: Hello", b"Subject: Jello"), dnsfunc=bench.dns)
    assert not dkim.verify(b"Subject: more\r\n" + message, dnsfunc=bench.dns)


def test_perl_verifies_ours(bench, signed):
    cases = [c for c in signed if c[1] == "rsa" and c[0] not in NOT_FOR_PERL]
    files = [bench.file("signed-" + "-".join(c), signed[c]) for c in cases]
    for case, result in zip(cases, bench.perl("verify", bench.key_file, *files), strict=True):
        assert result == "pass", case


def python_signs(bench, message, selector, canon):
    algorithm = b"rsa-sha256" if selector == "rsa" else b"ed25519-sha256"
    return dkim.sign(message, selector.encode(), DOMAIN.encode(), bench.keys[selector].read_bytes(),
                     canonicalize=tuple(c.encode() for c in canon.split("/")), signature_algorithm=algorithm)


def test_we_verify_python(bench):
    """All eight signatures of a message at once: one pass, each canonicalisation once."""
    for name, message in MESSAGES.items():
        fields = [python_signs(bench, message, s, c) for s in bench.keys for c in CANONS]
        assert bench.verify(name, b"".join(fields) + message) == ["pass"] * 8, name
        changed = bench.verify(name, b"".join(fields) + message + b"more\r\n")
        assert changed == ["fail the body has changed"] * 8, name


def test_we_verify_perl(bench):
    names = [n for n in MESSAGES if n not in NOT_FOR_PERL]
    files = [bench.file("perl-" + n, MESSAGES[n]) for n in names]
    fields = {n: b"" for n in names}
    for canon in CANONS:
        bench.perl("sign", bench.rsa, DOMAIN, "rsa", canon, *files)
        for n, f in zip(names, files):
            fields[n] += f.with_name(f.name + ".signed").read_bytes()
    for name in names:
        assert bench.verify(name, fields[name] + MESSAGES[name]) == ["pass"] * 4, name


def test_lengths(bench):
    """l=: python signs the first octets; what comes behind counts for nothing, so that such a signature is a matter of policy."""
    message = MESSAGES["plain"]
    field = dkim.sign(message, b"rsa", DOMAIN.encode(), bench.rsa.read_bytes(), length=True)
    assert bench.verify("length", field + message) == ["pass"]
    assert bench.verify("length", field + message + b"more\r\n") == ["policy a part of the body is not signed"]


def sealed(bench, message, times):
    for i in range(times):
        path = bench.file(f"seal-{i}", message)
        message = bench.ours("arc", "seal", path, "--domain", DOMAIN, "--selector", "rsa", "--key", bench.rsa,
                             "--results", f"{DOMAIN}; spf=pass smtp.mailfrom=ann@sign.test; dkim=pass header.d=sign.test",
                             "--resolver", bench.resolver)["fields"].encode() + message
    return message


def cv(bench, message):
    return bench.ours("arc", "verify", bench.file("arc", message), "--resolver", bench.resolver)


@pytest.mark.parametrize("name", ["plain", "8 bit", "empty body", "folded", "long lines", "no line end"])
def test_seals(bench, name):
    message = MESSAGES[name]
    assert cv(bench, message)["cv"] == "none"
    for times in (1, 3):
        chain = sealed(bench, message, times)
        said = cv(bench, chain)
        assert (said["cv"], said["sealers"]) == ("pass", [DOMAIN] * times), said
        assert dkim.arc_verify(chain, dnsfunc=bench.dns)[0] == b"pass"
        if name not in NOT_FOR_PERL:
            assert bench.perl("arc-verify", bench.key_file, bench.file("arc-perl", chain)) == ["pass"]
    broken = chain.replace(b"Subject: ", b"Subject: changed ", 1) + b"x"
    assert cv(bench, broken)["cv"] == "fail"
    assert dkim.arc_verify(broken, dnsfunc=bench.dns)[0] == b"fail"


def test_seals_of_others(bench):
    results = b"Authentication-Results: sign.test; spf=pass smtp.mailfrom=ann@sign.test; dkim=pass header.d=sign.test; arc=none\r\n"
    message = MESSAGES["plain"]
    by_python = b"".join(dkim.arc_sign(results + message, b"rsa", DOMAIN.encode(), bench.rsa.read_bytes(), DOMAIN.encode())) + results + message
    assert cv(bench, by_python)["cv"] == "pass"
    path = bench.file("to-seal", results + message)
    bench.perl("arc-sign", bench.key_file, bench.rsa, DOMAIN, "rsa", path)
    by_perl = path.with_name(path.name + ".sealed").read_bytes() + results + message
    assert cv(bench, by_perl)["cv"] == "pass"
    # A chain of all three.
    for chain in (by_python, by_perl):
        assert cv(bench, sealed(bench, chain, 1))["sealers"] == [DOMAIN] * 2
        assert dkim.arc_verify(sealed(bench, chain, 1), dnsfunc=bench.dns)[0] == b"pass"
