package probe

import (
	"fmt"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/gomlx/core/graph"

	"example.com/unstuck/pkg/fit"
)

// NonFinite counts the values of each layer's output, each gradient and each updated weight that are NaN or
// infinite. Between measured steps it sees nothing; to find the exact step of a training that has gone
// wrong, with the rows at fault, stop it with callback.TerminateOnNaN.
type NonFinite struct{}

const (
	badOutput   = "not finite/output/"
	badGradient = "not finite/gradient/"
	badWeight   = "not finite/weight/"
)

// Measure implements [fit.Probe].
func (NonFinite) Measure(s *fit.StepGraph) []fit.Reading {
	var all []fit.Reading
	add := func(kind, name string, x *graph.Node) {
		bad := graph.ConvertDType(graph.LogicalNot(graph.IsFinite(x)), dtypes.Float32)
		all = append(all, fit.Reading{Name: kind + name, Value: graph.ReduceAllSum(bad)})
	}
	for _, o := range outputs(s) {
		add(badOutput, o.name, o.x)
	}
	for i := len(s.Weights) - 1; i >= 0; i-- { // the way the gradient goes
		add(badGradient, name(s.Weights[i].Path), s.Weights[i].Gradient)
	}
	for _, w := range s.Weights {
		add(badWeight, name(w.Path), w.After)
	}
	return all
}

// Fault is a place where values aren't finite.
type Fault struct {
	Step  int    // counted from 1
	Kind  string // "output", "loss", "gradient" or "weight" (after the step); empty: there is no fault
	Layer string // of an output, or the weight: "dense/kernel"; empty for the loss
	Count int    // values that aren't finite
}

// String is "step 12: 3 values of the output of dense_1 aren't finite", for instance.
func (f Fault) String() string {
	switch f.Kind {
	case "":
		return "all values are finite"
	case "loss":
		return fmt.Sprintf("step %d: the loss isn't finite", f.Step)
	}
	return fmt.Sprintf("step %d: %d values of the %s of %s aren't finite", f.Step, f.Count, f.Kind, f.Layer)
}

// FirstFault returns the first value of a training that wasn't finite: in the order of the steps, and within
// a step in the order of computation, forward, loss, backward, update. The loss is seen at every step,
// the rest where [NonFinite] measured; it is an error when it measured nothing.
func FirstFault(h *fit.History) (Fault, error) {
	if len(under(h, "not finite/").names) == 0 {
		return Fault{}, missing(h, NonFinite{})
	}
	loss := len(h.Steps) + 1
	for i, l := range h.Steps {
		if l-l != 0 {
			loss = i + 1
			break
		}
	}
	for k, step := range h.Readings.Steps {
		if step > loss {
			break
		}
		if f := faultAt(h, k, "output", badOutput); f.Kind != "" {
			return f, nil
		}
		if step == loss {
			break
		}
		for _, kind := range []string{"gradient", "weight"} {
			if f := faultAt(h, k, kind, "not finite/"+kind+"/"); f.Kind != "" {
				return f, nil
			}
		}
	}
	if loss <= len(h.Steps) {
		return Fault{Step: loss, Kind: "loss", Count: 1}, nil
	}
	return Fault{}, nil
}

// faultAt looks at one kind of readings at measured step k.
func faultAt(h *fit.History, k int, kind, prefix string) Fault {
	r := under(h, prefix)
	for i, n := range r.names {
		if bad := r.values[i][k][0]; bad != 0 {
			return Fault{Step: h.Readings.Steps[k], Kind: kind, Layer: n, Count: int(bad)}
		}
	}
	return Fault{}
}
