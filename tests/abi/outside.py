"""The SDK as a stranger has it: installed to a prefix of its own; plugins are copied out of the tree and built against it.

Folders live in the build folder, so that a second run builds only what changed."""
import fcntl
import pathlib
import re
import shutil
import subprocess

import posthouse

WORK = posthouse.BUILD / "outside"
PREFIX = WORK / "prefix"
EXAMPLES = ("hello-c", "hello-cpp", "rcpt-policy", "event-log", "http-page", "admin-form")
DEFAULTS = tuple(sorted(p.parent.name for p in (posthouse.ROOT / "plugins").glob("*/plugin.json")))


_held = []


def run(*command, **kwargs):
    result = subprocess.run([str(c) for c in command], capture_output=True, text=True, timeout=1800, **kwargs)
    assert result.returncode == 0, f"{command}\n{result.stdout[-4000:]}\n{result.stderr[-4000:]}"
    return result.stdout


def install():
    """Installs the SDK anew. Another process that wants to waits until this one has ended."""
    WORK.mkdir(exist_ok=True)
    if not _held:
        _held.append(open(WORK / "lock", "w"))  # noqa: SIM115: held until the process ends
        fcntl.flock(_held[0], fcntl.LOCK_EX)
    shutil.rmtree(PREFIX, ignore_errors=True)
    run("cmake", "--install", posthouse.BUILD, "--component", "sdk", "--prefix", PREFIX)
    return PREFIX


def build(source, name):
    """Copies the folder `source` and builds it as its README says; the folder with the plugin and its manifest."""
    copy, made = WORK / "source" / name, WORK / "build" / name
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(source, copy)
    launcher = ["-DCMAKE_CXX_COMPILER_LAUNCHER=ccache"] if shutil.which("ccache") else []
    run("cmake", "-S", copy, "-B", made, "-G", "Ninja", f"-DCMAKE_PREFIX_PATH={PREFIX}", "-DCMAKE_BUILD_TYPE=Release", *launcher)
    run("cmake", "--build", made, "-j", "2")
    assert (made / "plugins" / f"{name}.so").exists() and (made / "plugins" / f"{name}.json").exists()
    return made / "plugins"


def mentions(folder, text):
    """Files below `folder` whose bytes contain `text`."""
    pattern = re.compile(re.escape(str(text)).encode())
    return [p for p in pathlib.Path(folder).rglob("*") if p.is_file() and pattern.search(p.read_bytes())]


def files_of(folder):
    return [p for p in sorted(pathlib.Path(folder).iterdir()) if p.suffix in (".so", ".json")]
