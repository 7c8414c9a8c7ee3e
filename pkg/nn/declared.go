package nn

import (
	"fmt"
	"strings"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"
)

// Weight is what a layer says of one of its weights, before it exists.
type Weight struct {
	Name        string      // Keras' name, under which it lies in the layer's scope: "kernel", or below it: "query/kernel"
	Role        Role        // what it does
	Shape       []int       // kernels are [in, out]
	Initializer Initializer // of its first values; never nil
	Regularizer Regularizer // penalty on it; nil: none
	Still       bool        // no gradient moves it, whatever its role
	// Stored is where Keras' files have it below the layer's group, "vars/0", where that isn't its place among the layer's
	// weights; [NotStored] where they don't have it, so that it begins as its initializer says. Empty: by its place.
	Stored     string
	Constraint Constraint // what it is brought back to after each update; nil: none. [WeightsOf] fills it in from the layer's settings
}

// NotStored says that Keras' files don't have a weight.
const NotStored = "-"

// Role is what a weight does, which tells what initial values are usual for it.
type Role int

const (
	Kernel          Role = iota // multiplies the input
	RecurrentKernel             // multiplies the state before
	Bias                        // is added
	Scale                       // multiplies what was normalized, or a slope
	Shift                       // is added to what was normalized
	Table                       // is looked up
	MovingMean                  // a statistic, moved by the layer itself
	MovingVariance              // a statistic, moved by the layer itself
)

// String is the role in a word or two.
func (r Role) String() string {
	return [...]string{"kernel", "recurrent kernel", "bias", "scale", "shift", "table", "moving mean", "moving variance"}[r]
}

// Trained reports whether gradients move such a weight, and not the layer itself.
func (r Role) Trained() bool { return r != MovingMean && r != MovingVariance }

// Trained reports whether gradients move the weight, as long as the layer isn't frozen.
func (w Weight) Trained() bool { return w.Role.Trained() && !w.Still }

// Weighted is implemented by layers with weights.
type Weighted interface {
	Layer
	// Weights lists the layer's weights for an input of that shape, the batch included, in Keras' order. Settings
	// and shape must make sense; Apply checks them first.
	Weights(input ...int) []Weight
}

// MultiWeighted is implemented by layers whose weights depend on the shapes of several inputs. Weights is for inputs that
// all have the same one.
type MultiWeighted interface {
	Weighted
	WeightsFor(inputs [][]int) []Weight
}

// weightsFor lists a layer's weights for inputs of those shapes.
func weightsFor(l Weighted, inputs [][]int) []Weight {
	if m, ok := l.(MultiWeighted); ok {
		return constrained(l, m.WeightsFor(inputs))
	}
	return constrained(l, withLoRA(l, l.Weights(inputs[0]...)))
}

// WeightsOf lists the weights that a layer has of its own, in Keras' order, for an input of that shape, the batch
// included; nil for a layer without weights and for one that doesn't tell, such as a [Func].
func WeightsOf(l Layer, input ...int) []Weight {
	if w, ok := Bare(l).(Weighted); ok {
		return constrained(w, withLoRA(w, w.Weights(input...)))
	}
	return nil
}

// weights are a layer's variables in a graph, by name.
type weights struct {
	g    *graph.Graph
	vars map[string]*model.Variable
	lora lora
}

// create makes a layer's weights in scope, or finds them there, adds their penalties to the graph's loss and notes
// their constraints.
func create(scope *model.Scope, l Weighted, xs ...*graph.Node) weights {
	w := weights{g: xs[0].Graph(), vars: map[string]*model.Variable{}}
	all := weightsFor(l, shapesOf(xs))
	w.lora, _ = loraOf(l, all)
	for _, d := range all {
		at, name := scope, d.Name
		for {
			below, rest, deeper := strings.Cut(name, model.ScopeSeparator)
			if !deeper {
				break
			}
			at, name = at.At("%s", below), rest
		}
		v := weight(at, name, d.Initializer, d.Shape...)
		if !d.Trained() {
			v.SetTrainable(false)
		}
		regularize(v, d.Regularizer, w.g)
		constrain(v, d.Constraint, w.g)
		w.vars[d.Name] = v
	}
	return w
}

// node is the value of a weight, nil when the layer has none of that name.
func (w weights) node(name string) *graph.Node {
	if v := w.vars[name]; v != nil {
		return w.corrected(name, v.NodeValue(w.g))
	}
	return nil
}

// expanded is [weights.node] with axes of size 1 in front, so that it combines with a node of that rank.
func (w weights) expanded(name string, rank int) *graph.Node {
	if n := w.node(name); n != nil {
		return graph.ExpandLeftToRank(n, rank)
	}
	return nil
}

func orInitializer(given, fallback Initializer) Initializer {
	if given == nil {
		return fallback
	}
	return given
}

// mustBePositive panics when a size isn't.
func mustBePositive(setting string, n int) {
	if n <= 0 {
		panic(fmt.Errorf("%s is %d, must be positive", setting, n))
	}
}
