#!/usr/bin/env python3
"""Each built plugin exports exactly one symbol: ph_plugin_v1. Argument: the build folder."""
import pathlib
import subprocess
import sys

build = pathlib.Path(sys.argv[1])
plugins = sorted((build / "plugins").glob("*.so"))
failed = not plugins
for path in plugins:
    out = subprocess.run(["nm", "-D", "--defined-only", str(path)], capture_output=True, text=True, check=True).stdout
    symbols = [line.split()[-1] for line in out.splitlines()]
    if symbols != ["ph_plugin_v1"]:
        print(f"{path.name} exports {symbols}")
        failed = True
print("exported symbols: " + ("wrong" if failed else f"clean, {len(plugins)} plugins"))
sys.exit(1 if failed else 0)
