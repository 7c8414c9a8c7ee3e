"""What goes wrong around a kernel at work: it is killed while it trains, its plugin is broken, the network or a
writable home is missing, its project lies in a folder with a difficult name.

faults_test.go starts this file as it starts test_kernel.py, with more variables: UNSTUCK_TEST_PROJECT is a copy of the
project without a Python environment, UNSTUCK_TEST_KERNELS leads to kernels that belong to it; UNSTUCK_TEST_PLUGIN is a plugin
that works, or empty.
"""

import fcntl
import glob
import os
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time
import unittest

import test_kernel
from jupyter_client.manager import start_new_kernel

PROJECT = os.environ["UNSTUCK_TEST_PROJECT"]
PLUGIN = os.environ["UNSTUCK_TEST_PLUGIN"]
ELSEWHERE = {"JUPYTER_PATH": os.environ["UNSTUCK_TEST_KERNELS"]}

# done counts the epochs that this very program has trained.
TRAIN = """%%
done := 0
train := func(path string, wait time.Duration) *fit.History {{
	data := notebook.Must(dataset.Random(100, []int{{3}}, []int{{1}}, 1))
	m := notebook.Must(fit.Compile(nn.Sequential{{nn.Dense{{Units: 4}}, nn.Dense{{Units: 1}}}}, optim.Adam(1e-3), loss.MSE{{}}, fit.Options{{Seed: 2}}))
	return notebook.Must(m.Fit(context.Background(), data, fit.Config{{Epochs: 150, Checkpoint: fit.Checkpointing{{Path: path}},
		Callbacks: []fit.Callback{{fit.OnEpochEnd(func(*fit.Run) error {{ done++; time.Sleep(wait); return nil }})}}}}))
}}
{body}
"""

BACKEND = """%%
b, err := backend.Open(backend.Options{})
if err != nil {
	fmt.Println("error:", err)
	return
}
fmt.Println("opened", b.Name())
"""


