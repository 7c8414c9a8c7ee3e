"""Runs the kernels as Jupyter does: upstream's own suite for kernels, and what this project promises on top of it.

kernel_test.go installs the kernels into a folder of their own and starts this file with JUPYTER_PATH leading there and
GOPROXY=off, so a kernel that asks the network for anything fails here.
"""

import glob
import os
import signal
import subprocess
import sys
import tempfile
import time
import unittest
from unittest import mock

import jupyter_kernel_test
import nbformat
from jupyter_client.manager import start_new_kernel
from nbclient import NotebookClient

KERNEL = "unstuck-go"
PATIENCE = 600  # seconds: a cell that is built on a busy machine takes many times as long as on an idle one
# Without Sync the program can end before GoNB has read what it displays.
HTML = 'import "github.com/janpfeifer/gonb/gonbui"\n%%\ngonbui.DisplayHTML("<b>{}</b>")\ngonbui.Sync()'


class Upstream(jupyter_kernel_test.KernelTests):
    """The suite that every Jupyter kernel can be held against."""

    kernel_name = KERNEL
    language_name = "go"
    file_extension = ".go"
    code_hello_world = '%%\nfmt.Println("hello, world")'
    code_stderr = '%%\nfmt.Fprintln(os.Stderr, "oh")'
    code_display_data = [{"code": HTML.format(0), "mime": "text/html"}]
    # A command that fails says nothing but its error, which is what the suite wants to see. A program that fails has
    # its own output before it.
    code_generate_error = "%cd one two"
    completion_samples = [
        {"text": "%%\nmath.Hypo", "matches": ["Hypot"]},
        {"text": "%%\ndataset.Rando", "matches": ["Random"]},
    ]
    code_inspect_sample = "%%\nmath.Floor"
    complete_code_samples = ["%%\nfmt.Println(1)", "func f() {}", "%%bash\necho '", "!ls", "x := 1\nx"]
    incomplete_code_samples = ["func f() {", "%%\nfor range 3 {", "var s = `a", "/* a", "var x = []int{1,"]
    invalid_code_samples = ["func f() }", "x := 1 2", "%%\nfmt.Println)"]
    # GoNB publishes display_data only; the suite's samples for the history are named after execute_result.
    code_execute_result = [{"code": HTML.format(i), "mime": "text/html"} for i in (1, 2, 3)]
    code_history_pattern = "*<b>1</b>*"
    supported_history_operations = ("tail", "range", "search")

    def execute_helper(self, code, timeout=PATIENCE, **settings):
        # The suite waits 15 seconds for a cell and 0.1 for each message behind it: too little on a busy machine.
        channel = self.kc.iopub_channel
        get = channel.get_msg
        with mock.patch.object(channel, "get_msg", lambda timeout: get(timeout=PATIENCE)):
            return super().execute_helper(code, timeout=timeout, **settings)

    def test_completion(self):
        # GoNB answers with an error until gopls has read the workspace, which takes its time on a busy machine.
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            self.kc.complete("%%\nmath.Hypo")
            if self.get_non_kernel_info_reply(timeout=PATIENCE)["content"].get("matches"):
                break
            time.sleep(0.5)
        super().test_completion()

    @unittest.skip("GoNB publishes display_data, never execute_result")
    def test_execute_result(self):
        pass


class Session:
    """A kernel with a client."""

    def __init__(self, name=KERNEL):
        self.manager, self.client = start_new_kernel(kernel_name=name, startup_timeout=PATIENCE)

    def close(self):
        self.client.stop_channels()
        if self.manager.has_kernel:
            self.manager.shutdown_kernel()

    def run(self, code, when_it_speaks=None):
        """Executes a cell and returns its reply, its stdout and its stderr. when_it_speaks is called at its first words."""
        streams = {"stdout": "", "stderr": ""}

        def note(message):
            if message["msg_type"] == "stream":
                if when_it_speaks and not any(streams.values()):
                    when_it_speaks()
                streams[message["content"]["name"]] += message["content"]["text"]

        reply = self.client.execute_interactive(code, timeout=PATIENCE, output_hook=note)
        return reply["content"], streams["stdout"], streams["stderr"]


