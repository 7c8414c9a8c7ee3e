import unittest

import numpy as np

from unstuck import UnstuckError, sampling
from unstuck.source import Ports, read


class Pairs:
    """A map-style dataset that counts what is asked of it."""

    def __init__(self, rows):
        self.rows, self.asked = rows, []

    def __len__(self):
        return self.rows

    def __getitem__(self, i):
        self.asked.append(i)
        return np.float32([i, -i]), i % 3


class Loader:
    """What is looked at of a DataLoader."""

    class RandomSampler:
        pass

    def __init__(self, dataset, collate):
        self.dataset, self.collate_fn, self.batch_size, self.sampler, self.generator = dataset, collate, 4, self.RandomSampler(), None

    def __iter__(self):
        raise AssertionError("a loader's workers and generator are left alone")


def collate(examples):
    return np.stack([x for x, _ in examples]), np.asarray([y for _, y in examples])


class Reading(unittest.TestCase):
    def test_arrays(self):
        e = read([[1, 2], [3, 4], [5, 6]], [0.5, 1, 2], None, 0, Ports())
        self.assertEqual((e.kept, e.of, e.x.dtype, e.y.dtype), (3, 3, np.int64, np.float32))

    def test_several(self):
        x = {"left": np.ones((4, 2)), "right": np.zeros((4, 3))}
        e = read(x, (np.arange(4), np.ones(4)), 3, 0, Ports())
        self.assertEqual((e.kept, e.of, sorted(e.x), len(e.y)), (3, 4, ["left", "right"], 2))

    def test_a_sample_is_the_same_rows_of_everything_in_order(self):
        e = read(np.arange(1000), np.arange(1000) * 2, 50, 3, Ports())
        np.testing.assert_array_equal(e.x * 2, e.y)
        self.assertTrue((np.diff(e.x) > 0).all())
        self.assertFalse(np.array_equal(e.x, read(np.arange(1000), np.arange(1000), 50, 4, Ports()).x))
        np.testing.assert_array_equal(e.x, read(np.arange(1000), np.arange(1000), 50, 3, Ports()).x)

    def test_large_data_is_cut_to_the_budget(self):
        x = np.broadcast_to(np.float32(1), (3000, 10_000))  # 120 MB, were it there
        e = read(x, np.zeros(3000), None, 0, Ports())
        self.assertEqual(e.of, 3000)
        self.assertLessEqual(e.x.nbytes, sampling.MAX_BYTES)
        self.assertGreater(e.x.nbytes, sampling.MAX_BYTES * 0.9)
        pixels = read(np.broadcast_to(np.uint8(1), (3000, 10_000)), np.zeros(3000), None, 0, Ports())
        self.assertLessEqual(pixels.x.nbytes, sampling.MAX_BYTES)  # which are saved as int64
        self.assertEqual(read(np.zeros(60_000), np.zeros(60_000), None, 0, Ports()).kept, sampling.MAX_ROWS)
        pixels = read(np.broadcast_to(np.uint8(1), (3000, 10_000)), np.zeros(3000), None, 0, Ports())
        self.assertLessEqual(pixels.x.nbytes, sampling.MAX_BYTES)  # which are saved as int64
        self.assertEqual(read(np.zeros(60_000), np.zeros(60_000), 60_000, 0, Ports()).kept, 60_000)

    def test_a_dataset_is_asked_for_no_more_than_is_kept(self):
        dataset = Pairs(100)
        e = read(dataset, None, 10, 1, Ports(("x",), 1))
        self.assertEqual((e.kept, e.of, e.x.shape, e.y.dtype), (10, 100, (10, 2), np.int64))
        np.testing.assert_array_equal(e.x[:, 0].astype(int) % 3, e.y)
        self.assertLessEqual(len(dataset.asked), 11)

    def test_a_loader_says_batch_size_and_shuffle(self):
        e = read(Loader(Pairs(10), collate), None, None, 0, Ports(("x",), 1))
        self.assertEqual((e.kept, e.of, e.batch_size, e.shuffle), (10, 10, 4, True))

    def test_batches_until_there_are_enough(self):
        class Batches:
            read = 0

            def as_numpy_iterator(self):
                for i in range(100):
                    self.read += 1
                    yield np.full((8, 2), i, "float32"), np.full(8, i)

        batches = Batches()
        e = read(batches, None, 20, 0, Ports())
        self.assertEqual((e.kept, e.of, batches.read), (20, None, 3))

    def test_batches_with_weights(self):
        class Batches:
            def as_numpy_iterator(self):
                yield np.ones((3, 2)), np.ones(3), np.float32([1, 2, 3])

        np.testing.assert_array_equal(read(Batches(), None, None, 0, Ports()).sample_weight, [1, 2, 3])

    def test_which_part_of_a_batch_is_what(self):
        a, b, c = np.ones(2), np.zeros(2), np.arange(2)
        for ports, batch, inputs, targets in [
            (Ports(("x",), 1), (a, b), 1, 1), (Ports(("x", "mask"), 2), (a, b, c), 2, 1), (Ports(("x",), 1), (a, b, c), 1, 2),
            (Ports(), (a, b, c), 2, 1), (Ports(("x", "mask"), 2), (a, b), 1, 1),
        ]:  # fmt: skip
            x, y = ports.divide(batch)
            self.assertEqual((len(x) if isinstance(x, tuple) else 1, len(y) if isinstance(y, tuple) else 1), (inputs, targets))
        x, y = Ports(("ids", "mask"), 2).divide({"ids": a, "mask": b, "labels": c})
        self.assertEqual((list(x), y is c), (["ids", "mask"], True))

    def test_refused(self):
        one, two = np.ones(5), np.ones(4)
        for x, y, says in [
            (None, one, "x is missing"), (one, None, "y is missing"), (one, two, "x has 5, y has 4"), (one[:1], one[:1], "at least 2"),
            ((i for i in range(3)), None, "iterator"), ((), one, "x is empty"), ({"a": {"b": one}}, one, "several arrays itself"),
            (object(), None, "x is a object"), ((one, one), (one, two), r"y\[1\] has 4"), (Pairs(1), None, "has 1 rows"),
        ]:  # fmt: skip
            with self.subTest(says), self.assertRaisesRegex(UnstuckError, says):
                read(x, y, None, 0, Ports(("x",), 1))
        with self.assertRaisesRegex(UnstuckError, "without targets"):
            Ports().divide((one,))
        with self.assertRaisesRegex(UnstuckError, "what it doesn't take are the targets"):
            Ports(("x",), 1).divide({"x": one})
