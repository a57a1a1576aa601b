#!/usr/bin/env python3
"""docs/cli.md and docs/openapi.json are what the program says of itself, and the descriptions of operations are in order.
--update writes the two."""
import json
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
MADE = {"cli": "docs/cli.md", "openapi": "docs/openapi.json"}


def problems(build, update):
    program = pathlib.Path(build) / "bin" / "posthouse"
    if not program.exists():
        yield f"{program} is not built"
        return
    for what, name in MADE.items():
        text = subprocess.run([program, "docs", what], capture_output=True, text=True, check=True).stdout
        path = ROOT / name
        if update:
            path.write_text(text, encoding="utf-8")
        elif not path.exists() or path.read_text(encoding="utf-8") != text:
            yield f"{name} is not what the program says: tests/rules/admin_docs.py {build} --update"
        if what == "openapi":
            yield from described(json.loads(text))


def described(api):
    seen = set()
    for path, methods in api["paths"].items():
        for method, op in methods.items():
            name = op["operationId"]
            if name in seen:
                yield f"{name} is described twice"
            seen.add(name)
            placed = {p["name"] for p in op.get("parameters", []) if p["in"] == "path"}
            if placed != set(re.findall(r"{(\w+)}", path)):
                yield f"{name}: the path {path} and its parameters differ"
            texts = [op["summary"]] + [p["description"] for p in op.get("parameters", [])]
            texts += [p["description"] for p in op.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {}).get("properties", {}).values()]
            for text in texts:
                if not re.fullmatch(r"\S.*[.)]", text):
                    yield f"{name}: not a sentence: {text!r}"


found = list(problems(sys.argv[1], "--update" in sys.argv))
print("\n".join(found) if found else "admin docs: as the program says")
sys.exit(1 if found else 0)
