"""A private Dovecot: IMAP (plain and TLS) and LMTP on free ports of 127.0.0.1, Maildir, everything in one folder."""
import grp
import os
import pathlib
import pwd
import shutil
import signal
import socket
import subprocess
import time

import certificate
from ports import free_port

USER = "you@localhost"
PASSWORD = "posthouse"

CONFIG = """
base_dir = {dir}/run
state_dir = {dir}/state
log_path = {dir}/dovecot.log
listen = 127.0.0.1
protocols = imap lmtp
ssl = yes
ssl_cert = <{dir}/cert.pem
ssl_key = <{dir}/key.pem
disable_plaintext_auth = no
auth_mechanisms = plain login scram-sha-256
mail_location = maildir:{dir}/mail/%u
mail_uid = {uid}
mail_gid = {gid}
first_valid_uid = 1
mail_max_userip_connections = 0
default_internal_user = {internal}
default_login_user = {login}
default_internal_group = {internal_group}
default_client_limit = 20000
default_vsz_limit = 0
{extra}
service anvil {{
  client_limit = 40000
}}
service imap-login {{
  service_count = 0
  process_min_avail = 2
  inet_listener imap {{
    port = {imap}
  }}
  inet_listener imaps {{
    port = {imaps}
  }}
}}
service imap {{
  process_limit = 12000
}}
service lmtp {{
  process_min_avail = 2
  inet_listener lmtp {{
    address = 127.0.0.1
    port = {lmtp}
  }}
  unix_listener {dir}/lmtp.sock {{
    mode = 0666
  }}
}}
namespace inbox {{
  inbox = yes
  separator = /
}}
passdb {{
  driver = static
  args = password={{SSHA256}}{secret}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={dir}/mail/%u
}}
"""


def missing():
    """What keeps it from running here, or None."""
    if not shutil.which("dovecot") or not os.path.exists("/usr/lib/dovecot/lmtp"):
        return "dovecot-imapd and dovecot-lmtpd are not installed"
    return None if os.getuid() == 0 else "Dovecot is started as root"


class Dovecot:
    def __init__(self, folder, extra=""):
        self.folder = pathlib.Path(folder)
        self.ports = {"imap": free_port(), "imaps": free_port(), "lmtp": free_port()}
        self.extra = extra
        self.process = None

    @property
    def pid(self):
        return self.process.pid

    def start(self):
        self.folder.mkdir(parents=True)
        nobody = pwd.getpwnam("nobody")
        (self.folder / "mail").mkdir()
        os.chown(self.folder / "mail", nobody.pw_uid, nobody.pw_gid)
        for part in [self.folder, *self.folder.parents]:
            if str(part).startswith("/tmp/") and part.stat().st_uid == os.getuid():
                part.chmod(0o755)
        certificate.write(self.folder, "localhost")
        secret = subprocess.run(["doveadm", "-c", os.devnull, "pw", "-s", "SSHA256", "-p", PASSWORD], capture_output=True, text=True, check=True).stdout
        config = self.folder / "dovecot.conf"
        config.write_text(CONFIG.format(dir=self.folder, uid=nobody.pw_uid, gid=nobody.pw_gid, secret=secret.strip().partition("}")[2], extra=self.extra,
                                        internal="dovecot", login="dovenull", internal_group=grp.getgrgid(pwd.getpwnam("dovecot").pw_gid).gr_name, **self.ports))
        self.process = subprocess.Popen(["dovecot", "-F", "-c", str(config)], start_new_session=True)
        for port in self.ports.values():
            self.wait(port)
        return self

    def wait(self, port):
        deadline = time.monotonic() + 20
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), 5).close()
                return
            except OSError:
                if self.process.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError(f"Dovecot did not start: {(self.folder / 'dovecot.log').read_text()[-2000:]}") from None
                time.sleep(0.05)

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(30)
