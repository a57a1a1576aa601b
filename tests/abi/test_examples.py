"""The examples, built outside the tree against the installed SDK, do their work in the real host."""
import json
import pathlib
import random
import re
import shutil
import smtplib
import socket
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request

import outside
import posthouse
import pytest
from house import House, Load, with_plugins
from posthouse import wait_for

KILLS = posthouse.scaled(100)


@pytest.fixture(scope="module")
def built():
    """{example: its built files}."""
    outside.install()
    examples = outside.PREFIX / "share/doc/posthouse-sdk/examples"
    return {name: outside.files_of(outside.build(examples / name, name)) for name in outside.EXAMPLES}


@pytest.fixture
def start(make_server, tmp_path, built):
    """Starts a server with one example; `options` are added to its configuration."""
    def go(name, options):
        server = make_server()
        with_plugins(server, tmp_path / "plugins", built[name], lambda text: text + options)
        return server
    return go


def listener(name, protocol, port):
    return f'\n[listeners.{name}]\naddress = ["127.0.0.1:{port}"]\nprotocol = "{protocol}"\ntls = "none"\n'


def test_the_installed_sdk_names_neither_tree_nor_build(built):
    assert outside.mentions(outside.PREFIX, posthouse.ROOT / "sdk") == []
    assert outside.mentions(outside.PREFIX, posthouse.ROOT / "build") == []
    assert len(list(outside.PREFIX.rglob("*.h"))) == len(list((posthouse.ROOT / "sdk" / "abi").rglob("*.h")))


def test_each_example_exports_one_symbol(built):
    for name, files in built.items():
        out = outside.run("nm", "-D", "--defined-only", next(f for f in files if f.suffix == ".so"))
        assert [line.split()[-1] for line in out.splitlines()] == ["ph_plugin_v1"], name


def test_another_minor_version_is_not_found(tmp_path):
    (tmp_path / "CMakeLists.txt").write_text("cmake_minimum_required(VERSION 3.25)\nproject(x LANGUAGES CXX)\n"
                                             "find_package(PosthouseSDK 0.99 REQUIRED)\n")
    result = subprocess.run(["cmake", "-B", tmp_path / "b", f"-DCMAKE_PREFIX_PATH={outside.PREFIX}", tmp_path],
                            capture_output=True, text=True)
    assert result.returncode != 0 and "0.99" in result.stderr


def test_pkg_config_is_enough_for_c(built, tmp_path):
    env = {"PKG_CONFIG_PATH": str(outside.PREFIX / "lib/pkgconfig"), "PATH": "/usr/bin:/bin"}
    flags = outside.run("pkg-config", "--cflags", "posthouse-sdk", env=env).split()
    script = outside.run("pkg-config", "--variable=version_script", "posthouse-sdk", env=env).strip()
    source = outside.PREFIX / "share/doc/posthouse-sdk/examples/hello-c/hello.c"
    (tmp_path / "ph_manifest.h").write_text('#define PH_MANIFEST_ID "hello-c"\n#define PH_MANIFEST_VERSION "1.0.0"\n'
                                            '#define PH_MANIFEST_SHA256 "0"\n')
    made = tmp_path / "hello-c.so"
    outside.run("gcc", "-std=c11", "-shared", "-fPIC", "-fvisibility=hidden", *flags, f"-I{tmp_path}", source,
                f"-Wl,--version-script={script},-z,defs", "-o", made)
    assert "ph_plugin_v1" in outside.run("nm", "-D", "--defined-only", made)


def test_hello_in_c(start):
    port = posthouse.free_offset() + 1025
    start("hello-c", listener("hello", "hello", port))
    with socket.create_connection(("127.0.0.1", port), 10) as s:
        assert s.makefile("rb").read() == b"hello from a plugin\r\n"


