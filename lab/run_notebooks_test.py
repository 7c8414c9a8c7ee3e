"""What counts as the same output, and what a committed notebook may not hold."""

import tempfile
import unittest
from pathlib import Path

import nbformat
import pictures
from nbformat.v4 import new_code_cell, new_notebook, new_output
from run_notebooks import DURATION, NUMBER, ROOT, code_cells, compare, inspect, last_digit, same, same_arithmetic, save, words

PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="


def notebook(text="loss 0.25\n", source="Train()", image=PIXEL, count=1):
    outputs = [new_output("stream", text=text)]
    if image:
        outputs.append(new_output("display_data", data={"image/png": image, "text/plain": "loss curve, from 0.3 to 0.25"}))
    return new_notebook(cells=[new_code_cell(source, execution_count=count, outputs=outputs)])


class Same(unittest.TestCase):
    def check(self, old, new, expected, tolerance=1e-3):
        self.assertEqual(same(old, new, tolerance), expected, f"{old!r} and {new!r}")

    def test_words(self):
        self.check("loss 0.25", "loss 0.25", True)
        self.check("loss 0.25", "cost 0.25", False)

    def test_numbers_but_for_rounding(self):
        self.check("loss 0.0833", "loss 0.0834", True)  # one step in the last digit
        self.check("loss 0.0833", "loss 0.0840", False)
        self.check("loss 1.234567", "loss 1.234999", True)  # 3.5e-4 of it
        self.check("loss 1.234567", "loss 1.244567", False)
        self.check("rate 1.00e-07", "rate 1.01e-07", True)
        self.check("rate 1e-7", "rate 1e-3", False)
        self.check("loss -0.25", "loss 0.25", False)
        self.check("loss 0.0833", "loss 0.0834", False, tolerance=0)

    def test_counts_are_exact(self):
        self.check("epoch 10 of 10000", "epoch 10 of 10001", False)

    def test_not_a_number_is_a_word(self):
        self.check("loss NaN", "loss NaN", True)
        self.check("loss 0.5", "loss NaN", False)

    def test_time_may_differ(self):
        self.check("10 epochs in 1.3s, 310 steps/s", "10 epochs in 950ms, 1200.5 steps/s", True)
        self.check("took 1m3.5s", "took 59s", True)
        self.check("10 epochs in 1.3s", "11 epochs in 1.3s", False)


    def test_any_speed_reads_the_same(self):
        summary = "10 epochs · loss 0.08104 · {} · {}"
        first = summary.format("90ms", "3,700 steps/s")
        for exponent in range(-60, 70):  # steps/s from a millionth to ten millions
            rate = 10 ** (exponent / 10)
            for written in (f"{rate:.4g}", f"{rate:,.2f}", f"{rate:,.0f}", f"{rate:.3e}"):
                for unit in ("steps/s", "rows/s", "MiB/s"):
                    self.check(first.replace("steps/s", unit), summary.format("1.2s", f"{written} {unit}"), True)
        for exponent in range(-60, 60):  # seconds from a microsecond to eleven days
            seconds = 10 ** (exponent / 10)
            for written in (
                go_duration(seconds), f"{seconds:.3g} s", f"{seconds:,.1f} s", f"{seconds * 1e3:.3g} ms",
                f"{seconds / 60:.3g} min", f"{seconds:.0f} seconds",
            ):
                self.check(first, summary.format(written, "3,700 steps/s"), True)
        self.check(first, first.replace("0.08104", "0.0913"), False)
        self.check(first, first.replace("10 epochs", "11 epochs"), False)

    def test_what_is_no_time(self):
        for text in ("s1 s2 64 hidden", "Adam, 1e-3", "5 seeds", "4 steps", "12 msgs", "3 hills", "rate 0.1 sigmoid"):
            self.assertIsNone(DURATION.search(text), text)


