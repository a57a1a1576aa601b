"""Runs the load generator, which has a process of its own."""
import json
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent


def load(command, *args):
    """Runs one workload of the load generator; its result."""
    run = subprocess.run([sys.executable, "-m", "load", command, *map(str, args)], cwd=HERE, capture_output=True, text=True)
    result = json.loads(run.stdout or "{}")
    if run.returncode:
        raise RuntimeError(f"{command}: {result.get('metrics') or run.stderr}")
    return result["metrics"]
