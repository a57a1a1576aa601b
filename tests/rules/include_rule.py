#!/usr/bin/env python3
"""Who may include whom: plugins and sdk/lib never see the host, and inside the host the layers look one way only."""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.M)
HOST_FOLDERS = {p.name for p in (ROOT / "host").iterdir() if p.is_dir()}

# A host folder may include itself, `base`, and these.
LOW = {"env", "log", "base", "metrics"}
LAYERS = {
    "base": set(), "env": set(), "log": set(), "json": set(), "config": LOW | {"json"}, "jobs": LOW, "db": LOW, "events": LOW | {"db"}, "trace": {"log", "json"}, "sendmail": {"config", "env", "json"}, "metrics": {"env", "log", "base"},
    "net": LOW | {"jobs", "config"}, "dns": LOW | {"net", "jobs"}, "http": LOW | {"net", "jobs"}, "commands": LOW | {"json", "jobs"}, "web": LOW | {"db", "jobs", "json", "net", "http", "accounts", "config"}, "mx": LOW | {"jobs"}, "mail": LOW, "signing": LOW | {"mail", "jobs"}, "accounts": LOW | {"config", "db"},
    "store": LOW | {"db", "mail", "jobs"}, "queue": LOW | {"db", "mail", "jobs"},
    "pipeline": LOW | {"db", "mail", "jobs", "store", "accounts", "events"},
    "setup": LOW | {"config", "accounts"}, "transfer": LOW | {"store", "json"},
    "plugin": HOST_FOLDERS - {"app", "admin"}, "abi": HOST_FOLDERS - {"app"}, "admin": HOST_FOLDERS - {"app", "abi"}, "app": HOST_FOLDERS,
}
LIB_ALLOWED = re.compile(r"^(unicode/|openssl/|arpa/inet\.h$|netinet/in\.h$|ph/)")


def problems():
    for path in sorted(ROOT.rglob("*")):
        if path.suffix not in {".cpp", ".hpp", ".h", ".c"}:
            continue
        parts = path.relative_to(ROOT).parts
        if parts[0] not in {"host", "sdk", "plugins"}:
            continue
        for kind, name in INCLUDE.findall(path.read_text(encoding="utf-8")):
            first = name.split("/")[0]
            why = None
            if parts[0] == "plugins":
                if first in HOST_FOLDERS and kind == '"' and not (path.parent / name).exists() and not (ROOT / "plugins" / parts[1] / name).exists():
                    why = "a plugin includes the host"
                elif first == "Poco":
                    why = "a plugin includes Poco without saying so in its manifest"
            elif parts[0] == "sdk":
                if first in HOST_FOLDERS - {"mail"} and kind == '"':
                    why = "the SDK includes the host"
                elif parts[1] == "lib" and "/" in name and not LIB_ALLOWED.match(name) and not (path.parent / name).exists():
                    why = "sdk/lib may use std, ICU and libcrypto only"
                elif parts[1] == "abi" and not (name in {"stddef.h", "stdint.h"} or name.startswith(".") or name.endswith(".h") and "/" not in name):
                    why = "the contract may use stddef.h and stdint.h only"
            elif parts[0] == "host" and len(parts) > 2 and kind == '"' and first in HOST_FOLDERS:
                allowed = LAYERS.get(parts[1])
                if allowed is None:
                    why = f"host/{parts[1]} has no place in tests/rules/include_rule.py"
                elif first != parts[1] and first not in allowed:
                    why = f"host/{parts[1]} may not know host/{first}"
            if why:
                yield f"{path.relative_to(ROOT)}: {name}: {why}"


found = list(problems())
print("\n".join(found) if found else "include rule: clean")
sys.exit(1 if found else 0)
