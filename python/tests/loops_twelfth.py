"""A twelfth batch of loops, written by someone who knew the table of causes and no more."""

import loops_twelfth_five  # noqa: F401
import loops_twelfth_four  # noqa: F401
import loops_twelfth_one  # noqa: F401
import loops_twelfth_right_one  # noqa: F401
import loops_twelfth_right_two  # noqa: F401
import loops_twelfth_three  # noqa: F401
import loops_twelfth_two  # noqa: F401
