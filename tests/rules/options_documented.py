#!/usr/bin/env python3
"""Every option of the server, of domains and of accounts stands in config/*.toml; every option of a plugin in its README."""
import json
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
# For tests only; what it does is said where it is read.
HIDDEN = {"testing", "catch_everything", "direct_port", "home_page", "queue_errors"}


def names(schema):
    for key, value in schema.get("properties", {}).items():
        yield key
        yield from names(value)
    for key in ("items", "additionalProperties"):
        if isinstance(schema.get(key), dict):
            yield from names(schema[key])


def problems():
    samples = "\n".join(p.read_text(encoding="utf-8") for p in sorted((ROOT / "config").glob("*.toml")))
    for source in sorted((ROOT / "host" / "config").glob("*.cpp")):
        for text in re.findall(r'R"json\((.*?)\)json"', source.read_text(encoding="utf-8"), re.S):
            for name in names(json.loads(text)):
                if name not in HIDDEN and not re.search(rf"(?m)^#?\s*(?:\[+[^\]]*\b)?{re.escape(name)}\b", samples):
                    yield f"{source.relative_to(ROOT)}: option {name} is in no file of config/"
    for manifest in sorted((ROOT / "plugins").glob("*/plugin.json")):
        readme = manifest.with_name("README.md").read_text(encoding="utf-8")
        schema = json.loads(manifest.read_text(encoding="utf-8")).get("config", {})
        for name in names(schema):
            if f"`{name}`" not in readme:
                yield f"{manifest.relative_to(ROOT)}: option {name} is not in the README"


found = list(problems())
print("\n".join(found) if found else "options: all documented")
sys.exit(1 if found else 0)
