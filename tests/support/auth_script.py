"""Talks to build/.../auth-script: checks of the spf-dkim-dmarc plugin over scripted zones."""
import pathlib
import subprocess

import posthouse


def escaped(text):
    """Fields of a command, octet by octet: str is taken as UTF-8."""
    data = text if isinstance(text, bytes) else text.encode("utf-8", "surrogateescape")
    return "".join(chr(b) if 0x20 <= b < 0x7F and b != 0x5C else f"\\x{b:02x}" for b in data)


class AuthScript:
    def __enter__(self):
        found = list(pathlib.Path(posthouse.BUILD).rglob("auth-script"))
        assert found, "auth-script is not built"
        self.process = subprocess.Popen([found[0]], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        assert self.process.wait(30) == 0

    def say(self, *fields):
        self.process.stdin.write(("\t".join(escaped(f) for f in fields) + "\n").encode())

    def ask(self, *fields):
        self.say(*fields)
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        assert answer.endswith(b"\n"), "auth-script ended"
        return answer.decode("utf-8", "surrogateescape")[:-1].split("\t")