class OfOurOwn(unittest.TestCase):
    def start(self, name=KERNEL):
        session = Session(name)
        self.addCleanup(session.close)
        return session

    def test_first_cell_uses_a_package_without_import(self):
        notebook = nbformat.v4.new_notebook(cells=[
            nbformat.v4.new_code_cell("%%\nfmt.Println(dataset.Array{Shape: []int{2}}.Shape, math.Pi)"),
        ])
        NotebookClient(notebook, kernel_name=KERNEL, timeout=PATIENCE, startup_timeout=PATIENCE).execute()
        self.assertEqual(notebook.cells[0].outputs[0].text, "[2] 3.141592653589793\n")
        self.assertEqual(notebook.cells[0].execution_count, 1, "the prelude leaves no trace")

    def test_backends(self):
        for name, backend in (("unstuck-go", "go"), ("unstuck-xla-cpu", "xla:cpu"), ("unstuck-xla-cuda", "xla:cuda")):
            with self.subTest(name):
                _, out, _ = self.start(name).run('%%\nfmt.Print(os.Getenv("GOMLX_BACKEND"))')
                self.assertEqual(out, backend)

    def test_only_pinned_modules(self):
        session = self.start()
        reply, _, _ = session.run('import "rsc.io/quote"\n%%\nfmt.Println(quote.Hello())')
        self.assertEqual(reply["status"], "error")
        self.assertIn("no required module provides package rsc.io/quote", reply["evalue"], "go get was never tried")
        reply, out, _ = session.run('import "github.com/gomlx/gomlx/core/tensors"\n%%\nfmt.Print(tensors.FromValue(float32(2)).Rank())')
        self.assertEqual((reply["status"], out), ("ok", "0"))

    def test_definitions_are_not_linked(self):
        session = self.start()
        programs = "%%\nfound, _ := filepath.Glob(filepath.Join(filepath.Dir(filepath.Dir(os.Args[0])), \"programs\", \"nothing\"))\nfmt.Print(len(found))"
        self.assertEqual(session.run(programs)[1], "1", "the prelude's program is kept")
        for cell, expected in (
            ("func said() string { return \"hi\" }\nfunc size() int { return len(dataset.Array{}.Shape) }", ""),
            ("%%\nfmt.Print(said(), size())", "hi0"),
            ("var at = func() int { fmt.Print(\"worked out \"); return 1 }()", "worked out "),
            ("func another() {}", "worked out "),
            ("%rm at\nfunc init_greeting() { fmt.Print(\"begun \") }", ". removed var at\nbegun "),
        ):
            with self.subTest(cell):
                reply, out, err = session.run(cell)
                self.assertEqual((reply["status"], out), ("ok", expected), err)
        reply, _, err = session.run("func wrong() int { return said() }")
        self.assertEqual(reply["status"], "error", "the compiler has seen it")

    def test_reset_keeps_the_imports(self):
        session = self.start()
        session.run("%reset")
        listed = []
        session.client.execute_interactive("%ls", timeout=PATIENCE, output_hook=lambda m: listed.append(str(m["content"])))
        self.assertIn("<pre>dataset</pre>", "".join(listed))
        reply, out, _ = session.run("%%\nfmt.Print(len(dataset.Array{}.Shape))")
        self.assertEqual((reply["status"], out), ("ok", "0"))

    def test_interrupt_ends_a_cell_in_order(self):
        session = self.start()
        code = """%%
signals := make(chan os.Signal, 9)
signal.Notify(signals, os.Interrupt)
fmt.Println("waiting")
<-signals
time.Sleep(200 * time.Millisecond)
fmt.Println("interrupted, more signals:", len(signals))
"""
        for way in (session.manager.interrupt_kernel, self.interrupt_request(session)):
            reply, out, _ = session.run(code, way)
            self.assertEqual(reply["status"], "ok")
            self.assertEqual(out, "waiting\ninterrupted, more signals: 0\n")
        reply, _, _ = session.run("%%\nfmt.Println(1)")
        self.assertEqual(reply["status"], "ok")

    @staticmethod
    def interrupt_request(session):
        channel = session.client.control_channel
        return lambda: channel.send(session.client.session.msg("interrupt_request", {}))

    def test_interrupt_ends_a_program_that_does_not_care(self):
        session = self.start()
        begin = []

        def interrupt():
            begin.append(time.monotonic())
            session.manager.interrupt_kernel()

        reply, _, _ = session.run("%%\nfmt.Println(1)\ntime.Sleep(2*time.Minute)", interrupt)
        self.assertEqual(reply["status"], "error")
        self.assertLess(time.monotonic() - begin[0], 60)

    def test_streams_and_failure(self):
        session = self.start()
        # GoNB maps a trace piece by piece as it arrives; a line that arrives in two pieces stays as it is.
        for cell in range(1, 6):
            reply, out, err = session.run('%%\nfmt.Println("before")\npanic("on purpose")')
            self.assertEqual((reply["status"], out), ("error", "before\n"))
            self.assertIn("on purpose", err)
            if f"cell [{cell}], line 3" in err:
                return
        self.fail(f"no trace of five leads to the cell: {err}")

    def test_nothing_is_left(self):
        """Whatever ends a kernel: no folder stays, and no process that had one."""
        stubborn = "%%\nsignal.Ignore(os.Interrupt, syscall.SIGTERM)\nfmt.Println(1)\ntime.Sleep(time.Minute)"
        ends = {
            "shutdown": lambda manager: manager.shutdown_kernel(),
            "killed": lambda manager: manager.signal_kernel(signal.SIGKILL),
            "terminated": lambda manager: manager.signal_kernel(signal.SIGTERM),
        }
        for name, end in ends.items():
            with self.subTest(name):
                self.assert_nothing_is_left()  # of the test before, whose kernel may be at its end still
                session = self.start()
                self.assertEqual(len(left()), 1)
                session.client.execute(stubborn)
                while session.client.get_iopub_msg(timeout=PATIENCE)["msg_type"] != "stream":
                    pass
                end(session.manager)
                self.assert_nothing_is_left()

    def test_nothing_is_left_when_jupyter_dies(self):
        code = """
import os
from jupyter_client.manager import start_new_kernel
start_new_kernel(kernel_name=%r, startup_timeout=%d)
print("started", flush=True)
os._exit(1)
"""
        died = subprocess.run([sys.executable, "-c", code % (KERNEL, PATIENCE)], capture_output=True, text=True, timeout=PATIENCE)
        self.assertEqual(died.stdout, "started\n")
        self.assert_nothing_is_left()

    def assert_nothing_is_left(self):
        deadline = time.monotonic() + 60
        while (left() or running()) and time.monotonic() < deadline:
            time.sleep(0.05)
        self.assertEqual(left(), [])
        self.assertEqual(running(), [])


def left():
    return glob.glob(os.path.join(tempfile.gettempdir(), "unstuck-*"))


def running():
    """The processes that name a kernel's folder, on systems with /proc."""
    found = []
    for file in glob.glob("/proc/[0-9]*/cmdline"):
        try:
            with open(file, "rb") as f:
                words = f.read().decode(errors="replace").split("\0")
        except OSError:
            continue
        if any(os.path.join(tempfile.gettempdir(), "unstuck-") in word for word in words):
            found.append(words)
    return found


if __name__ == "__main__":
    unittest.main(verbosity=2)
