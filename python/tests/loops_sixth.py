"""A sixth batch, written without a look at the rules or at the loops of the batches before, and committed before it was judged."""

import loops_sixth_course
import loops_sixth_gradients
import loops_sixth_losses
import loops_sixth_more
import loops_sixth_odd
import loops_sixth_right
import loops_sixth_wiring

__all__ = ["loops_sixth_course", "loops_sixth_gradients", "loops_sixth_losses", "loops_sixth_more", "loops_sixth_odd", "loops_sixth_right", "loops_sixth_wiring"]
