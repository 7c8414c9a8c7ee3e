"""The fourteenth batch: written blind to the tool; imported for what it registers."""

import loops_fourteenth_a  # noqa: F401
import loops_fourteenth_b  # noqa: F401
import loops_fourteenth_c  # noqa: F401
import loops_fourteenth_d  # noqa: F401
import loops_fourteenth_e  # noqa: F401
import loops_fourteenth_f  # noqa: F401
import loops_fourteenth_g  # noqa: F401