class Faults(unittest.TestCase):
    maxDiff = None

    def start(self, name=test_kernel.KERNEL, **environment):
        before = {key: os.environ.get(key) for key in environment}
        for key, value in environment.items():
            os.environ.pop(key, None) if value is None else os.environ.__setitem__(key, value)
        try:
            session = test_kernel.Session(name)
        finally:
            for key, value in before.items():
                os.environ.pop(key, None) if value is None else os.environ.__setitem__(key, value)
        self.addCleanup(session.close)
        return session

    def folder(self):
        path = tempfile.mkdtemp(prefix="w")
        self.addCleanup(shutil.rmtree, path, ignore_errors=True)
        return path

    def assert_runs(self, session, code="%%\nfmt.Print(1+1)", out="2"):
        reply, got, err = session.run(code)
        self.assertEqual((reply["status"], got), ("ok", out), err)

    assert_nothing_is_left = test_kernel.OfOurOwn.assert_nothing_is_left

    def test_killed_while_it_trains(self):
        """No process stays, the checkpoint is whole, and the next kernel ends the training with the same numbers."""
        kills = {
            "the kernel": lambda kernel, gonb: os.kill(kernel, signal.SIGKILL),
            "GoNB": lambda kernel, gonb: os.kill(gonb, signal.SIGKILL),
            "the cell": lambda kernel, gonb: os.kill(child(gonb, "gonb_"), signal.SIGKILL),
        }
        for name, kill in kills.items():
            with self.subTest(name):
                self.kill_while_it_trains(kill, os.path.join(self.folder(), "größe 1.ckpt"))

    def kill_while_it_trains(self, kill, checkpoint):
        session = self.start()
        try:
            session.client.execute(TRAIN.format(body=f'train("{checkpoint}", 100*time.Millisecond)'))
            deadline = time.monotonic() + test_kernel.PATIENCE
            while not os.path.exists(checkpoint) and time.monotonic() < deadline:
                time.sleep(0.01)
            time.sleep(0.3)
            kernel = session.manager.provisioner.process.pid
            kill(kernel, child(kernel, "gonb"))
        finally:
            session.close()
        self.assert_nothing_is_left()
        session = self.start()
        body = f"""h := train("{checkpoint}", 0)
fmt.Print(len(h.Epochs), " ", done > 0 && done < 150, " ")
alone := train("{checkpoint}.alone", 0)
fmt.Print(h.Loss()[0] == alone.Loss()[0], " ", h.Loss()[149] == alone.Loss()[149])"""
        self.assert_runs(session, TRAIN.format(body=body), "150 true true true")
        session.close()
        self.assert_nothing_is_left()

    def test_a_cell_that_crashes(self):
        session = self.start()
        for name, code in {
            "a signal": "%%\nsyscall.Kill(os.Getpid(), syscall.SIGSEGV)\ntime.Sleep(time.Minute)",
            "killed, as for want of memory": "%%\nsyscall.Kill(os.Getpid(), syscall.SIGKILL)\ntime.Sleep(time.Minute)",
            "a stack without end": "func down(n int) int { return 1 + down(n+1) }\n%%\nfmt.Println(down(0))",
            "exit": "%%\nos.Exit(3)",
        }.items():
            with self.subTest(name):
                reply, _, err = session.run(code)
                self.assertEqual(reply["status"], "error")
                self.assertTrue(reply["evalue"] or err, "it says something")
        self.assert_runs(session)

    def test_plugins(self):
        """One kernel lives through all of them and says what is wrong with which file."""
        packages = os.path.join(PROJECT, ".lab", "venv", "lib", "python3.11", "site-packages", "broken")
        file = os.path.join(packages, "pjrt_c_api_cpu_plugin.so")
        os.makedirs(packages)
        self.addCleanup(shutil.rmtree, os.path.join(PROJECT, ".lab", "venv"))
        sources = {
            "crashes": ("#include <stdlib.h>\nvoid *GetPjrtApi(void) { abort(); }", "crashes the process that opens it (SIGABRT)"),
            "of another version": (
                "#include <stddef.h>\nstruct { size_t size; void *x; struct { size_t size; void *x; int major, minor; } v; void *calls[300]; }"
                " api = {sizeof api, 0, {24, 0, 9, 1}};\nvoid *GetPjrtApi(void) { return &api; }",
                "speaks version 9.1 of the PJRT interface"),
        }
        cases = {"missing": (None, "no XLA plugin"), "no library": (b"<html>404 Not Found</html>", "")}
        if PLUGIN:
            with open(PLUGIN, "rb") as f:
                cases["cut off"] = (f.read(20 << 20), "")
        if compiler := shutil.which("cc") or shutil.which("gcc"):
            for name, (source, says) in sources.items():
                built = os.path.join(self.folder(), "plugin")
                with open(built + ".c", "w") as f:
                    f.write(source)
                subprocess.run([compiler, "-shared", "-fPIC", "-o", built, built + ".c"], check=True)
                with open(built, "rb") as f:
                    cases[name] = (f.read(), says)
        else:
            print("no C compiler: plugins that crash are left out", file=sys.stderr)
        session = None
        for name, (content, says) in cases.items():
            with self.subTest(name):
                if content is not None:
                    with open(file, "wb") as f:
                        f.write(content)
                # The kernel looks for the plugin's folder when it starts, and first where PJRT_PLUGIN_LIBRARY_PATH says.
                session = session or self.start("unstuck-xla-cpu", HOME=self.folder(), PJRT_PLUGIN_LIBRARY_PATH=None, **caches(), **ELSEWHERE)
                reply, out, err = session.run(BACKEND)
                self.assertEqual(reply["status"], "ok", err)
                self.assertIn("error: ", out)
                self.assertIn(says, out)
                if content is not None:
                    self.assertIn(file, out)
                    os.remove(file)
        self.assert_runs(session)
        if PLUGIN:
            shutil.copy(PLUGIN, file)
            self.assert_runs(session, BACKEND, "opened xla:cpu\n")

    def test_a_project_in_a_folder_with_a_difficult_name(self):
        """Its packages are built, and the trace of a failure names the cell."""
        work = os.path.join(self.folder(), "Übung 1 (neu) [a]")
        os.mkdir(work)
        session = self.start(**ELSEWHERE)
        self.assert_runs(session, f'%%\nos.Chdir("{work}")\nd := notebook.Must(dataset.Random(3, []int{{2}}, []int{{1}}, 1))\n'
                                  'notebook.Check(dataset.WriteNPZ("größe.npz", d))\n'
                                  'fmt.Print(notebook.Must(dataset.ReadNPZ("größe.npz")).X.Shape)', "[3 2]")
        self.assert_runs(session, BACKEND, "opened go\n")

    def test_without_a_network(self):
        """In a network of its own that holds nothing but the way to itself; with proxies that don't answer where that
        is not allowed."""
        code = f"""
import sys
sys.path.insert(0, {os.path.dirname(os.path.abspath(__file__))!r})
import test_faults
test_faults.loopback()
import test_kernel
session = test_kernel.Session({test_kernel.KERNEL!r})
print(session.run("%%\\nfmt.Print(notebook.Must(dataset.Random(3, []int{{2}}, []int{{1}}, 1)).X.Shape)"))
session.close()
"""
        environment = {**os.environ, "GOPROXY": "https://proxy.golang.org,direct", "HTTPS_PROXY": "http://127.0.0.1:9",
                       "HTTP_PROXY": "http://127.0.0.1:9", "NO_PROXY": ""}
        command = [sys.executable, "-c", code]
        if shutil.which("unshare") and not subprocess.run(["unshare", "-rn", "true"], capture_output=True).returncode:
            command = ["unshare", "-rn", *command]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=test_kernel.PATIENCE)
        self.assertIn("'[3 2]'", done.stdout, done.stderr)

    def test_disk_that_is_full(self):
        """A cell that can't be built says why, and the next one runs when there is room again."""
        folder = self.folder()
        if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=12m", "none", folder], capture_output=True).returncode:
            self.skipTest("a small disk for the test can't be mounted: only root may, on Linux")
        self.addCleanup(subprocess.run, ["umount", "-l", folder])
        session = self.start(TMPDIR=folder)
        self.addCleanup(session.close)
        self.assert_runs(session)
        filler = os.path.join(folder, "filler")
        with self.assertRaises(OSError), open(filler, "wb", buffering=0) as f:
            while True:
                f.write(bytes(4096))
        said = []
        reply = session.client.execute_interactive(
            "%%\nfmt.Print(3)", timeout=test_kernel.PATIENCE, output_hook=lambda message: said.append(str(message["content"])))
        self.assertEqual(reply["content"]["status"], "error")
        self.assertIn("no space left on device", "".join(said))
        os.remove(filler)
        self.assert_runs(session)

    def test_home_that_cannot_be_written(self):
        """Nothing can be made below a file, not even by root."""
        home = "/dev/null/home"
        session = self.start(HOME=home, XDG_CACHE_HOME=None, XDG_CONFIG_HOME=None, **caches())
        reply, out, err = session.run('%%\nv := notebook.Must(notebook.Keep("v", func() (int, error) { return 7, nil }))\nfmt.Print(v)')
        self.assertEqual((reply["status"], out), ("ok", "7"), err)

    def test_home_without_a_build_cache(self):
        """The kernel's own cache takes its place; everything is compiled once more."""
        modules = {"GOMODCACHE": caches()["GOMODCACHE"]}
        session = self.start(HOME="/dev/null/home", XDG_CACHE_HOME=None, XDG_CONFIG_HOME=None, GOCACHE=None, **modules, **ELSEWHERE)
        self.assert_runs(session)


