// Package figure draws what happens in a training: loss curves, the
// learning-rate range test, gradients, activations, updates and sweeps.
//
// A figure is a plain struct of numbers and words; its zero value is an empty
// frame that says so. It knows nothing of models or of training, so a figure
// can be drawn again from saved numbers:
//
//	fig := figure.LossCurves{
//		Title: "Adam, three learning rates",
//		LogY:  true,
//		Runs:  []figure.Run{{Name: "1e-3", Train: losses, Validation: heldOut}},
//	}
//	err := figure.Save("losses.svg", fig)
//
// Every figure is drawn by [gonum/plot] on a light panel of its own, so that it
// reads the same in light and dark notebooks and in print. Its colours are
// those of Okabe and Ito, which readers with any form of colour blindness tell
// apart. [Figure.Text] states the numbers that matter, for terminals and
// screen readers.
//
// NaN and infinite values never reach the drawing library: they interrupt a
// curve, and the figure says at which epoch or step. Values that an axis cannot
// show (zero or less on a log axis) are left out and counted in a note.
//
// [gonum/plot]: https://pkg.go.dev/gonum.org/v1/plot
package figure