def test_hello_in_cpp_has_a_conversation_and_follows_its_option(start):
    port = posthouse.free_offset() + 1025
    server = start("hello-cpp", listener("greet", "greet", port))
    house = House(server)
    with socket.create_connection(("127.0.0.1", port), 10) as s, s.makefile("rb") as lines:
        assert lines.readline() == b"who are you?\r\n"
        s.sendall(b"Ann\r\nBo")
        assert lines.readline() == b"hello, Ann\r\n"
        house.reload(house.original + '\n[plugins.hello-cpp]\ngreeting = "good day"\n')
        s.sendall(b"b\r\n")
        assert lines.readline() == b"good day, Bob\r\n"
        house.reload(house.original + '\n[plugins.hello-cpp]\ngreeting = "a\\nb"\n', "the old configuration stays in force")
        s.sendall(b"Cy\r\nQUIT\r\n")
        assert lines.read() == b"good day, Cy\r\nbye\r\n"
    assert server.stop() == 0


def test_the_unit_test_of_rcpt_policy_passes(built):
    out = outside.run("ctest", "--test-dir", outside.WORK / "build" / "rcpt-policy", "--output-on-failure")
    assert "100% tests passed" in out


def test_rcpt_policy_follows_its_table(start):
    def code(to):
        with server.smtp() as s:
            s.ehlo("client.example.org")
            s.mail("a@example.org")
            return s.rcpt(to)[0]

    server = start("rcpt-policy", "")
    house = House(server)
    assert code(posthouse.USER) == 250
    table = house.original + "\n[plugins.rcpt-policy]\n%s\n"
    house.reload(table % 'reject = ["@localhost"]\ntext = "closed today"')
    with pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
        server.send(b"Subject: x\r\n\r\nx\r\n")
    assert refused.value.recipients[posthouse.USER][0] == 550
    assert b"5.7.1" in refused.value.recipients[posthouse.USER][1] and b"closed today" in refused.value.recipients[posthouse.USER][1]
    house.reload(table % f'defer = ["{posthouse.USER}"]')
    assert code(posthouse.USER) == 450
    house.reload(table % f'reject = ["@localhost"]\naccept = ["{posthouse.USER}"]')
    assert code(posthouse.USER) == 250 and code("other@localhost") == 550
    told = house.reload(table % 'reject = ["nobody"]', "the old configuration stays in force")
    assert '"nobody\\" is no pattern' in told or '"nobody" is no pattern' in told
    assert code("other@localhost") == 550
    assert server.stop() == 0


def test_the_readme_is_true_to_the_letter(built, make_server, tmp_path):
    """The three files of the ten-minute plugin, as they stand there, and what it promises of them."""
    text = (outside.PREFIX / "share/doc/posthouse-sdk/README.md").read_text()
    blocks = [re.sub(r"^    ", "", b, flags=re.M) for b in re.findall(r"(?:^(?:    .*)?\n)+", text, re.M)]

    def block(beginning):
        found = [b.strip("\n") + "\n" for b in blocks if b.strip("\n").startswith(beginning)]
        assert len(found) == 1, beginning
        return found[0]

    folder = tmp_path / "tea"
    folder.mkdir()
    (folder / "CMakeLists.txt").write_text(block("cmake_minimum_required"))
    (folder / "plugin.json").write_text(block("{"))
    (folder / "tea.cpp").write_text(block("#include <ph_manifest.h>"))
    plugins = outside.build(folder, "tea")
    outside.run(outside.PREFIX / "bin" / "ph-validate", plugins / "tea.so")
    server = make_server()
    with_plugins(server, tmp_path / "plugins", outside.files_of(plugins),
                 lambda text: text + block("plugin_dir").split("\n", 1)[1])
    house = House(server)
    for who, wanted in (("you", (450, b"4.2.1 is at tea, try again later")), ("nobody", (250, b""))):
        house.reload(house.original.replace('who = "you@', f'who = "{who}@'))
        with server.smtp() as s:
            s.ehlo("client.example.org")
            s.mail("a@example.org")
            code, told = s.rcpt(posthouse.USER)
        assert code == wanted[0] and wanted[1] in told, (code, told)
    assert server.stop() == 0


# --- event-log ---------------------------------------------------------------------------------------------------------

def events_in(path):
    """The whole lines of the file. What comes again is left out, but must be the same."""
    text = pathlib.Path(path).read_text() if pathlib.Path(path).exists() else ""
    text = text[:text.rfind("\n") + 1]  # one may just be written
    seen = {}
    newest = 0
    for line in text.splitlines():
        e = json.loads(line)
        assert seen.setdefault(e["seq"], e) == e
        if e["seq"] > newest:
            assert e["seq"] == newest + 1, f"{newest + 1} is missing before {e['seq']}"
            newest = e["seq"]
    return list(seen.values())


