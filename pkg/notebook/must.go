package notebook

import (
	"fmt"
	"io"
	"os"
)

// Must returns v. When err is not nil it prints the error in one sentence to
// standard error and ends the cell with exit status 1: in a notebook a stack
// trace hides the sentence that helps. Use it in cells and in main functions,
// not in packages.
//
// When the cell is interrupted (see [Context]) while a training runs, as in Must(m.Fit(…)), its losses so far are shown and the model
// keeps what it has learned.
func Must[T any](v T, err error) T {
	if h, ok := interruptedTraining(v, err); ok {
		leave()
		tellReached(os.Stderr, Default(), h, "")
		os.Exit(1)
	}
	Check(err)
	return v
}

// Check ends the cell like [Must] when err is not nil.
func Check(err error) {
	if err != nil {
		leave() // what the cell has set before is there in the next one
		stop(os.Stderr, err, os.Exit)
	}
}

func stop(w io.Writer, err error, exit func(int)) {
	if wasInterrupted(err) {
		fmt.Fprintf(w, "interrupted: a model keeps what it has learned. %s\n", onward)
	} else {
		fmt.Fprintf(w, "stopped: %v\n", err)
	}
	exit(1)
}
