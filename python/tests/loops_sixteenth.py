"""Sixteenth batch, blind: two loops for each fault, and right ones that look odd."""

import loops_sixteenth_a
import loops_sixteenth_b
import loops_sixteenth_c
import loops_sixteenth_d

__all__ = ["loops_sixteenth_a", "loops_sixteenth_b", "loops_sixteenth_c", "loops_sixteenth_d"]
