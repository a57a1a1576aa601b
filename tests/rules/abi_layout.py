#!/usr/bin/env python3
"""The contract in sdk/abi only grows at the end: every struct, member and constant of sdk/baseline/draft/layout.txt is
where it was. The list comes from the compiler, which names every record it saw in any header.
--update writes the file anew. Other arguments are ignored."""
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
BASELINE = ROOT / "sdk" / "baseline" / "draft" / "layout.txt"
HEAD = ("# Layout of the contract on LP64 machines, made by tests/rules/abi_layout.py --update.\n"
        "# struct NAME SIZE / member NAME.MEMBER OFFSET SIZE TYPE / const NAME VALUE\n")
MEMBER = re.compile(r"^\s*(\d+) \|(\s+)(.*)$")
SIZE = re.compile(r"^\s*\| \[sizeof=(\d+),")
CLANG = ["clang-14", "-x", "c", "-std=c11", "--target=x86_64-linux-gnu"]


def run(headers, arguments, code):
    result = subprocess.run([*CLANG, f"-I{headers}", *arguments, "-"], input=code, capture_output=True, text=True)
    if result.returncode:
        raise RuntimeError(result.stderr)
    return result.stdout


def records(text):
    """(name, size, [(offset, type, member)]) of each record in clang's dump."""
    for block in text.split("*** Dumping AST Record Layout\n")[1:]:
        lines = block.splitlines()
        name = MEMBER.match(lines[0]).group(3).removeprefix("struct ")
        members = []
        for line in lines[1:]:
            if end := SIZE.match(line):
                yield name, int(end.group(1)), members
                break
            offset, indent, what = MEMBER.match(line).groups()
            if len(indent) == 3:  # deeper ones are members of members
                kind, _, member = what.rpartition(" ")
                members.append((int(offset), kind, member))


def layout(headers):
    """{line key: value} for the headers below `headers`."""
    headers = pathlib.Path(headers)
    names = sorted(str(p.relative_to(headers)) for p in headers.rglob("*.h"))
    code = "".join(f"#include <{n}>\n" for n in names)
    # Sizes of members, from the compiler too: a second pass over what the first one found.
    dump = {name: (size, members) for name, size, members in
            records(run(headers, ["-fsyntax-only", "-Xclang", "-fdump-record-layouts-complete"], code)) if name.startswith("ph_")}
    pairs = [(name, m) for name, (_, members) in dump.items() for _, _, m in members]
    probe = "".join(f"char s{i}[sizeof(((struct {n}*)0)->{m})];\n" for i, (n, m) in enumerate(pairs))
    ir = run(headers, ["-S", "-emit-llvm", "-o", "-"], code + probe)
    sizes = {pairs[int(i)]: int(n) for i, n in re.findall(r"^@s(\d+) = .*?\[(\d+) x i8\]", ir, re.M)}
    out = {}
    for name in sorted(dump):
        size, members = dump[name]
        out[f"struct {name}"] = str(size)
        for offset, kind, member in members:
            out[f"member {name}.{member}"] = f"{offset} {sizes[name, member]} {kind}"
    macros = run(headers, ["-E", "-dM"], code)
    for name, value in sorted(re.findall(r"^#define (PH_\w+) (\S.*)$", macros, re.M)):
        if name not in ("PH_ABI_MINOR",):  # rises
            out[f"const {name}"] = value
    return out


def read(path):
    out = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            kind, name, value = line.split(" ", 2)
            out[f"{kind} {name}"] = value
    return out


def problems(old, new):
    for key, value in old.items():
        kind, name = key.split(" ", 1)
        if key not in new:
            yield f"{name} is gone"
        elif kind == "struct":
            if int(new[key]) < int(value):
                yield f"{name} shrank from {value} to {new[key]} bytes"
        elif new[key] != value:
            yield f"{name} was {value!r}, is {new[key]!r}"
    for key, value in new.items():
        if key.startswith("member ") and key not in old:
            record = "struct " + key.removeprefix("member ").split(".")[0]
            # In the padding at the old end it would look filled to who asks an old table's size.
            if record in old and int(value.split()[0]) < int(old[record]):
                yield f"{key.removeprefix('member ')} is new and not behind the old end ({old[record]})"


def main(arguments):
    now = layout(ROOT / "sdk" / "abi")
    if "--update" in arguments:
        BASELINE.parent.mkdir(parents=True, exist_ok=True)
        BASELINE.write_text(HEAD + "".join(f"{k} {v}\n" for k, v in now.items()), encoding="utf-8")
        print(f"abi layout: {len(now)} lines written")
        return 0
    before = read(BASELINE)
    found = list(problems(before, now))
    grown = sum(key not in before for key in now)
    if found:
        print("\n".join(found))
        print("abi layout: the contract changed. All interfaces are drafts until the first release: when the change is meant,\n"
              "run tests/rules/abi_layout.py --update and say so in sdk/CHANGES.md.")
        return 1
    print(f"abi layout: clean, {len(now)} lines" + (f"; {grown} are new and kept from changing after --update" if grown else ""))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
