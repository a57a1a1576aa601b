"""TLS: certificates by name, replaced while running without touching open connections; old versions refused."""
import socket
import ssl
import subprocess

import posthouse
import pytest

pytestmark = pytest.mark.sanitize


def make_certificate(folder, name):
    folder.mkdir(exist_ok=True)
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30", "-subj", f"/CN={name}",
                    "-keyout", str(folder / f"{name}.key"), "-out", str(folder / f"{name}.crt")], check=True, capture_output=True)


def insecure(**kwargs):
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    for key, value in kwargs.items():
        setattr(context, key, value)
    return context


def served(server, name):
    """The common name of the certificate that a client asking for `name` is shown."""
    with socket.create_connection(("127.0.0.1", server.ports["imaps"]), 10) as raw, insecure().wrap_socket(raw, server_hostname=name) as tls:
        pem = ssl.DER_cert_to_PEM_cert(tls.getpeercert(True))
    out = subprocess.run(["openssl", "x509", "-noout", "-subject", "-nameopt", "multiline"], input=pem, capture_output=True, text=True, check=True).stdout
    return out.rsplit("= ", 1)[1].strip()


@pytest.fixture
def house(make_server, tmp_path):
    server = make_server().start()
    server.stop()
    server.certs = tmp_path / "certs"
    make_certificate(server.certs, "one.example")
    make_certificate(server.certs, "two.example")
    with open(server.config, "a", encoding="utf-8") as f:
        for name in ("one.example", "two.example"):
            names = [name, "*.two.example"] if name == "two.example" else [name]
            f.write(f'\n[[certificates]]\nnames = {names}\ncertificate = "{server.certs}/{name}.crt"\nkey = "{server.certs}/{name}.key"\n')
    return server.start()


def test_certificate_is_chosen_by_name(house):
    assert served(house, "one.example") == "one.example"
    assert served(house, "TWO.example") == "two.example"
    assert served(house, "mail.two.example") == "two.example"
    assert served(house, "other.example") == "localhost"


def test_certificate_is_replaced_while_running(house):
    before = house.raw("imaps")
    before.start_tls()
    assert before.line().startswith(b"* OK")
    serial = subprocess.run(["openssl", "x509", "-in", str(house.certs / "one.example.crt"), "-noout", "-serial"], capture_output=True, text=True, check=True).stdout
    make_certificate(house.certs / "new", "three.example")
    for kind in ("crt", "key"):
        (house.certs / "new" / f"three.example.{kind}").replace(house.certs / f"one.example.{kind}")
    house.reload()
    posthouse.wait_for(lambda: served(house, "one.example") == "three.example", 10, "the new certificate")
    before.send(b"a NOOP\r\n")
    assert before.until(b"a")[-1].startswith(b"a OK"), serial
    before.close()


def test_unusable_certificate_keeps_the_old_one(house):
    (house.certs / "one.example.crt").write_text("not a certificate")
    house.reload()
    posthouse.wait_for(lambda: b"old configuration stays" in house.log.read_bytes(), 10, "the refusal")
    assert served(house, "one.example") == "one.example"


def test_old_versions_are_refused(server):
    context = insecure(minimum_version=ssl.TLSVersion.TLSv1, maximum_version=ssl.TLSVersion.TLSv1_1)
    context.set_ciphers("ALL:@SECLEVEL=0")
    with socket.create_connection(("127.0.0.1", server.ports["imaps"]), 10) as raw, pytest.raises((ssl.SSLError, ConnectionResetError)):
        context.wrap_socket(raw)


def test_garbage_instead_of_a_handshake(server):
    for data in (b"EHLO x\r\n" * 10, b"\x16\x03\x01\xff\xff" + b"\x00" * 500, b"\x00"):
        with server.raw("imaps") as raw:
            raw.send(data)
            try:
                raw.socket.shutdown(socket.SHUT_WR)
            except OSError:
                pass  # it has hung up already
            assert b"OK" not in raw.rest()
    assert served(server, "localhost") == "localhost"
