#!/usr/bin/env python3
"""No source file over 800 lines; those over 400 are named so that someone asks."""
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
names = subprocess.run(["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\n")
failed = False
for name in names:
    path = ROOT / name
    if path.suffix not in {".cpp", ".hpp", ".h", ".c", ".py", ".ts", ".css"} or not path.is_file():
        continue
    lines = path.read_bytes().count(b"\n")
    if lines > 400:
        print(f"{name}: {lines} lines" + (" (over 800)" if lines > 800 else ""))
    failed = failed or lines > 800
print("file size: " + ("too large" if failed else "clean"))
sys.exit(1 if failed else 0)
