"""Runs many cells in one kernel and measures what grows: memory, open files, temporary files, processes.

    .lab/venv/bin/python kernels/many_cells.py --cells 10000 --every 500

prints one line each time and returns 1 when something grew. faults_test.go runs it with a few hundred cells.
Every cell differs from the others, so each is compiled and linked. The first line is measured after --warm cells.

Nothing of the kernel's own may grow: its two processes and GoNB. The language server fills its caches when it likes, so it
is held to a bound instead. What compiles comes and goes, and isn't counted.
"""

import argparse
import collections
import glob
import os
import sys
import tempfile
import time

from jupyter_client.manager import start_new_kernel

Process = collections.namedtuple("Process", "name resident files threads")
Sizes = collections.namedtuple("Sizes", "processes threads resident files_open temporary temporary_bytes server")

KERNEL = {"unstuck", "watcher", "gonb"}
SERVER = {"gopls", "gopls.real"}
SERVER_LIMIT = 600  # MiB; the limit that calm.go gives gopls is a soft one

CELLS = [
    "%%\nfmt.Println({n})",
    "%%\nfmt.Fprintln(os.Stderr, {n})",
    "func double(x int) int {{ return 2*x + {n} - {n} }}\n%%\nfmt.Println(double({n}))",
    "var counted = {n}",
    '%%\nfmt.Println(strings.Repeat("x", {n} % 50))',
]


def descendants(root):
    """The processes below root, root included, by their numbers."""
    children = collections.defaultdict(list)
    for file in glob.glob("/proc/[0-9]*/stat"):
        try:
            with open(file) as f:
                text = f.read()
        except OSError:
            continue
        after = text[text.rindex(")") + 2:].split()
        children[int(after[1])].append(int(text.split(" ", 1)[0]))
    found, todo = [], [root]
    while todo:
        pid = todo.pop()
        found.append(pid)
        todo += children[pid]
    return found


def measure(pid):
    """What a process holds, or None when it has ended."""
    try:
        with open(f"/proc/{pid}/status") as f:
            status = dict(line.split(":", 1) for line in f if ":" in line)
        files = len(os.listdir(f"/proc/{pid}/fd"))
        with open(f"/proc/{pid}/cmdline", "rb") as f:
            words = f.read().decode(errors="replace").split("\0")
    except OSError:
        return None
    name = os.path.basename(words[0]) or status["Name"].strip()
    if name == "unstuck" and len(words) > 2:
        name = "watcher" if "watch" in words[1:4] else "unstuck"
    return Process(name, int(status.get("VmRSS", "0 kB").split()[0]) / 1024, files, int(status.get("Threads", "1")))


def temporary(folder):
    """The number of files and folders below folder, and their bytes on the disk."""
    count = size = 0
    for parent, folders, files in os.walk(folder):
        count += len(folders) + len(files)
        for name in files:
            try:
                size += os.lstat(os.path.join(parent, name)).st_blocks * 512
            except OSError:
                pass
    return count, size


def sizes(root, folder):
    processes = collections.defaultdict(list)
    for pid in descendants(root):
        if found := measure(pid):
            processes[found.name].append(found)
    everything = [p for name in KERNEL for p in processes.get(name, [])]
    server = sum(p.resident for name in SERVER for p in processes.get(name, []))
    count, size = temporary(folder)
    totals = Sizes(len(everything), sum(p.threads for p in everything), sum(p.resident for p in everything), sum(p.files for p in everything), count, size, server)
    each = "  ".join(
        f"{name} {sum(p.resident for p in some):.0f} MiB {sum(p.files for p in some)} files {sum(p.threads for p in some)} threads"
        for name, some in sorted(processes.items())
    )
    return totals, each


def grown(first, last, cells):
    """What grew between two measurements that lie so many cells apart, as sentences."""
    said = []
    if last.processes > first.processes:
        said.append(f"{last.processes - first.processes} processes more")
    if last.threads > first.threads + 16:
        said.append(f"{last.threads - first.threads} more threads")
    # A collector lets memory swing; beyond that a cell may leave what the history needs, its own text.
    if last.resident > first.resident * 1.2 + 16 + cells * 4 / 1024:
        said.append(f"{last.resident - first.resident:.0f} MiB more of memory")
    if last.files_open > first.files_open + 8:
        said.append(f"{last.files_open - first.files_open} more open files")
    if last.temporary > first.temporary + 16:
        said.append(f"{last.temporary - first.temporary} more temporary files")
    if last.temporary_bytes > first.temporary_bytes + (16 << 20):
        said.append(f"{(last.temporary_bytes - first.temporary_bytes) >> 20} MiB more of temporary files")
    if last.server > SERVER_LIMIT:
        said.append(f"the language server takes {last.server:.0f} MiB, more than {SERVER_LIMIT}")
    return said


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kernel", default="unstuck-go")
    parser.add_argument("--cells", type=int, default=10000)
    parser.add_argument("--every", type=int, default=500)
    parser.add_argument("--warm", type=int, default=50)
    arguments = parser.parse_args()

    temp = tempfile.mkdtemp(prefix="k", dir="/tmp")
    os.environ["TMPDIR"] = temp
    manager, client = start_new_kernel(kernel_name=arguments.kernel, startup_timeout=300)
    root = manager.provisioner.process.pid
    # The language server reads the workspace when it is first asked, whenever that is; better now.
    client.complete("%%\nfmt.Prin", 10)
    client.get_shell_msg(timeout=300)
    first = None
    begin = last_time = time.monotonic()
    failures = 0
    try:
        for n in range(1, arguments.cells + 1):
            reply = client.execute_interactive(
                CELLS[n % len(CELLS)].format(n=n), timeout=300, output_hook=lambda message: None)
            if reply["content"]["status"] != "ok":
                failures += 1
                print(f"cell {n}: {reply['content'].get('evalue')}", flush=True)
            if n == arguments.warm or n % arguments.every == 0 or n == arguments.cells:
                now, each = sizes(root, temp)
                seconds = time.monotonic() - last_time
                last_time = time.monotonic()
                print(f"{n:6d} cells {time.monotonic() - begin:7.0f} s (+{seconds:.0f}) | {now.processes} processes"
                      f" {now.threads} threads {now.resident:.0f} MiB {now.files_open} files open, language server {now.server:.0f} MiB"
                      f" | {now.temporary} temporary files {now.temporary_bytes / (1 << 20):.1f} MiB | {each}", flush=True)
                if n == arguments.warm:
                    first = now
        said = grown(first, now, arguments.cells - arguments.warm)
    finally:
        client.stop_channels()
        manager.shutdown_kernel()
    deadline = time.monotonic() + 20
    while os.listdir(temp) and time.monotonic() < deadline:
        time.sleep(0.1)
    if left := os.listdir(temp):
        said.append(f"left behind: {left}")
    else:
        os.rmdir(temp)
    if failures:
        said.append(f"{failures} cells failed")
    print("Grown: " + "; ".join(said) if said else "Nothing grew.")
    return 1 if said else 0


if __name__ == "__main__":
    sys.exit(main())
