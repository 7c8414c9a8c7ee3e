"""A tenth batch of loops: two of each fault, and correct ones with intended oddities."""

import loops_tenth_one  # noqa: F401
import loops_tenth_right  # noqa: F401
import loops_tenth_two  # noqa: F401
