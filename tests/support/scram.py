"""A SCRAM client in plain Python (RFC 5802, RFC 7677), independent of the server's code."""
import base64
import hashlib
import hmac
import os


class Scram:
    def __init__(self, name, user, password, binding=None, flag="n"):
        """`binding`: (kind, data) for -PLUS; `flag`: "n" or "y" otherwise."""
        self.hash = {"SCRAM-SHA-1": "sha1", "SCRAM-SHA-256": "sha256"}[name.removesuffix("-PLUS")]
        self.user = user.replace("=", "=3D").replace(",", "=2C")
        self.password = password.encode()
        kind, data = binding or (None, b"")
        self.header = f"p={kind},," if kind else f"{flag},,"
        self.channel = self.header.encode() + data
        self.nonce = base64.b64encode(os.urandom(18)).decode()
        self.signature = None

    def first(self):
        self.bare = f"n={self.user},r={self.nonce}"
        return (self.header + self.bare).encode()

    def final(self, server_first):
        server_first = server_first.decode()
        fields = dict(item.split("=", 1) for item in server_first.split(","))
        assert fields["r"].startswith(self.nonce) and len(fields["r"]) > len(self.nonce)
        assert int(fields["i"]) >= 4096
        salted = hashlib.pbkdf2_hmac(self.hash, self.password, base64.b64decode(fields["s"]), int(fields["i"]))
        without = "c=" + base64.b64encode(self.channel).decode() + ",r=" + fields["r"]
        message = ",".join((self.bare, server_first, without)).encode()
        mac = lambda key, text: hmac.new(key, text, self.hash).digest()
        client_key = mac(salted, b"Client Key")
        signature = mac(hashlib.new(self.hash, client_key).digest(), message)
        proof = bytes(a ^ b for a, b in zip(client_key, signature))
        self.signature = mac(mac(salted, b"Server Key"), message)
        return (without + ",p=" + base64.b64encode(proof).decode()).encode()

    def check(self, server_final):
        assert server_final == b"v=" + base64.b64encode(self.signature), server_final