def go_duration(seconds):
    """As Go writes a duration."""
    if seconds < 1:
        return f"{seconds * 1e3:.5g}ms" if seconds >= 1e-3 else f"{seconds * 1e6:.5g}µs"
    hours, minutes = int(seconds // 3600), int(seconds // 60 % 60)
    text = f"{hours}h" if hours else ""
    if hours or minutes:
        text += f"{minutes}m"
    return text + f"{seconds % 60:.4g}s"


class Committed(unittest.TestCase):
    """In the notebooks as they are."""

    def lines(self):
        for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
            for cell in code_cells(nbformat.read(path, 4)):
                for line in words(cell):
                    yield path.name, line

    def test_every_changed_number_is_noticed(self):
        changed = 0
        for name, line in self.lines():
            times = [found.span() for found in DURATION.finditer(line)]
            for found in NUMBER.finditer(line):
                if any(begin <= found.start() < end for begin, end in times):
                    continue
                text, value = found[0], float(found[0])
                if any(mark in text for mark in ".eE"):
                    step = max(abs(value) * 0.01, 3 * last_digit(text))
                    new = f"{value + step:.12g}"
                    new += "" if any(mark in new for mark in ".e") else ".0"
                else:
                    new = str(int(value) + 1)
                self.assertFalse(same(line, line[: found.start()] + new + line[found.end() :], 1e-3), f"{name}: {line!r}, {text} → {new}")
                changed += 1
        self.assertGreater(changed, 500)

    def test_only_times_are_left_out(self):
        for name, line in self.lines():
            for found in DURATION.finditer(line):
                self.assertRegex(line, "epochs? ·", f"{name}: {found[0]!r} is left out of {line!r}")


class Readme(unittest.TestCase):
    def test_its_picture_is_the_notebooks(self):
        self.assertEqual((pictures.DOCS / "learning-rates.png").read_bytes(), pictures.learning_rates(), "make pictures")


class SameArithmetic(unittest.TestCase):
    def test_flags(self):
        self.assertEqual(same_arithmetic("", "x86_64"), "--xla_cpu_max_isa=AVX2")
        self.assertEqual(same_arithmetic("--a=b", "AMD64"), "--a=b --xla_cpu_max_isa=AVX2")
        self.assertEqual(same_arithmetic("--xla_cpu_max_isa=SSE4_2", "x86_64"), "--xla_cpu_max_isa=SSE4_2")
        self.assertEqual(same_arithmetic("", "arm64"), "")


class Compare(unittest.TestCase):
    def test_equal(self):
        self.assertEqual(compare(notebook(), notebook(), 1e-3), [])

    def test_other_number(self):
        self.assertIn("'loss 0.5'", compare(notebook(), notebook("loss 0.5\n"), 1e-3)[0])

    def test_lost_line(self):
        self.assertIn("printed 3 lines, now 2", compare(notebook("loss 0.25\nloss 0.2\n"), notebook(), 1e-3)[-1])

    def test_lost_image(self):
        self.assertIn("image/png", compare(notebook(), notebook(image=None), 1e-3)[0])

    def test_progress_bar_counts_as_it_ends(self):
        self.assertEqual(compare(notebook("10%\r50%\r100%\n"), notebook("33%\r100%\n"), 1e-3), [])


class Inspect(unittest.TestCase):
    def check(self, written, problem):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "a.ipynb"
            nbformat.write(written, path)
            problems = inspect(written, path)
        if problem:
            self.assertEqual(len(problems), 1, problems)
            self.assertIn(problem, problems[0])
        else:
            self.assertEqual(problems, [])

    def test_good(self):
        self.check(notebook(), None)

    def test_not_executed(self):
        self.check(notebook(count=None), "not executed")
        self.check(notebook(count=7), "not executed")

    def test_no_image(self):
        self.check(notebook(image=None), "image")

    def test_machine_path(self):
        self.check(notebook("reading /home/ada/data.csv\n"), "/home/ada")
        self.check(notebook(source='ReadCSV("/tmp/data.csv")'), "/tmp/data.csv")
        self.check(notebook(image="/tmp/" + PIXEL), None)  # base64 has slashes, too

    def test_path_of_the_project(self):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "a.ipynb"
            nbformat.write(notebook(), path)
            self.assertTrue(inspect(notebook(f"in {ROOT}\n"), path))

    def test_script(self):
        self.check(notebook("<SCRIPT src=x>\n"), "script")

    def test_too_large(self):
        self.check(notebook(image=PIXEL * 12_000), "bytes")

    def test_error(self):
        written = notebook()
        written.cells[0].outputs.append(new_output("error", ename="ERROR", evalue="undefined: fit", traceback=[]))
        self.check(written, "error")


class Save(unittest.TestCase):
    def test_replaces_the_file_and_leaves_no_other(self):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "a.ipynb"
            nbformat.write(notebook("old\n"), path)
            save(notebook("new\n"), path)
            self.assertEqual(nbformat.read(path, 4).cells[0].outputs[0].text, "new\n")
            self.assertEqual([path], list(Path(folder).iterdir()))


if __name__ == "__main__":
    unittest.main()
