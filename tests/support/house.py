"""Changing a running server: its configuration as text, plugins of its own, mail that flows meanwhile."""
import os
import pathlib
import shutil
import smtplib
import socket
import threading

import posthouse
from posthouse import wait_for


def accepts(port):
    with socket.socket() as s:
        s.settimeout(5)
        return s.connect_ex(("127.0.0.1", port)) == 0


class House:
    """A running server whose configuration is edited as text."""

    def __init__(self, server):
        self.server = server
        self.path = pathlib.Path(server.config)
        self.original = self.path.read_text()

    def log(self):
        return self.server.log.read_text()

    def reload(self, text, wanted="configuration reloaded"):
        """Writes `text` and waits for the log to tell how the reload ended."""
        self.path.write_text(text)
        before = len(self.log())
        self.server.reload()
        endings = ("configuration reloaded", "the old configuration stays in force")
        told = wait_for(lambda: (lambda new: new if any(e in new for e in endings) else None)(self.log()[before:]), 60)
        assert wanted in told, told
        return told

    def count(self, what):
        return len(os.listdir(f"/proc/{self.server.pid}/{what}"))


def off(text, plugin):
    header = f"[plugins.{plugin}]\n"
    return text.replace(header, header + "enabled = false\n") if header in text else text + f"\n{header}enabled = false\n"


def with_plugins(server, folder, extra, change=lambda text: text):
    """Starts `server` with the default plugins and copies of the files `extra`; `change` edits the configuration."""
    shutil.copytree(posthouse.BUILD / "plugins", folder)
    for path in extra:
        shutil.copy(path, folder)
    server.start()
    server.stop()
    path = pathlib.Path(server.config)
    text = path.read_text().replace('data_dir = "data"', f'data_dir = "data"\nplugin_dir = "{folder}"', 1)
    path.write_text(change(text))
    return server.start()


class Load(threading.Thread):
    """Delivers mail until told to end; every failure counts, temporary refusals apart."""

    def __init__(self, server):
        super().__init__(daemon=True)
        self.server, self.sent, self.deferred, self.errors = server, 0, 0, []
        self.ending = threading.Event()
        self.turn = threading.Lock()  # held while a message is on its way

    def run(self):
        while not self.ending.wait(0.01):
            with self.turn:
                self.deliver()

    def deliver(self):
        try:
            self.server.send(b"Subject: load\r\n\r\nx\r\n")
            self.sent += 1
        except smtplib.SMTPSenderRefused as e:
            if e.smtp_code == 451:  # a failed hook's policy
                self.deferred += 1
            else:
                self.errors.append(repr(e))
        except Exception as e:  # noqa: BLE001: told by the test
            self.errors.append(repr(e))
