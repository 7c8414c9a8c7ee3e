"""An eighth batch, written without a look at the rules, at their tests or at the batches before, and committed before it was judged."""

import loops_eighth_aside
import loops_eighth_five
import loops_eighth_four
import loops_eighth_odd
import loops_eighth_one
import loops_eighth_right
import loops_eighth_six
import loops_eighth_three
import loops_eighth_two

__all__ = [
    "loops_eighth_aside",
    "loops_eighth_five",
    "loops_eighth_four",
    "loops_eighth_odd",
    "loops_eighth_one",
    "loops_eighth_right",
    "loops_eighth_six",
    "loops_eighth_three",
    "loops_eighth_two",
]
