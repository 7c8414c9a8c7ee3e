"""A ninth batch, after threads and repositories, written without a look at the rules, their tests or the batches before."""

import loops_ninth_four
import loops_ninth_odd
import loops_ninth_one
import loops_ninth_right
import loops_ninth_three
import loops_ninth_two

__all__ = [
    "loops_ninth_four",
    "loops_ninth_odd",
    "loops_ninth_one",
    "loops_ninth_right",
    "loops_ninth_three",
    "loops_ninth_two",
]
