"""SIGKILL of the worker while its index of mail is made: what SEARCH finds is what is there, and the index catches up."""
import json
import random
import time

import posthouse
from posthouse import wait_for

ROUNDS = posthouse.scaled(25)
WORDS = ["alpha", "bravo", "charlie", "delta", "echoes", "foxtrot"]


def waiting(server):
    run = server.run("store", "index", "you", "--dir", str(server.folder), "--json", check=False)
    return json.loads(run.stdout)["waiting"] if run.returncode == 0 else None


def test_kill_indexer(make_server):
    rng = random.Random()
    server = make_server().start()
    mail = {}
    for round_ in range(ROUNDS):
        client = server.imap()
        client.select("INBOX")
        next_uid = int(client.status("INBOX", "(UIDNEXT)")[1][0].split()[-1].rstrip(b")"))
        for n in range(40):
            words = rng.sample(WORDS, 2)
            body = f"Subject: {words[0]}\r\n\r\n{words[1]} r{round_}n{n}\r\n" + "filling words of no meaning at all\r\n" * 200
            assert client.append("INBOX", None, None, body.encode())[0] == "OK"
            mail[next_uid + n] = words
        if rng.random() < 0.3:
            server.run("store", "reindex", "you", "--dir", str(server.folder))
        time.sleep(rng.uniform(0.8, 2.2))  # the index is made when the account was quiet for a second
        server.kill()
        server.start()
        client = server.imap()
        client.select("INBOX")
        for word in WORDS:
            found = {int(n) for n in client.uid("SEARCH", "TEXT", word)[1][0].split()}
            assert found & set(mail) == {uid for uid, words in mail.items() if word in words}
        client.logout()
    wait_for(lambda: waiting(server) == 0, 120, what="the index")
    client = server.imap()
    client.select("INBOX")
    for word in WORDS:
        found = {int(n) for n in client.uid("SEARCH", "TEXT", word)[1][0].split()}
        assert found & set(mail) == {uid for uid, words in mail.items() if word in words}
    client.logout()
    assert server.stop() == 0
