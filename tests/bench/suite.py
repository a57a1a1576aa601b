"""What is measured, and which figures of it are shown."""
import dataclasses


@dataclasses.dataclass(frozen=True)
class Figure:
    title: str
    key: str  # in the load generator's metrics
    unit: str
    peer_key: str = ""  # where the peer's comparable figure has another name
    peer_workload: str = ""  # ... or comes from another workload
    lower: bool = False  # less is better
    target: float = 0.0  # at least this many times the peer's


@dataclasses.dataclass(frozen=True)
class Workload:
    name: str
    command: str
    args: tuple
    figures: tuple
    only: str = ""  # of this system alone


def suite(count, fill):
    big = ("--mailbox", "Bench")
    return [
        Workload("lmtp", "smtp-ingest", ("--count", count, "--wait-mailbox", "INBOX"), (), only="postfix+dovecot"),
        Workload("smtp", "smtp-ingest", ("--count", count, "--wait-mailbox", "INBOX"), (
            Figure("SMTP intake, 8 connections, delivered", "msgs_per_s", "messages/s", peer_key="delivered_msgs_per_s", target=2),
            Figure("... against what Postfix has queued", "msgs_per_s", "messages/s"),
            Figure("... against Dovecot's LMTP", "msgs_per_s", "messages/s", peer_workload="lmtp", target=2))),
        Workload("smtp-100k", "smtp-ingest", ("--count", count // 5, "--size", 102400, "--wait-mailbox", "INBOX"), (
            Figure("SMTP intake of 100 KiB, delivered", "msgs_per_s", "messages/s", peer_key="delivered_msgs_per_s"),)),
        Workload("append-1", "imap-append", ("--count", count), (Figure("APPEND, 1 connection", "msgs_per_s", "messages/s", target=2),)),
        Workload("append-4", "imap-append", ("--count", count, "--connections", 4), (Figure("APPEND, 4 connections", "msgs_per_s", "messages/s", target=4),)),
        Workload("fill", "imap-append", ("--count", fill, "--connections", 4, "--keep", *big), (Figure(f"filling a mailbox with {fill:,}, 4 connections", "msgs_per_s", "messages/s"),)),
        Workload("headers", "imap-fetch-headers", big, (
            Figure("FETCH of envelopes, first", "cold_msgs_per_s", "messages/s", target=3),
            Figure("FETCH of envelopes, again", "warm_msgs_per_s", "messages/s", target=1.5))),
        Workload("bodies", "imap-fetch-bodies", big, (
            Figure("FETCH of bodies, first", "first_mb_per_s", "MB/s", target=1),
            Figure("FETCH of bodies, again", "second_mb_per_s", "MB/s", target=1))),
        Workload("search", "imap-search", big, (
            Figure("SEARCH FROM", "from_second_ms", "ms", lower=True, target=2),
            Figure("SEARCH SUBJECT", "subject_second_ms", "ms", lower=True, target=2),
            Figure("SEARCH TEXT", "text_second_ms", "ms", lower=True, target=50),
            Figure("SEARCH TEXT, no hit", "text_miss_second_ms", "ms", lower=True))),
        Workload("store", "imap-store", big, (Figure("UID STORE +FLAGS of all", "msgs_per_s", "messages/s", target=1.5),)),
        Workload("select", "imap-select", big, (Figure("SELECT, p50", "select_p50_ms", "ms", lower=True, target=1),)),
        Workload("login", "login", (), (Figure("LOGIN and LOGOUT, 4 connections", "logins_per_s", "/s"),)),
    ]
