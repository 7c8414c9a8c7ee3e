import pathlib
import subprocess
import sys
import unittest

import unstuck
from unstuck import saving

ROOT = pathlib.Path(unstuck.__file__).parent


class Package(unittest.TestCase):
    def test_importing_it_imports_no_framework(self):
        code = "import sys, unstuck; print([m for m in ('torch', 'keras', 'tensorflow', 'jax') if m in sys.modules])"
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT.parent)
        self.assertEqual(done.stdout.strip(), "[]", done.stderr)

    def test_every_folder_is_installed(self):
        text = (ROOT.parent / "pyproject.toml").read_text()
        for folder in {file.parent for file in ROOT.rglob("*.py")}:
            self.assertIn(f'"{".".join(folder.relative_to(ROOT.parent).parts)}"', text)
        self.assertIn(f'version = "{unstuck.__version__}"', text)
        self.assertTrue((ROOT / "py.typed").exists())

    def test_every_module_says_what_it_is(self):
        for file in ROOT.rglob("*.py"):
            text = file.read_text()
            self.assertTrue(text.startswith('"""'), file)
            self.assertLess(text.count("\n"), 400, file)

    def test_written_whole_or_not_at_all(self):
        import tempfile

        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "a" / "b"
            saving._written(path, "torch", {"model.pt2": b"1", "eval.pt2": b"2", "training.json": b"{}"})
            saving._written(path, "torch", {"model.pt2": b"3", "training.json": b"{}"})
            self.assertEqual(sorted(p.name for p in path.iterdir()), ["model.pt2", "training.json"])
            self.assertEqual((path / "model.pt2").read_bytes(), b"3")
            with self.assertRaisesRegex(unstuck.UnstuckError, "holds model.pt2, another model"):
                saving._written(path, "keras", {"model.keras": b""})
            with self.assertRaises(TypeError):
                saving._written(path, "torch", {"model.pt2": None})
            self.assertEqual(sorted(p.name for p in path.iterdir()), ["model.pt2", "training.json"])

    def test_what_is_no_model(self):
        with self.assertRaisesRegex(unstuck.UnstuckError, "model is a dict; a torch.nn.Module or a keras.Model is needed"):
            unstuck.save("nowhere", {}, x=[1, 2], y=[1, 2])
        self.assertFalse(pathlib.Path("nowhere").exists())