def caches():
    """Where Go keeps modules and what it has built, for a kernel with another home."""
    names = ["GOMODCACHE", "GOCACHE"]
    found = subprocess.run(["go", "env", *names], capture_output=True, text=True, check=True)
    return dict(zip(names, found.stdout.split("\n")))


def child(parent, name):
    """A process below parent whose program's name begins so."""
    for file in glob.glob("/proc/[0-9]*/stat"):
        try:
            with open(file) as f:
                text = f.read()
            with open(os.path.join(os.path.dirname(file), "cmdline")) as f:
                words = f.read().split("\0")
        except OSError:
            continue
        if int(text[text.rindex(")") + 2:].split()[1]) == parent and os.path.basename(words[0]).startswith(name):
            return int(text.split(" ", 1)[0])
    raise AssertionError(f"no {name} below {parent}")


def loopback():
    """Brings up the way to this machine itself, which a new network lacks."""
    up, get, put = 1, 0x8913, 0x8914
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        request = struct.pack("16sh14x", b"lo", 0)
        flags = struct.unpack("16sh14x", fcntl.ioctl(s, get, request))[1]
        if not flags & up:
            fcntl.ioctl(s, put, struct.pack("16sh14x", b"lo", flags | up))


if __name__ == "__main__":
    unittest.main(verbosity=2)
