"""A fifth batch, written without a look at the rules, at their tests or at the batches before, and held back until it stood."""

import loops_fifth_odd
import loops_fifth_one
import loops_fifth_right
import loops_fifth_three
import loops_fifth_two

__all__ = ["loops_fifth_odd", "loops_fifth_one", "loops_fifth_right", "loops_fifth_three", "loops_fifth_two"]
