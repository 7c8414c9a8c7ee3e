import unittest

import numpy as np

from unstuck import UnstuckError
from unstuck.settings import plain


class Settings(unittest.TestCase):
    def test_what_is_given_is_written(self):
        self.assertEqual(plain(None, None, None, None, None), {})
        self.assertEqual(plain(np.int64(3), 2, 0, False, 0), {"epochs": 3, "batch_size": 2, "validation_split": 0.0, "shuffle": False, "seed": 0})

    def test_refused_with_the_value(self):
        for given, says in [
            ((0, None, None, None, None), "epochs is 0"), ((2.5, None, None, None, None), "epochs is 2.5"),
            ((True, None, None, None, None), "epochs is True"), ((1, 0, None, None, None), "batch_size is 0"),
            ((1, 1, 1, None, None), "validation_split is 1"), ((1, 1, float("nan"), None, None), "validation_split is nan"),
            ((1, 1, "a", None, None), "validation_split is 'a'"), ((1, 1, 0.5, 1, None), "shuffle is 1"), ((1, 1, 0, True, -1), "seed is -1"),
        ]:  # fmt: skip
            with self.subTest(says), self.assertRaisesRegex(UnstuckError, says):
                plain(*given)
