"""The thirteenth batch: written blind to the tool; imported for what it registers."""

import loops_thirteenth_a  # noqa: F401
import loops_thirteenth_b  # noqa: F401
import loops_thirteenth_c  # noqa: F401
import loops_thirteenth_d  # noqa: F401
import loops_thirteenth_e  # noqa: F401
import loops_thirteenth_f  # noqa: F401
import loops_thirteenth_g  # noqa: F401
