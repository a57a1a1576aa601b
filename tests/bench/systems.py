"""The servers that are measured: each started afresh in a folder of its own, with what the load generator must know."""
import json
import pathlib

import dovecot
import postfix
import posthouse


def options(server, workload):
    """The load generator's options for a posthouse server."""
    ports = server.ports
    smtp = ports["submission"] if workload == "submission" else ports["smtp"]
    return ["--imap-port", ports["imap"], "--smtp-port", smtp, "--user", posthouse.USER, "--password", posthouse.PASSWORD, "--rcpt-to", posthouse.USER, "--server-pid", server.process.pid]


class Posthouse:
    name = "posthouse"

    def __init__(self, folder, env=None):
        self.server = posthouse.Server(pathlib.Path(folder) / "posthouse", ["--no-limits"], env)
        self.mail = self.server.folder / "data"

    def start(self):
        self.server.start()
        return self

    def stop(self):
        self.server.stop()

    def options(self, workload):
        return options(self.server, workload)

    def settle(self):
        """Until what came in is indexed, which begins when no more comes."""
        what = ("store", "index", "you", "--json", "--dir", str(self.server.folder))
        posthouse.wait_for(lambda: json.loads(self.server.run(*what).stdout)["waiting"] == 0, 120, "the index")

    def imaps_port(self):
        return self.server.ports["imaps"]


class PostfixDovecot:
    """Debian's Postfix handing over to Debian's Dovecot by LMTP; both as packaged, except that nothing is limited."""

    name = "postfix+dovecot"

    def __init__(self, folder):
        folder = pathlib.Path(folder)
        self.dovecot = dovecot.Dovecot(folder / "dovecot")
        self.mail = folder / "dovecot"
        self.postfix = postfix.Postfix(folder / "postfix", f"virtual_mailbox_domains = localhost\nvirtual_transport = lmtp:unix:{folder}/dovecot/lmtp.sock\n")

    def start(self):
        self.dovecot.start()
        self.postfix.start()
        return self

    def stop(self):
        self.postfix.stop()
        self.dovecot.stop()

    def settle(self):
        """It has no index."""

    def options(self, workload):
        lmtp = workload == "lmtp"
        return ["--imap-port", self.dovecot.ports["imap"], "--smtp-port", self.dovecot.ports["lmtp"] if lmtp else self.postfix.ports["smtp"], "--user", dovecot.USER, "--password",
                dovecot.PASSWORD, "--rcpt-to", dovecot.USER, "--server-pid", self.dovecot.pid, "--server-pid", self.postfix.pid, *(["--lmtp"] if lmtp else [])]


def missing():
    return dovecot.missing() or postfix.missing()
