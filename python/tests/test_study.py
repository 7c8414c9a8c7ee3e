import os
import pathlib
import stat
import sys
import tempfile
import types
import unittest
from unittest import mock

import unstuck

# Answers in pairs, the second first, as workers may.
PROGRAM = """#!{python}
import json, sys
if sys.argv[1:] != {arguments!r}: sys.exit("asked for " + repr(sys.argv[1:]))
def answer(a):
    rate = a["settings"]["learning_rate"]
    if rate > 1: return {{"number": a["number"], "score": None, "loss": [1.0, None]}}
    return {{"number": a["number"], "score": rate, "loss": [1.0, rate]}}
held = None
for line in sys.stdin:
    a = json.loads(line)
    if held is None:
        held = a
        continue
    for one in (a, held): print(json.dumps(answer(one)), flush=True)
    held = None
    if {dies}: sys.exit(3)
"""


class Trial:
    def __init__(self, number):
        self.number, self.reported = number, []

    def report(self, value, step):
        self.reported.append((step, value))

    def set_user_attr(self, name, value):
        setattr(self, name, value)


class Study:
    """What Optuna's has of ask and tell."""

    def __init__(self):
        self.trials, self.told = [], {}

    def ask(self):
        self.trials.append(Trial(len(self.trials)))
        return self.trials[-1]

    def tell(self, trial, value=None, state=None):
        self.told[trial.number] = state or value


class TestStudy(unittest.TestCase):
    def optimize(self, dies=False, **options):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder, "unstuck-distributed")
            arguments = ["trials", "here", "--name", "trials", "--workers", "0", "--epochs", "2"]
            path.write_text(PROGRAM.format(python=sys.executable, arguments=arguments, dies=dies))
            path.chmod(path.stat().st_mode | stat.S_IXUSR)
            fake = {"optuna": types.ModuleType("optuna"), "optuna.trial": types.SimpleNamespace(TrialState=types.SimpleNamespace(FAIL="failed"))}
            with mock.patch.dict(os.environ, PATH=folder), mock.patch.dict(sys.modules, fake):
                study = Study()
                return unstuck.optimize(study, "here", lambda t: {"learning_rate": 0.5 + t.number / 2}, 6, parallel=2, workers=0, epochs=2, **options)

    def test_every_trial_is_told_once_to_its_own(self):
        study = self.optimize()
        self.assertEqual({0: 0.5, 1: 1.0, 2: "failed", 3: "failed", 4: "failed", 5: "failed"}, study.told)
        self.assertEqual([(1, 1.0), (2, 0.5)], study.trials[0].reported)
        self.assertEqual([(1, 1.0)], study.trials[2].reported)

    def test_another_monitor_has_no_curve(self):
        for monitor, want in (("", [(1, 3.0)]), ("val_loss", [(1, 3.0)]), ("loss", [(1, 2.0)]), ("accuracy", [])):
            study, trial = Study(), Trial(0)
            unstuck.study._tell(study, trial, {"number": 0, "score": 1.0, "loss": [2.0], "val_loss": [3.0]}, monitor)
            self.assertEqual((want, {0: 1.0}), (trial.reported, study.told), monitor)

    def test_a_program_that_ends_is_an_error(self):
        with self.assertRaisesRegex(unstuck.UnstuckError, "ended with status 3 after 2 of 6 trials"):
            self.optimize(dies=True)

    def test_no_program_is_an_error(self):
        with self.assertRaisesRegex(unstuck.UnstuckError, "build it in the project's folder distributed"):
            unstuck.optimize(Study(), "here", dict, 1, command="unstuck-nowhere")


if __name__ == "__main__":
    unittest.main()
