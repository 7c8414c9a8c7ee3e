"""A seventh batch, written without a look at the rules, at their tests or at the batches before, and committed before it was judged."""

import loops_seventh_four
import loops_seventh_more
import loops_seventh_odd
import loops_seventh_one
import loops_seventh_right
import loops_seventh_three
import loops_seventh_two

__all__ = [
    "loops_seventh_four",
    "loops_seventh_more",
    "loops_seventh_odd",
    "loops_seventh_one",
    "loops_seventh_right",
    "loops_seventh_three",
    "loops_seventh_two",
]