def stored_uids(path):
    return {e["data"]["uid"] for e in events_in(path) if e["name"] == "message.stored"}


def options(path):
    return f'\n[plugins.event-log]\nfile = "{path}"\n'


def test_no_event_is_lost_whenever_the_server_is_killed(start, tmp_path):
    path = tmp_path / "events.jsonl"
    server = start("event-log", options(path))
    acknowledged = []
    rng = random.Random(7)
    for round_ in range(KILLS):
        until = time.monotonic() + rng.random() * 1.2
        try:
            with server.smtp() as s:
                while time.monotonic() < until:
                    subject = f"m{len(acknowledged)}-{round_}"
                    s.sendmail("a@example.org", [posthouse.USER], f"Subject: {subject}\r\n\r\nx\r\n")
                    acknowledged.append(subject)
                server.process.kill()
        except (OSError, smtplib.SMTPException):
            pass
        server.kill()
        server.start()
    c = server.imap()
    c.select("INBOX", readonly=True)
    uids = set()
    by_subject = {}
    for part in c.uid("FETCH", "1:*", "(BODY.PEEK[HEADER.FIELDS (SUBJECT)])")[1]:
        if isinstance(part, tuple):
            uid = int(part[0].split(b"UID ")[1].split()[0])
            by_subject[part[1].decode().split(":", 1)[1].strip()] = uid
            uids.add(uid)
    c.logout()
    assert len(acknowledged) > KILLS and set(acknowledged) <= set(by_subject)
    needed = {by_subject[s] for s in acknowledged}
    wait_for(lambda: needed <= stored_uids(path), 30, f"{len(needed - stored_uids(path))} events")
    assert stored_uids(path) <= uids
    assert server.stop() == 0


def test_mail_flows_while_the_file_cannot_be_written_and_the_events_come_later(start, tmp_path):
    folder = tmp_path / "gone"
    path = folder / "events.jsonl"
    server = start("event-log", options(path))
    for _ in range(3):
        server.send(b"Subject: x\r\n\r\nx\r\n")
    wait_for(lambda: "events not taken" in server.log.read_text(), 30)
    folder.mkdir()
    wait_for(lambda: len(stored_uids(path)) == 3, 30)
    # Moved away, as logrotate does: the next events make a new file.
    shutil.move(path, folder / "old.jsonl")
    server.send(b"Subject: y\r\n\r\ny\r\n")
    wait_for(lambda: path.exists() and path.read_text().endswith("\n"), 30)
    old = events_in(folder / "old.jsonl")
    new = [json.loads(line) for line in path.read_text().splitlines()]
    assert new[0]["seq"] == old[-1]["seq"] + 1 and new[-1]["data"]["uid"] == 4
    assert server.stop() == 0


def test_an_unfinished_line_is_removed(start, tmp_path):
    path = tmp_path / "events.jsonl"
    server = start("event-log", options(path))
    server.send(b"Subject: x\r\n\r\nx\r\n")
    wait_for(lambda: len(stored_uids(path)) == 1, 30)
    server.kill()
    with open(path, "a", encoding="utf-8") as f:
        f.write('{"seq":99,"ti')
    server.start()
    server.send(b"Subject: y\r\n\r\ny\r\n")
    wait_for(lambda: len(stored_uids(path)) == 2, 30)
    assert server.stop() == 0
    # Killed before it was known to be told, an event comes once more.
    told = [json.loads(line)["data"]["uid"] for line in path.read_text().splitlines()]
    assert told in ([1, 2], [1, 1, 2])


def test_switched_off_and_on_it_goes_on_where_it_was(start, tmp_path):
    path = tmp_path / "events.jsonl"
    server = start("event-log", options(path))
    house = House(server)
    load = Load(server)
    load.start()
    for _ in range(3):
        house.reload(house.original.replace("[plugins.event-log]\n", "[plugins.event-log]\nenabled = false\n"))
        time.sleep(0.3)
        house.reload(house.original)
    load.ending.set()
    load.join()
    assert load.errors == [] and load.sent > 0
    wait_for(lambda: len(stored_uids(path)) == load.sent, 30)
    assert server.stop() == 0


