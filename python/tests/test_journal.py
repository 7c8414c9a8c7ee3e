import copy
import gc
import os
import pathlib
import pickle
import tempfile
import unittest
from unittest import mock

import numpy as np

from unstuck import journal


class Journal(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = pathlib.Path(folder.name) / journal.FILE

    def written(self, *steps):
        written = journal.Journal(str(self.path))
        for told, arrays, short in steps:
            written.append(told, [journal.entry(name, values, short) for name, values in arrays.items()])
        self.assertEqual(written.size, self.path.stat().st_size)
        written.close()

    # Of every type what is read is what was written, and a layout stands in the file once.
    def test_read_back(self):
        kinds = ("f2", "f4", "f8", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "?", ">f4")
        arrays = {f"own/{kind}": np.arange(6).astype(kind).reshape(2, 3).T for kind in kinds} | {"": np.array(2.5)}
        self.written((b'{"step": 1}', arrays, False), (b'{"step": 2}', arrays, False), (b'{"step": 3}', {"x": np.ones(1)}, False))
        steps = journal.read(self.path)
        self.assertEqual([told["step"] for told, _ in steps], [1, 2, 3])
        self.assertEqual(list(steps[2][1]), ["x"])
        for _, read in steps[:2]:
            for name, values in arrays.items():
                np.testing.assert_array_equal(read[name], values.reshape(read[name].shape))
        self.assertEqual(self.path.read_bytes().count(b'"own/f4"'), 1)

    # 16 bits keep what isn't finite, and the rest to a 65,532nd of the largest.
    def test_16_bits(self):
        values = np.random.default_rng(1).normal(size=100_001).astype("float32")
        for odd in ((), (np.nan,), (np.inf, -np.inf, np.nan)):
            values[: len(odd)] = odd
            self.path.unlink(missing_ok=True)
            self.written((b"{}", {"own/0": values}, True))
            self.assertLess(self.path.stat().st_size, 2 * values.size + 200)
            read = journal.read(self.path)[0][1]["own/0"]
            np.testing.assert_array_equal(read[: len(odd)], odd)
            rest = values[len(odd) :]
            np.testing.assert_allclose(read[len(odd) :], rest, rtol=0, atol=1.01 * float(np.abs(rest).max()) / 65532)
        for whole in (np.zeros(3, "float32"), np.full(3, np.nan, "float32")):
            self.path.unlink()
            self.written((b"{}", {"own/0": whole}, True))
            np.testing.assert_array_equal(journal.read(self.path)[0][1]["own/0"], whole)

    # What holds a journal may be copied and pickled, as a model is with its hooks: the file stays its own's.
    def test_a_copy_does_not_close_it(self):
        written = journal.Journal(str(self.path))
        for copied in (copy.copy, copy.deepcopy, lambda one: pickle.loads(pickle.dumps(one))):
            other = copied(written)
            with self.assertRaises(OSError):
                other.append(b"{}", [])
            other.close()
            del other
            gc.collect()
            written.append(b"{}", [journal.entry("x", np.ones(2), False)])
        written.close()
        self.assertEqual(len(journal.read(self.path)), 3)

    # Wherever a file is cut off, what is whole ahead of that is read.
    def test_cut_off(self):
        self.written(*[(b"{}", {"x": np.ones(4)}, False)] * 3)
        content = self.path.read_bytes()
        counts = []
        for cut in range(24, len(content) + 1):
            self.path.write_bytes(content[:cut])
            counts.append(len(journal.read(self.path)))
        self.assertEqual((counts[0], counts[-2], counts[-1], counts), (0, 2, 3, sorted(counts)))

    # Of a file whose bytes were lost or changed what is whole ahead of that is read; how many there were stays in it.
    def test_damaged(self):
        rows = np.random.default_rng(1).normal(size=40)
        self.written(*[(b"{}", {"x": rows.astype("float32"), "mask": np.ones(3, bool)}, False)] * 3)
        content = self.path.read_bytes()
        self.assertEqual(int.from_bytes(content[16:24], "little"), 3)
        second = content.index(b"step", 32)
        for damage in (bytes(len(content) - second), content[second + 8 :] + bytes(8), content[second:-1] + b"\x07"):
            self.path.write_bytes(content[:second] + damage)
            self.assertEqual(len(journal.read(self.path)), 2 if damage[:4] == b"step" else 1)

    # A file that somebody else has closed is no error where the journal ends.
    def test_closed_by_others(self):
        written = journal.Journal(str(self.path))
        os.close(written.file)
        with mock.patch("sys.unraisablehook") as unraisable:
            del written
            gc.collect()
        unraisable.assert_not_called()

    # The sum of a text is that of its pieces, wherever it is cut.
    def test_sum(self):
        text = np.random.default_rng(1).bytes(101)
        whole = sum(int.from_bytes(text[at : at + 8], "little") for at in range(0, 101, 8)) % 2**64
        for a in range(0, 101, 3):
            for b in range(a, 101, 5):
                self.assertEqual(journal._sum([text[:a], text[a:b], text[b:]]), whole)

    # What interrupts a record, as Ctrl-C does, leaves neither a part of it nor a layout that the file doesn't have.
    def test_interrupted(self):
        written = journal.Journal(str(self.path))
        arrays = [journal.entry("x", np.ones(200_000, "float32"), False)]
        written.append(b"{}", arrays)
        for times in range(1, 4):
            calls = iter([journal._write_at] * times)

            def interrupted(*arguments):
                try:
                    return next(calls)(*arguments)
                except StopIteration:
                    raise KeyboardInterrupt from None

            more = [*arrays, journal.entry("y", np.ones(200_000, "float32"), False)]
            with mock.patch.object(journal, "_write_at", interrupted), self.assertRaises(KeyboardInterrupt):
                written.append(b'{"more": 1}', more)
            written.append(b"{}", arrays)
            steps = journal.read(self.path)
            self.assertEqual((len(steps), list(steps[-1][1])), (written.count, ["x"]))
            self.assertEqual(written.size, self.path.stat().st_size)
        written.close()

    # A record that can't be written whole isn't there, and a file that is gone is an error.
    def test_what_is_not_written(self):
        written = journal.Journal(str(self.path))
        written.append(b"{}", [])
        with self.assertRaises(TypeError):
            written.append(b"{}", [("x", "f8", (1 << 18,), [memoryview(bytes(1 << 21)), _Refused()])])
        written.append(b"{}", [])
        self.assertEqual(len(journal.read(self.path)), 2)
        self.path.unlink()
        with self.assertRaises(FileNotFoundError):
            written.append(b"{}", [])
        written.close()


class _Refused:
    def __len__(self):
        return 8
