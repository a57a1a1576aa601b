"""What a process tree uses: memory and CPU time, from /proc."""
import os

def process_tree(roots):
    """The live processes among `roots` and all their descendants."""
    children = {}
    for name in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{name}/stat") as file:
                parent = int(file.read().rpartition(")")[2].split()[1])
        except OSError:
            continue
        children.setdefault(parent, []).append(int(name))
    found, todo = [], list(roots)
    while todo:
        pid = todo.pop()
        if pid not in found:
            found.append(pid)
            todo += children.get(pid, [])
    return found


def memory(roots):
    """PSS and RSS in KiB summed over the tree (PSS counts shared pages once)."""
    total = {"pss_kib": 0, "rss_kib": 0, "processes": 0}
    for pid in process_tree(roots):
        try:
            with open(f"/proc/{pid}/smaps_rollup") as file:
                fields = dict(line.split(":", 1) for line in file.read().splitlines()[1:])
        except OSError:
            continue
        total["pss_kib"] += int(fields["Pss"].split()[0])
        total["rss_kib"] += int(fields["Rss"].split()[0])
        total["processes"] += 1
    return total


def cpu_seconds(roots):
    """CPU time of the tree, including children it has already waited for."""
    ticks = 0
    for pid in process_tree(roots):
        try:
            with open(f"/proc/{pid}/stat") as file:
                ticks += sum(map(int, file.read().rpartition(")")[2].split()[11:15]))
        except OSError:
            continue
    return ticks / os.sysconf("SC_CLK_TCK")


def host_cpu_seconds():
    """Busy CPU time of the whole machine, and what its hypervisor took away."""
    with open("/proc/stat") as file:
        user, nice, system, _, _, irq, softirq, steal, *_ = map(int, file.readline().split()[1:])
    ticks = os.sysconf("SC_CLK_TCK")
    return (user + nice + system + irq + softirq) / ticks, steal / ticks


def available_kib():
    with open("/proc/meminfo") as file:
        return next(int(line.split()[1]) for line in file if line.startswith("MemAvailable"))
