"""`posthouse message parse` prints valid JSON for any file, and the structure the message has."""
import json
import pathlib
import subprocess

import posthouse
import pytest

SUITES = posthouse.ROOT.parent / "shared" / "suites"
NESTED = (
    b"From: =?utf-8?Q?Zo=C3=AB?= <z@x.example>\r\nSubject: =?iso-8859-1?Q?gr=FC=DFe?=\r\n"
    b"Content-Type: multipart/mixed; boundary=o\r\n\r\npreamble\r\n"
    b"--o\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nz=C3=A4\r\n"
    b"--o\r\nContent-Type: message/rfc822\r\n\r\nSubject: inner\r\nContent-Type: text/html\r\n\r\n<p>\r\n"
    b"--o\r\nContent-Type: image/gif; name*=utf-8''%C3%A4.gif\r\nContent-Transfer-Encoding: base64\r\n\r\naGkh\r\n--o--\r\n"
)


def parse(path):
    done = subprocess.run([posthouse.PROGRAM, "message", "parse", path], capture_output=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.decode("utf-8"))


def parse_bytes(tmp_path, data):
    file = tmp_path / "message.eml"
    file.write_bytes(data)
    return parse(file)


def check_offsets(part, start, end):
    """Parts lie within their parents, in order."""
    assert start <= part["header_offset"]
    body = part["body_offset"]
    assert body == part["header_offset"] + part["header_size"] and body + part["body_size"] <= end
    at = body
    for child in part["children"]:
        check_offsets(child, at, body + part["body_size"])
        at = child["body_offset"] + child["body_size"]


def test_structure(tmp_path):
    tree = parse_bytes(tmp_path, NESTED)
    assert tree["size"] == len(NESTED) and tree["problems"] == []
    assert tree["headers"]["Subject"] == "grüße" and tree["headers"]["From"] == "Zoë <z@x.example>"
    text, message, image = tree["root"]["children"]
    assert (text["type"], text["encoding"], text["charset"], text["decoded_size"]) == (
        "text/plain", "quoted-printable", "utf-8", 3)
    assert message["type"] == "message/rfc822" and [c["type"] for c in message["children"]] == ["text/html"]
    assert (image["type"], image["filename"], image["decoded_size"]) == ("image/gif", "ä.gif", 3)
    assert NESTED[image["body_offset"]:][:image["body_size"]] == b"aGkh"
    check_offsets(tree["root"], 0, len(NESTED))


@pytest.mark.parametrize("data", [
    b"",
    b"\r\n",
    b"no header at all",
    b"Subject: \xff\xfe\x00\x01\"\\\r\n\r\n\x80",
    b"Content-Type: multipart/mixed\r\n\r\nno boundary",
    b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n--b--",
    b"Content-Type: text/plain; charset=\"\x7f\x1b\"; name=\"\xe4\"\r\n\r\n",
    b"Content-Type: message/rfc822\r\n\r\n" * 300,
], ids=lambda data: repr(data[:24]))
def test_anything_is_json(tmp_path, data):
    tree = parse_bytes(tmp_path, data)
    assert tree["size"] == len(data)
    check_offsets(tree["root"], 0, len(data))


def test_missing_file(tmp_path):
    done = subprocess.run([posthouse.PROGRAM, "message", "parse", tmp_path / "none"], capture_output=True, timeout=60)
    assert done.returncode != 0 and done.stderr and not done.stdout


def test_public_suites():
    files = [f for pattern in ("mime-tools/testmsgs/*.msg", "mime-rubymail/spec/fixtures/emails/**/*.*")
             for f in sorted(pathlib.Path(SUITES).glob(pattern)) if f.is_file()]
    if not files:
        pytest.skip("no public test messages beside the checkout")
    for file in files:
        tree = parse(file)
        assert tree["size"] == file.stat().st_size
        check_offsets(tree["root"], 0, tree["size"])
