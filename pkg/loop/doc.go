// Package loop replays a recorded training loop, as unstuck.watch of the Python package writes it, and names the line where it
// leaves the path from a loss to a smaller one: an optimizer that holds other parameters, gradients that nobody clears, a loss
// that is compared with something else.
//
//	r, err := loop.Read("run")
//	report, err := loop.Diagnose(ctx, r, loop.Options{})
//
// Each step is computed here with the loss and the optimizer that the loop claims to use, from the recorded batch and weights,
// and what was recorded is held against it.
package loop
