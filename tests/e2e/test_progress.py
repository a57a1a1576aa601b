"""What the command line shows while a server works: a bar on a terminal, the answer at its end, nothing elsewhere."""
import json
import os
import pty
import socket
import subprocess
import threading
import time

import posthouse

PROGRESS = [b'{"progress":{"done":2500,"total":10000,"unit":"messages"}}\n', b'{"progress":{"done":9000,"total":10000,"unit":"messages"}}\n']
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/x-ndjson\r\nConnection: close\r\n\r\n"
RESULT = {"messages": 10000, "clean": True, "problems": []}


def serve(folder, last):
    """A server that takes its time, once."""
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(folder / "ctl.sock"))
    listener.listen()

    def answer():
        while True:
            try:
                c = listener.accept()[0]
            except OSError:
                return
            with c:
                request = b""
                while b"\r\n\r\n" not in request:
                    got = c.recv(4096)
                    if not got:
                        break
                    request += got
                if b"/store/verify" not in request:
                    continue  # only looked whether somebody is there
                assert b"application/x-ndjson" in request
                c.sendall(HEAD)
                for piece in (PROGRESS[0], PROGRESS[0][:20], PROGRESS[0][20:], PROGRESS[1], last):
                    time.sleep(0.25)
                    c.sendall(piece)

    threading.Thread(target=answer, daemon=True).start()
    return listener


def verify(folder, *more, terminal):
    command = [str(posthouse.PROGRAM), "store", "verify", "you", "--dir", str(folder), *more]
    if not terminal:
        done = subprocess.run(command, capture_output=True, timeout=60)
        return done.returncode, done.stdout.decode(), done.stderr.decode()
    ours, theirs = pty.openpty()
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=theirs) as p:
        os.close(theirs)
        shown = b""
        try:
            while got := os.read(ours, 4096):
                shown += got
        except OSError:
            pass
        return p.wait(60), p.stdout.read().decode(), shown.decode()


def test_a_bar_on_a_terminal(tmp_path):
    with serve(tmp_path, json.dumps({"result": RESULT}).encode() + b"\n"):
        code, out, shown = verify(tmp_path, "--json", terminal=True)
        assert code == 0 and json.loads(out) == RESULT
        assert "25 %  2,500 of 10,000 messages" in shown and "90 %" in shown and shown.endswith("\r\x1b[K")
        code, out, shown = verify(tmp_path, "--json", terminal=False)
        assert code == 0 and json.loads(out) == RESULT and shown == ""


def test_an_error_at_the_end(tmp_path):
    error = {"error": {"code": "not_found", "message": "it went away meanwhile"}}
    with serve(tmp_path, json.dumps(error).encode() + b"\n"):
        code, out, shown = verify(tmp_path, terminal=False)
        assert code == 1 and out == "" and "it went away meanwhile" in shown


def test_a_server_that_breaks_off(tmp_path):
    with serve(tmp_path, b'{"result":'):
        code, out, shown = verify(tmp_path, terminal=False)
        assert code != 0 and out == "" and "broke off" in shown
