import unittest

import numpy as np

from unstuck import UnstuckError
from unstuck.arrays import rows_of, take, to_array


class Arrays(unittest.TestCase):
    def test_three_types(self):
        for value, kind in [
            (np.array([True]), "bool"), (np.array([1], "uint8"), "int64"), ([1, 2], "int64"), ([[1.5], [2]], "float32"),
            (np.array([1], "float16"), "float32"), ([np.ones(2), np.zeros(2)], "float32"), ([True, False], "bool"),
        ]:  # fmt: skip
            self.assertEqual(to_array(value, "x").dtype, np.dtype(kind), repr(value))

    def test_what_is_not_finite_stays(self):
        np.testing.assert_array_equal(to_array([1e300, np.nan, -np.inf], "x"), np.float32([np.inf, np.nan, -np.inf]))

    def test_refused_by_name(self):
        for value, says in [
            (["a"], "y holds elements of type"), ([[1], [1, 2]], "y has rows of different lengths"), (np.array([1j]), "complex"),
            ([np.ones(1), np.ones(2)], r"y has rows of different shapes, such as \[1\] and \[2\]"), (np.array([None]), "object"),
            (np.array([2**64 - 1], "uint64"), "2\\*\\*63"),
        ]:  # fmt: skip
            with self.assertRaisesRegex(UnstuckError, says):
                to_array(value, "y")

    def test_advice_works(self):
        """The lines in the errors of text and objects are executed: afterwards the array is one of numbers."""
        labels = ["dog", "cat", "dog"]
        for value in [
            labels, np.array(labels), np.array(labels, "S"), np.array(labels, object), np.array(["3", "1"]), np.array([b"b", "a"], object),
            np.array([1, 2.5], object), np.array([np.ones(2), np.zeros(2), None], object)[:2],
        ]:  # fmt: skip
            with self.assertRaises(UnstuckError) as caught:
                to_array(value, "y")
            _, _, advice = str(caught.exception).partition("numbers are needed:")
            lines = [line.split(" makes one array")[0].strip() for line in advice.strip().splitlines()]
            given = {"np": np, "y": value}
            exec("\n".join(lines), given)
            self.assertEqual(len(to_array(given["y"], "y")), len(value), repr(value))

    def test_rows(self):
        self.assertEqual(rows_of([1, 2, 3], "x"), 3)
        self.assertEqual(rows_of(np.ones((4, 2)), "x"), 4)
        for value, says in [(np.float32(1), "a single number"), (5, "x is a int")]:
            with self.assertRaisesRegex(UnstuckError, says):
                rows_of(value, "x")

    def test_taken_before_it_is_converted(self):
        np.testing.assert_array_equal(take(np.arange(6).reshape(3, 2), np.array([0, 2])), [[0, 1], [4, 5]])
        self.assertEqual(take(["a", "b", "c"], np.array([2, 0])), ["c", "a"])