def test_http_page_answers_reads_and_streams(start):
    server = start("http-page", "")
    house = House(server)
    base = f"http://127.0.0.1:{server.ports['http']}/page"

    def get(path="", body=None):
        with urllib.request.urlopen(base + path, body, timeout=60) as r:
            return r.read()

    assert b"<p>It works." in get()
    house.reload(house.original + '\n[plugins.http-page]\ntext = "a < b"\n')
    assert b"<p>a &lt; b" in get()
    assert get("/count", b"x" * 1_000_000) == b"1000000\n"
    assert get("/lines/50000") == b"".join(b"%d\n" % i for i in range(50_000))
    with pytest.raises(urllib.error.HTTPError, match="404"):
        get("/lines/x")
    assert server.stop() == 0


# --- admin-form --------------------------------------------------------------------------------------------------------

def test_a_notice_is_changed_with_a_form(start):
    server = start("admin-form", "\n# kept\n[plugins.admin-form]\nurgency = \"low\" # and this\n")
    base = f"http://localhost:{server.ports['http']}"

    def ask(path, fields=None, **headers):
        data = urllib.parse.urlencode(fields, doseq=True).encode() if fields is not None else None
        try:
            with opener.open(urllib.request.Request(base + path, data, headers)) as r:
                return r.status, r.read().decode()
        except urllib.error.HTTPError as e:
            return e.code, e.read().decode()

    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
    assert ask("/notice")[0] == 401
    assert ask("/login", {"user": posthouse.USER, "password": posthouse.PASSWORD, "next": "/notice"}) == (200, "you, read this:\nAll is well.\n")
    menu = ask("/admin/")[1]
    assert '<a href="/notice">Notice</a>' in menu and '<a href="/admin/plugins/admin-form">Notice board</a>' in menu
    page = ask("/admin/plugins/admin-form")[1]
    assert "How often it is said." in page and '<input type="number" name="option.repeat" value="1">' in page
    assert "<option selected>low</option><option>high</option>" in page and "<script" not in page
    csrf = re.search(r'name="csrf" value="(\w{64})"', page).group(1)
    filled = {"csrf": csrf, "option.shown": "on", "option.urgency": "high", "option.repeat": "2", "option.lines": "<b>Fire</b>\r\n\r\nRun\r\n"}
    before = pathlib.Path(server.config).read_text()
    # Only with the token of the session, and from a page of ours.
    assert ask("/admin/plugins/admin-form", {**filled, "csrf": "0" * 64, "do": "save"})[0] == 403
    assert ask("/admin/plugins/admin-form", {**filled, "do": "save"}, Origin="https://evil.example")[0] == 403
    status, page = ask("/admin/plugins/admin-form", {**filled, "do": "preview"})
    assert status == 200 and "This would change" in page and "+repeat = 2" in page and "<b>" not in page
    assert pathlib.Path(server.config).read_text() == before
    for wrong, text in (({"option.repeat": "x"}, "must be a whole number"), ({"option.repeat": "10"}, "repeat"), ({"option.lines": ""}, "needs lines")):
        status, page = ask("/admin/plugins/admin-form", {**filled, **wrong, "do": "save"})
        assert status == 400 and text in page, wrong
    assert pathlib.Path(server.config).read_text() == before
    assert "Saved." in ask("/admin/plugins/admin-form", {**filled, "do": "save"})[1]
    assert ask("/notice")[1] == "you, read this:\n" + "! <b>Fire</b>\n! Run\n" * 2
    after = pathlib.Path(server.config).read_text()
    assert "# kept\n" in after and 'urgency = "high" # and this\n' in after and "shown" not in after
    run = lambda *words: server.run(*words, "--dir", str(server.folder), check=False)
    assert "Fire" in run("notice", "show").stdout
    assert run("plugin", "fill", "admin-form", '{"shown": false, "lines": null}').returncode == 0
    assert ask("/notice")[1] == "you, read this:\n"
    assert [p["title"] for p in json.loads(run("page", "list", "--json").stdout)["items"]] == ["Notice", "Notice board"]
    run("plugin", "disable", "admin-form")
    assert run("page", "list", "--json").stdout == '{"items":[]}\n' and ask("/notice")[0] == 404
    assert server.stop() == 0
