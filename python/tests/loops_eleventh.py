"""An eleventh batch of loops, written without a look at the rules: three of each fault, and correct ones."""

import loops_eleventh_a
import loops_eleventh_b
import loops_eleventh_c
import loops_eleventh_d
import loops_eleventh_right
import loops_eleventh_right_more

__all__ = [
    "loops_eleventh_a",
    "loops_eleventh_b",
    "loops_eleventh_c",
    "loops_eleventh_d",
    "loops_eleventh_right",
    "loops_eleventh_right_more",
]
