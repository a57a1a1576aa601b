"""A process in a memory cgroup of its own, so that it has no more than a small machine. Version 1 or 2, where writable."""
import os
import pathlib
import uuid

V1 = pathlib.Path("/sys/fs/cgroup/memory")
V2 = pathlib.Path("/sys/fs/cgroup")


class SmallMachine:
    def __init__(self, limit):
        self.folder, self.limit = None, limit
        for root, names in ((V1, ("memory.limit_in_bytes", "memory.memsw.limit_in_bytes")), (V2, ("memory.max", "memory.swap.max"))):
            folder = root / f"posthouse-{uuid.uuid4().hex[:8]}"
            try:
                folder.mkdir()
                (folder / names[0]).write_text(str(limit))
                self.folder = folder
            except OSError:
                if folder.exists():
                    folder.rmdir()
                continue
            try:
                (folder / names[1]).write_text("0" if names[1] == "memory.swap.max" else str(limit))
            except OSError:
                pass  # no accounting of swap: then the machine's own decides
            return

    def __bool__(self):
        return self.folder is not None

    def enter(self):
        """For the child, before exec."""
        (self.folder / "cgroup.procs").write_text(str(os.getpid()))

    def out_of_memory(self):
        """How often the kernel killed here."""
        for name in ("memory.oom_control", "memory.events"):
            path = self.folder / name
            if path.exists():
                return next((int(line.split()[1]) for line in path.read_text().splitlines() if line.startswith("oom_kill ")), 0)
        return 0

    def remove(self):
        if self.folder:
            self.folder.rmdir()
