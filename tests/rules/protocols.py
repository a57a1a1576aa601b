#!/usr/bin/env python3
"""docs/protocols.md: which RFC is implemented where, from the references in the code. With --write it is made anew;
otherwise it must be up to date, every RFC that the code cites must be in docs/protocols.json with its status, and, where
the RFC texts lie beside the checkout, every cited section must exist in them."""
import collections
import json
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
TEXTS = ROOT.parent / "shared" / "rfc"
TABLE = ROOT / "docs" / "protocols.md"
CITE = re.compile(r"RFC (\d{3,5})((?:,? (?:and )?(?:section )?(?:[0-9]+|[A-Z](?=[. ]?\d))(?:\.[0-9A-Z]+)*(?![\w-]))*)")
STATUS = ("implemented", "in part", "format", "background")


def files(*folders):
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in {".cpp", ".hpp", ".h", ".c", ".py", ".txt"} and path.is_file() and "corpus" not in path.parts:
                yield path


def citations(*folders):
    """RFC number -> {file}, and the sections cited with their places."""
    where, sections = collections.defaultdict(set), []
    for path in files(*folders):
        if path.name == "protocols.py":
            continue
        text = re.sub(r"\n\s*(?://|\*|#)?\s*", " ", path.read_text(encoding="utf-8", errors="replace"))
        for number, rest in CITE.findall(text):
            where[int(number)].add(path.relative_to(ROOT).as_posix())
            for section in re.findall(r"(?<![\w.])[0-9]+(?:\.[0-9]+)+", rest):
                sections.append((int(number), section, path.relative_to(ROOT).as_posix()))
    return where, sections


def missing_sections(sections):
    texts = {}
    for number, section, path in sections:
        file = TEXTS / f"rfc{number}.txt"
        if not file.exists():
            continue
        if number not in texts:
            texts[number] = file.read_text(encoding="utf-8", errors="replace")
        if not re.search(rf"^\s*(?:Section )?{re.escape(section)}\.?\s", texts[number], re.M):
            yield f"{path}: RFC {number} has no section {section}"


def short(paths, limit):
    """Folders with their file names: 'plugins/imap/commands: append, copy'."""
    by_folder = collections.defaultdict(list)
    for p in sorted(paths):
        folder, _, name = p.rpartition("/")
        stem = name.rsplit(".", 1)[0]
        if stem not in by_folder[folder]:
            by_folder[folder].append(stem)
    parts = [f"{folder}: {', '.join(names)}" for folder, names in sorted(by_folder.items())]
    if len(parts) > limit:
        parts = parts[:limit] + [f"and {len(parts) - limit} folders more"]
    return "<br>".join(parts) or "-"


def main():
    known = {int(k): v for k, v in json.loads((ROOT / "docs" / "protocols.json").read_text(encoding="utf-8")).items()}
    code, sections = citations("host", "plugins", "sdk")
    tests, _ = citations("tests", "plugin-tests")
    problems = [f"RFC {n} is cited ({sorted(code[n])[0]}) but is not in docs/protocols.json" for n in sorted(code) if n not in known]
    problems += [f"RFC {n} is in docs/protocols.json but no code cites it" for n in sorted(known) if n not in code]
    problems += [f"RFC {n}: unknown status" for n, v in known.items() if v["status"] not in STATUS]
    problems += missing_sections(sections)
    lines = ["# Protocols", "",
             "Made by `./dev fmt` from the references in the code. *Implemented*: what its role here asks for. *In part*: the note says what is missing.",
             "*Format*: a syntax that others build on. *Background*: a rule or an observation that a decision follows.", "",
             "| RFC | about | status | code | tests |", "|---|---|---|---|---|"]
    for number in sorted(known):
        entry = known[number]
        extra = [t for t in entry.get("tests", []) if (ROOT / t).exists()]
        problems += [f"RFC {number}: {t} does not exist" for t in entry.get("tests", []) if not (ROOT / t).exists()]
        status = entry["status"] + (": " + entry["note"] if entry.get("note") else "")
        found = set(tests.get(number, ())) | set(extra)
        if entry["status"] == "implemented" and not found:
            problems.append(f"RFC {number} counts as implemented, but no test names it")
        lines.append(f"| {number} | {entry['about']} | {status} | {short(code.get(number, ()), 4)} | {short(found, 3)} |")
    text = "\n".join(lines) + "\n"
    if "--write" in sys.argv:
        TABLE.write_text(text, encoding="utf-8")
    elif not TABLE.exists() or TABLE.read_text(encoding="utf-8") != text:
        problems.append("docs/protocols.md is out of date: run ./dev fmt")
    print("\n".join(problems) if problems else "protocols: clean")
    return 1 if problems else 0


sys.exit(main())
