"""Small answers through a plugin's route, plain and by TLS, alternating with Debian's nginx in the same run.

nginx answers the same bytes out of its configuration, with two workers and a buffered access log: its best case.
"""
import pathlib
import re
import shutil
import statistics
import subprocess
import sys
import time

import certificate
import ports
import posthouse

CONNECTIONS = 64
TARGETS = {"plain": 0.7, "TLS": 0.6}
NGINX = """
daemon off; worker_processes 2; pid {folder}/pid; error_log {folder}/error.log;
events {{ worker_connections 4096; }}
http {{
  access_log {folder}/access.log combined buffer=64k flush=1s;
  client_body_temp_path {folder}/b; proxy_temp_path {folder}/p; fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
  keepalive_requests 1000000000; default_type text/html;
  {fields}
  server {{
    listen 127.0.0.1:{plain}; listen 127.0.0.1:{tls} ssl;
    ssl_certificate {cert}; ssl_certificate_key {key}; ssl_protocols TLSv1.3;
    location /page {{ return 200 "{body}"; }}
  }}
}}
"""


def house(folder):
    """A server with the example http-page."""
    plugins = folder / "plugins"
    shutil.copytree(posthouse.BUILD / "plugins", plugins)
    for suffix in (".so", ".json"):
        shutil.copy(posthouse.BUILD / "examples" / ("http-page" + suffix), plugins)
    server = posthouse.Server(folder / "dir", ["--no-limits"]).start()
    server.stop()
    path = pathlib.Path(server.config)
    path.write_text(path.read_text(encoding="utf-8").replace('data_dir = "data"', f'data_dir = "data"\nplugin_dir = "{plugins}"', 1), encoding="utf-8")
    return server.start()


def nginx(folder, plain, tls, head, body):
    certificate.write(folder, "localhost")
    fields = " ".join(f'add_header {name} "{value}";' for name, value in head if name.startswith(("content-sec", "x-content", "referrer", "cross")))
    (folder / "nginx.conf").write_text(NGINX.format(folder=folder, plain=plain, tls=tls, cert=folder / "cert.pem", key=folder / "key.pem", fields=fields, body=body.replace("\n", "\\n")))
    return subprocess.Popen(["/usr/sbin/nginx", "-c", str(folder / "nginx.conf"), "-p", str(folder)], stderr=subprocess.DEVNULL)


def wrk(url, seconds):
    out = subprocess.run(["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "--latency", url], capture_output=True, text=True, check=True).stdout
    if "Non-2xx" in out or "Socket errors" in out:
        raise RuntimeError(out)
    return float(re.search(r"Requests/sec:\s+([\d.]+)", out)[1])


def answer(server):
    out = subprocess.run(["curl", "-sSi", f"http://127.0.0.1:{server.ports['http']}/page"], capture_output=True, text=True, check=True).stdout
    head, _, body = out.replace("\r\n", "\n").partition("\n\n")
    return [tuple(x.split(": ", 1)) for x in head.split("\n")[1:]], body


def run(root, rounds=3, seconds=3):
    """The figures that are below their targets."""
    folder = pathlib.Path(root)
    server = house(folder)
    peer = None
    results = {}
    try:
        plain, tls = ports.free_port(), ports.free_port()
        peer = nginx(folder, plain, tls, *answer(server))
        time.sleep(1)
        urls = {("posthouse", "plain"): f"http://127.0.0.1:{server.ports['http']}/page", ("nginx", "plain"): f"http://127.0.0.1:{plain}/page",
                ("posthouse", "TLS"): f"https://127.0.0.1:{server.ports['https']}/page", ("nginx", "TLS"): f"https://127.0.0.1:{tls}/page"}
        for n in range(rounds):
            for key, url in (list(urls.items()) if n % 2 == 0 else list(urls.items())[::-1]):
                results.setdefault(key, []).append(wrk(url, seconds))
                print(f"  {key[0]:10} {key[1]:6} {results[key][-1]:10,.0f} /s", file=sys.stderr, flush=True)
    finally:
        server.stop()
        if peer:
            peer.terminate()
            peer.wait()
    failed = []
    print(f"| small answers, {CONNECTIONS} connections | Posthouse | nginx | ratio | target |\n|---|---|---|---|---|")
    for kind, target in TARGETS.items():
        ours, theirs = (statistics.median(results[(s, kind)]) for s in ("posthouse", "nginx"))
        print(f"| {kind} | {ours:,.0f} /s | {theirs:,.0f} /s | {ours / theirs:.2f} | {target:g} |")
        if ours / theirs < target:
            failed.append(f"HTTP, {kind}: {ours / theirs:.2f} of {target:g}")
    return failed
