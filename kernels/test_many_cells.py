"""What many_cells.py calls growth, without a kernel."""

import unittest

from many_cells import SERVER_LIMIT, Sizes, grown

CALM = Sizes(processes=3, threads=25, resident=70, files_open=85, temporary=20, temporary_bytes=3 << 20, server=250)


class Growth(unittest.TestCase):
    def test_a_language_server_that_fills_its_caches_is_no_leak(self):
        self.assertEqual([], grown(CALM, CALM._replace(server=SERVER_LIMIT - 1), 200))

    def test_a_language_server_beyond_its_bound(self):
        self.assertRegex("; ".join(grown(CALM, CALM._replace(server=1600), 200)), "language server takes 1600 MiB")

    def test_a_kernel_that_grows(self):
        for more in ({"resident": 140}, {"processes": 4}, {"threads": 60}, {"files_open": 120}, {"temporary": 60}):
            with self.subTest(more):
                self.assertTrue(grown(CALM, CALM._replace(**more), 200))


if __name__ == "__main__":
    unittest.main()
