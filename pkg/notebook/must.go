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
func Must[T any](v T, err error) T {
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
	fmt.Fprintf(w, "stopped: %v\n", err)
	exit(1)
}
