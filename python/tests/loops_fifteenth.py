"""The fifteenth batch: written blind to the tool; imported for what it registers."""

import loops_fifteenth_a  # noqa: F401
import loops_fifteenth_b  # noqa: F401
import loops_fifteenth_c  # noqa: F401
import loops_fifteenth_d  # noqa: F401
import loops_fifteenth_e  # noqa: F401
import loops_fifteenth_f  # noqa: F401
import loops_fifteenth_g  # noqa: F401
