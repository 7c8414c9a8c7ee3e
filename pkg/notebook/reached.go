package notebook

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"sync/atomic"

	"example.com/unstuck/pkg/fit"
)

// Reaching returns what [Must] is, for a value that variable is going to have: when the cell is interrupted, a training's [fit.History]
// as far as it came is left to later cells under name, see [Carry], before the cell ends. Unstuck's kernels write it in place of Must.
func Reaching[T any](name string, variable *T) func(T, error) T {
	return func(v T, err error) T {
		if h, ok := interruptedTraining(v, err); ok {
			*variable = v
			Carry(name, variable)
			leave()
			tellReached(os.Stderr, Default(), h, name)
			os.Exit(1)
		}
		return Must(v, err)
	}
}

// interruptedTraining is the history of a training that ended because the cell was interrupted, and had begun.
func interruptedTraining(v any, err error) (*fit.History, bool) {
	h, ok := v.(*fit.History)
	return h, ok && h != nil && len(h.Steps) > 0 && wasInterrupted(err)
}

func wasInterrupted(err error) bool {
	return errors.Is(err, context.Canceled) && os.Getenv(CarryFolder) != "" && Context().Err() != nil
}

// onward says how to go on after an interrupt.
const onward = "A cell with Fit alone goes on from there; one that compiles the model starts anew."

// tellReached shows how far a training came, unless [Watch] has, and says how to go on. name is the variable that has it, or "".
func tellReached(w io.Writer, d Display, h *fit.History, name string) {
	if watched.Load() != h && len(h.Epochs) > 1 {
		if err := resultOn(d, h); err != nil {
			fmt.Fprintln(w, err)
		}
	}
	keeps := "the model keeps"
	if name != "" {
		keeps = name + " and the model keep"
	}
	fmt.Fprintf(w, "interrupted after %s: %s what was reached. %s\n", far(h), keeps, onward)
}

// far is how many epochs a training has behind it, or how many steps, of less than one.
func far(h *fit.History) string {
	n, what := len(h.Epochs), "epoch"
	if n == 0 {
		n, what = len(h.Steps), "step"
	}
	if n != 1 {
		what += "s"
	}
	return fmt.Sprintf("%d %s", n, what)
}

// watched is the history of the training that a [Watcher] shows, or showed last.
var watched atomic.Pointer[fit.History]
