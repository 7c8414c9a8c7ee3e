import io
import unittest

import numpy as np

from unstuck.npz import packed


class Archive(unittest.TestCase):
    def test_read_back_whatever_the_names(self):
        arrays = {"x": np.arange(6.0, dtype="float32").reshape(3, 2), "file": np.arange(3), "self": np.array([True])}
        with np.load(io.BytesIO(packed(arrays.items()))) as read:
            self.assertEqual(sorted(read.files), sorted(arrays))
            for name, array in arrays.items():
                np.testing.assert_array_equal(read[name], array)
                self.assertEqual(read[name].dtype, array.dtype)

    def test_the_same_bytes_for_the_same_arrays(self):
        self.assertEqual(packed([("x", np.ones(3))]), packed([("x", np.ones(3))]))
