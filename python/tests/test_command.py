import json
import os
import pathlib
import stat
import sys
import tempfile
import unittest
from unittest import mock

import unstuck
from unstuck import UnstuckError

SAID = {
    "cause": "dying-relu",
    "assumed": [{"setting": "epochs", "value": "63", "why": "enough"}, {"setting": "type", "value": "float32", "why": "", "given": "half"}],
    "explained_before": 0.1, "explained_after": None,
    "findings": [{"cause": "dying-relu", "certainty": "proved", "standing": "proved together with the others", "evidence": "all units of fc1 are 0", "treatment": "swap the activation",
                  "go": "…", "torch": "nn.LeakyReLU()\n# instead of nn.ReLU()", "before": 0.1, "after": None, "verified": True}],
}  # fmt: skip

PROGRAM = """#!{python}
import json, sys
arguments = sys.argv[1:]
for flag, text in (("--markdown", "# dying-relu: units of fc\\\\_1 are dead.\\n\\nmore"), ("--html", "<html>")):
    if {writes}:
        open(arguments[arguments.index(flag) + 1], "w").write(text)
open({log!r}, "w").write(json.dumps(arguments))
print({out!r})
print({err!r}, file=sys.stderr)
sys.exit({status})
"""


class Command(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.log = self.folder / "log"

    def program(self, out, err="", status=0, writes=True):
        path = self.folder / "unstuck"
        path.write_text(PROGRAM.format(python=sys.executable, writes=writes, log=str(self.log), out=out, err=err, status=status))
        path.chmod(path.stat().st_mode | stat.S_IXUSR)
        return path

    def test_a_report(self):
        report = unstuck.diagnose(self.folder, command=self.program(json.dumps(SAID)), memory=2)
        arguments = json.loads(self.log.read_text())
        self.assertEqual(arguments[:3], ["diagnose", str(self.folder), "--json"])
        self.assertEqual(arguments[-2:], ["--memory", "2"])
        self.assertEqual((report.cause, report.verdict), ("dying-relu", "dying-relu: units of fc_1 are dead."))
        self.assertEqual((report.torch, report.keras), ("nn.LeakyReLU()\n# instead of nn.ReLU()", ""))
        self.assertEqual(report.findings[0].after, None)
        self.assertIn("dying-relu (proved together with the others)", str(report))  # the report's own words
        self.assertEqual(report.assumed, ["epochs 63 (enough)", "type float32 in place of half"])
        self.assertIn("Assumed: epochs 63 (enough)", str(report))
        self.assertTrue(report._repr_markdown_().startswith("# dying-relu"))
        self.assertEqual(report.html, "<html>")

    def test_a_model_read_in_part_is_a_report_that_says_so(self):
        said = SAID | {"unread": [{"path": "encoder", "text": "aten.fft is not known"}]}
        report = unstuck.diagnose(self.folder, command=self.program(json.dumps(said), "not understood", 2))
        self.assertEqual(report.unread, ["encoder: aten.fft is not known"])
        self.assertIn("Not understood: encoder", str(report))

    def test_what_it_says_is_the_error(self):
        with self.assertRaisesRegex(UnstuckError, "unstuck diagnose: data.npz: no array x"):
            unstuck.diagnose(self.folder, command=self.program("", "unstuck: data.npz: no array x", 2, False))
        said = {"version": 1, "kind": "error", "error": {"message": "data.npz: no array y", "kind": "input"}}
        with self.assertRaisesRegex(UnstuckError, "unstuck diagnose: data.npz: no array y"):
            unstuck.diagnose(self.folder, command=self.program(json.dumps(said), "unstuck: data.npz: no array y", 2, False))
        with self.assertRaisesRegex(UnstuckError, "status 3 and said nothing"):
            unstuck.diagnose(self.folder, command=self.program("", "", 3, False))

    def test_found_by_argument_then_variable_then_path(self):
        program = self.program(json.dumps(SAID))
        with mock.patch.dict(os.environ, {"UNSTUCK": str(program), "PATH": ""}):
            self.assertEqual(unstuck.diagnose(self.folder).cause, "dying-relu")
        with mock.patch.dict(os.environ, {"UNSTUCK": "", "PATH": str(self.folder)}):
            self.assertEqual(unstuck.diagnose(self.folder).cause, "dying-relu")
        with mock.patch.dict(os.environ, {"UNSTUCK": "", "PATH": ""}), self.assertRaisesRegex(UnstuckError, "go build -o unstuck ./cmd/unstuck"):
            unstuck.diagnose(self.folder)
        with self.assertRaisesRegex(UnstuckError, "is no program that can be run"):
            unstuck.diagnose(self.folder, command=self.folder / "absent")

    def test_settings_belong_to_a_model(self):
        with self.assertRaisesRegex(UnstuckError, "epochs: a folder holds its settings already"):
            unstuck.diagnose(self.folder, command=self.program(json.dumps(SAID)), epochs=3)

    def test_timeout(self):
        path = self.folder / "slow"
        path.write_text(f"#!{sys.executable}\nimport time\ntime.sleep(30)\n")
        path.chmod(0o755)
        with self.assertRaisesRegex(UnstuckError, "took longer than 0.2 seconds"):
            unstuck.diagnose(self.folder, command=path, timeout=0.2)
