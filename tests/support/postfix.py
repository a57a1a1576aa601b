"""A private Postfix on a free port of 127.0.0.1, with its queue and configuration in one folder of its own."""
import os
import pathlib
import pwd
import shutil
import socket
import subprocess
import time

from ports import free_port

MAIN = """
compatibility_level = 3.6
queue_directory = {dir}/queue
data_directory = {dir}/data
maillog_file = {dir}/maillog
maillog_file_prefixes = {dir}
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
mail_owner = postfix
setgid_group = postdrop
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = postfix.example.test
mydestination = postfix.example.test
mynetworks = 127.0.0.0/8
local_recipient_maps =
alias_maps =
alias_database =
smtpd_peername_lookup = no
smtpd_client_connection_count_limit = 0
{extra}
"""

MASTER = """
127.0.0.1:{smtp} inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
relay unix - - n - - smtp
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
local unix - n n - - local
virtual unix - n n - - virtual
lmtp unix - - n - - lmtp
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
{services}
"""


def missing():
    """What keeps it from running here, or None."""
    if not os.path.exists("/usr/lib/postfix/sbin/master"):
        return "postfix is not installed"
    return None if os.getuid() == 0 else "Postfix is started as root"


class Postfix:
    """`folder` and those above it must be open to the user `postfix`: not one of pytest, which closes its own."""

    def __init__(self, folder, extra="", services=""):
        self.folder = pathlib.Path(folder)
        self.ports = {"smtp": free_port()}
        self.extra = extra
        self.services = services

    @property
    def pid(self):
        return int((self.folder / "queue/pid/master.pid").read_text())

    def command(self, *args):
        r = subprocess.run([*args[:1], "-c", str(self.folder / "etc"), *args[1:]], capture_output=True, text=True)
        if r.returncode:
            log = self.folder / "maillog"
            raise RuntimeError(f"{args}: {r.stdout}{r.stderr}{log.read_text()[-2000:] if log.exists() else ''}")
        return r

    def start(self):
        etc = self.folder / "etc"
        etc.mkdir(parents=True)
        (self.folder / "queue").mkdir()
        data = self.folder / "data"
        data.mkdir()
        owner = pwd.getpwnam("postfix")
        os.chown(data, owner.pw_uid, owner.pw_gid)
        (etc / "main.cf").write_text(MAIN.format(dir=self.folder, extra=self.extra))
        (etc / "master.cf").write_text(MASTER.format(services=self.services, **self.ports))
        shutil.copy("/etc/postfix/postfix-files", etc) if os.path.exists("/etc/postfix/postfix-files") else None
        self.command("postfix", "start")
        deadline = time.monotonic() + 20
        while True:
            try:
                with socket.create_connection(("127.0.0.1", self.ports["smtp"]), 5) as s:
                    if s.recv(100).startswith(b"220"):
                        return self
            except OSError:
                pass
            if time.monotonic() > deadline:
                raise RuntimeError(f"Postfix did not start: {(self.folder / 'maillog').read_text()[-2000:]}")
            time.sleep(0.05)

    def stop(self):
        self.command("postfix", "stop")
