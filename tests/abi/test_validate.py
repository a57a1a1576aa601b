"""ph-validate finds what breaks the contract, and nothing in the plugins that come with the SDK and the server."""
import hashlib
import json
import subprocess

import outside
import posthouse
import pytest

VALIDATE = posthouse.BUILD / "bin" / "ph-validate"
HELLO = posthouse.ROOT / "sdk" / "examples" / "hello-c"
OPTIONS = {"event-log": ["--set", "file=/dev/null"]}
CYCLES = str(posthouse.scaled(1000))


def validate(*arguments):
    return subprocess.run([str(VALIDATE), *map(str, arguments)], capture_output=True, text=True, timeout=300)


@pytest.mark.parametrize("folder,name", [("plugins", n) for n in outside.DEFAULTS] + [("examples", n) for n in outside.EXAMPLES])
def test_our_own_plugins_keep_the_contract(folder, name):
    result = validate("--cycles", CYCLES, *OPTIONS.get(name, []), posthouse.BUILD / folder / f"{name}.so")
    assert result.returncode == 0, result.stdout + result.stderr
    assert "keeps the contract" in result.stdout


def made(tmp_path, code=(), manifest=None, export=False):
    """hello-c with changes, built by hand."""
    text = (HELLO / "plugin.json").read_text()
    if manifest:
        text = json.dumps(dict(json.loads(text), **manifest))
    source = (HELLO / "hello.c").read_text()
    for old, new in code:
        assert source.count(old) == 1, old
        source = source.replace(old, new)
    (tmp_path / "hello.c").write_text(source)
    (tmp_path / "hello.json").write_text(text)
    (tmp_path / "ph_manifest.h").write_text(
        f'#define PH_MANIFEST_ID "{json.loads(text)["id"]}"\n#define PH_MANIFEST_VERSION "1.0.0"\n'
        f'#define PH_MANIFEST_SHA256 "{hashlib.sha256(text.encode()).hexdigest()}"\n')
    script = [] if export else [f"-Wl,--version-script={posthouse.ROOT}/sdk/cmake/plugin.map"]
    outside.run("gcc", "-std=c11", "-O1", "-shared", "-fPIC", f"-I{posthouse.ROOT}/sdk/abi", f"-I{tmp_path}", "-pthread",
                tmp_path / "hello.c", *script, "-o", tmp_path / "hello.so")
    return tmp_path / "hello.so"


def test_the_unchanged_one_passes(tmp_path):
    assert validate(made(tmp_path)).returncode == 0


START = "  return h->listener->offer(h->host, &protocol);\n"


@pytest.mark.parametrize("told,code", [
    ("leaks about", [("static void destroy(void* self) {\n  free(self);", "static void destroy(void* self) {\n  (void)self;")]),
    ("leaks about", [("static void visit_close(void* self) {\n  free(self);", "static void visit_close(void* self) {\n  (void)self;")]),
    ("leaves open files", [("#include <stdlib.h>", "#include <fcntl.h>\n#include <stdlib.h>"),
                           (START, '  if (open("/dev/null", O_RDONLY) < 0) return PH_E_BUG;\n' + START)]),
    ("leaves threads", [("#include <stdlib.h>", "#include <pthread.h>\n#include <stdlib.h>\n#include <unistd.h>\n"
                         "static void* wait_long(void* p) { sleep(100); return p; }\n"),
                        (START, "  pthread_t t;\n  if (pthread_create(&t, NULL, wait_long, NULL)) return PH_E_BUG;\n" + START)]),
    ("run answers 4242", [("return PH_NEXT_CLOSE;", "return 4242;")]),
    ("goes on after PH_WHY_SHUTDOWN", [("return PH_NEXT_CLOSE;", "return PH_NEXT_READ;")]),
    ("does not start", [(START, "  (void)protocol;\n  return PH_E_INVALID;\n")]),
    ('protocols "hello", which start does not offer', [('.name = "hello"', '.name = "other"')]),
    ("differs from the manifest's", [("PH_MANIFEST_ID,\n", '"somebody",\n')]),
    ("not built with the manifest", [("PH_MANIFEST_SHA256", '"0000"')]),
    ("malformed descriptor", [("{sizeof descriptor, ", "{8, ")]),
    ("newer contract", [("PH_ABI_MINOR,", "PH_ABI_MINOR + 1,")]),
    ("no symbol", [("const ph_descriptor* ph_plugin_v1(void) {", "const ph_descriptor* ph_plugin_v2(void);\n"
                    "const ph_descriptor* ph_plugin_v2(void) {")]),
])
def test_what_breaks_the_contract_is_told(tmp_path, told, code):
    result = validate(made(tmp_path, code))
    assert result.returncode == 1 and told in result.stdout, result.stdout + result.stderr


def test_what_crashes_without_an_optional_interface_fails(tmp_path):
    result = validate(made(tmp_path, [("  if (h->log) h->log->write", "  h->log->write")]))
    assert result.returncode < 0


def test_more_symbols_than_one_are_told(tmp_path):
    code = [("static void stop(void* self) {", "void stop(void* self);\nvoid stop(void* self) {")]
    result = validate(made(tmp_path, code, export=True))
    assert result.returncode == 1 and "exports stop" in result.stdout


@pytest.mark.parametrize("manifest,told", [
    ({"contributes": {"protocols": []}}, 'start offers protocols "hello"'),
    ({"contributes": {"protocols": ["hello"], "hooks": ["x"]}}, 'hooks "x", which start does not offer'),
    ({"title": ""}, 'no "title"'),
    ({"config": {"type": "object", "properties": {"n": {"type": "integer", "default": "one"}}}}, "not of its type"),
    ({"version": "2.0.0"}, "version differs"),
])
def test_wrong_manifests_are_told(tmp_path, manifest, told):
    result = validate(made(tmp_path, manifest=manifest))
    assert result.returncode == 1 and told in result.stdout, result.stdout + result.stderr


def test_settings_must_exist_and_fit():
    plugin = posthouse.BUILD / "plugins" / "smtp.so"
    assert validate("--cycles", "2", "--set", "max_errors=3", plugin).returncode == 0
    assert "no such option" in validate("--set", "nothing=1", plugin).stdout
    assert "not of its type" in validate("--set", "max_errors=many", plugin).stdout
    assert "max_message_size: at least" in validate("--set", "max_message_size=1KB", plugin).stdout
    assert validate().returncode == 2 and validate("--cycles", "x", plugin).returncode == 2
