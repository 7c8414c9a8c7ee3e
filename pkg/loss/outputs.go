package loss

import (
	"errors"
	"fmt"
	"math"
	"strings"

	"github.com/gomlx/gomlx/core/graph"
)

// Outputs is the loss of a model with several outputs, Σ Weight·Loss over them in the model's order: Keras'
// compile(loss=[…], loss_weights=[…]).
type Outputs []Output

// Output is what one output of a model adds to [Outputs].
type Output struct {
	Name   string  // of the output, for histories; empty: the model's own name for it
	Loss   Loss    // nil: the output is not trained on
	Weight float64 // 0: 1
}

// Factor is what the loss is multiplied by.
func (o Output) Factor() float64 {
	if o.Weight == 0 {
		return 1
	}
	return o.Weight
}

// PerRow is that of the one output. It panics where there are more or none: [Outputs.PerRowOfAll] takes them all.
func (o Outputs) PerRow(labels, predictions *graph.Node) *graph.Node {
	return o.PerRowOfAll([]*graph.Node{labels}, []*graph.Node{predictions}, nil)
}

// PerRowOfAll returns the loss of each row, shape [batch], given labels and predictions of every output, one that isn't
// trained on included; mask [batch] is 1 for rows of data and 0 for padding, nil for data alone. It panics when their number
// isn't that of o.
func (o Outputs) PerRowOfAll(labels, predictions []*graph.Node, mask *graph.Node) *graph.Node {
	return o.Sum(labels, predictions, func(l Loss, at int) *graph.Node { return Rows(l, labels[at], predictions[at], mask) })
}

// Sum is the loss of each row, shape [batch], where of gives that of each output, without its weight. It panics as PerRowOfAll
// does.
func (o Outputs) Sum(labels, predictions []*graph.Node, of func(l Loss, at int) *graph.Node) *graph.Node {
	if len(labels) != len(o) || len(predictions) != len(o) {
		panic(fmt.Errorf("there are losses for %d outputs, %d labels and %d predictions", len(o), len(labels), len(predictions)))
	}
	var sum *graph.Node
	for i, output := range o {
		if output.Loss == nil {
			continue
		}
		rows := of(output.Loss, i)
		if f := output.Factor(); f != 1 {
			rows = graph.MulScalar(rows, f)
		}
		if sum == nil {
			sum = rows
		} else {
			sum = graph.Add(sum, rows)
		}
	}
	return sum
}

// Validate refuses a loss that nothing adds to, a negative, infinite or NaN weight, two outputs of one name, and what the
// losses themselves refuse.
func (o Outputs) Validate() error {
	trained, seen := false, map[string]bool{}
	for i, output := range o {
		name := output.Name
		if name == "" {
			name = fmt.Sprint(i)
		} else if seen[name] {
			return fmt.Errorf("two outputs are named %q", name)
		}
		seen[name] = true
		if output.Weight < 0 || math.IsNaN(output.Weight) || math.IsInf(output.Weight, 0) {
			return fmt.Errorf("output %s: its loss has weight %g: it must be positive and finite; leave the Loss out to train without it", name, output.Weight)
		}
		if output.Loss == nil {
			continue
		}
		trained = true
		if _, nested := output.Loss.(Outputs); nested {
			return fmt.Errorf("output %s: Outputs within Outputs", name)
		}
		if v, ok := output.Loss.(interface{ Validate() error }); ok {
			if err := v.Validate(); err != nil {
				return fmt.Errorf("output %s: %w", name, err)
			}
		}
	}
	if !trained {
		return errors.New("no output has a loss")
	}
	return nil
}

// String lists the losses, "price: mse + 0.5·kind: mae".
func (o Outputs) String() string {
	var terms []string
	for i, output := range o {
		if output.Loss == nil {
			continue
		}
		name := output.Name
		if name == "" {
			name = fmt.Sprint(i)
		}
		factor := ""
		if f := output.Factor(); f != 1 {
			factor = fmt.Sprintf("%g·", f)
		}
		terms = append(terms, factor+name+": "+output.Loss.String())
	}
	return strings.Join(terms, " + ")
}
