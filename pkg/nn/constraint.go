package nn

import (
	"fmt"
	"slices"
	"strings"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"

	"example.com/unstuck/internal/codec"
)

// Constraint is what a weight is brought back to after each update, as far as it has left it. Initial values, and weights that
// aren't trained, stay as they are, as in Keras.
type Constraint interface {
	// Constrain returns the weight as it must be, of the same shape.
	Constrain(weight *graph.Node) *graph.Node
}

// ConstraintText is a constraint as Keras writes it in a layer's arguments, with its string where it has one, or else by its Go type.
func ConstraintText(c Constraint) string {
	if text, err := constraints.Python(c); err == nil {
		return text
	}
	return fmt.Sprintf("%T", c)
}

// MaxNorm scales what is longer than Max down to it. Along Axis lies one vector: with axis 0, the default, what comes in at one unit
// of a Dense; the axes 0, 1 and 2 are a filter of a Conv2D. Keras: MaxNorm. Srivastava et al. 2014.
//
// w becomes w·min(‖w‖, Max) / (1e-7 + ‖w‖).
type MaxNorm struct {
	Max  float64 `keras:"max_value,default=2,from=0"` // 0: 2
	Axis []int   `keras:"axis"`                       // over which the norm is taken; nil: 0
}

// NonNeg puts 0 in place of what is negative. Keras: NonNeg.
type NonNeg struct{}

// UnitNorm makes each vector along Axis of length 1: w / (1e-7 + ‖w‖). Keras: UnitNorm.
type UnitNorm struct {
	Axis []int `keras:"axis"` // over which the norm is taken; nil: 0
}

// MinMaxNorm moves the length of each vector along Axis between Min and Max: w·(Rate·clip(‖w‖, Min, Max) + (1 − Rate)·‖w‖) /
// (1e-7 + ‖w‖). Keras: MinMaxNorm.
type MinMaxNorm struct {
	Min  float64 `keras:"min_value,from=0"`           // 0: no least length
	Max  float64 `keras:"max_value,default=1,from=0"` // 0: 1
	Rate float64 `keras:"rate,default=1,from=0,to=1"` // share of the way that one update goes; 0: 1, all of it
	Axis []int   `keras:"axis"`                       // over which the norm is taken; nil: 0
}

var (
	_ = constraints.Add(MaxNorm{})
	_ = constraints.Add(NonNeg{})
	_ = constraints.Add(UnitNorm{})
	_ = constraints.Add(MinMaxNorm{})
	_ = constraints.Say("max_norm", MaxNorm{})
	_ = constraints.Say("non_neg", NonNeg{})
	_ = constraints.Say("unit_norm", UnitNorm{})
	_ = constraints.Say("min_max_norm", MinMaxNorm{})
)

// Constrain returns the weight as it must be.
func (c MaxNorm) Constrain(w *graph.Node) *graph.Node {
	mustCheck(c)
	norm := normOf(w, c.Axis)
	return rescaled(w, norm, graph.MinScalar(norm, orNumber(c.Max, 2)))
}

// Constrain returns the weight as it must be.
func (NonNeg) Constrain(w *graph.Node) *graph.Node { return graph.MaxScalar(w, 0) }

// Constrain returns the weight as it must be.
func (c UnitNorm) Constrain(w *graph.Node) *graph.Node {
	norm := normOf(w, c.Axis)
	return rescaled(w, norm, graph.OnesLike(norm))
}

// Constrain returns the weight as it must be. Where Min is above Max, Max counts.
func (c MinMaxNorm) Constrain(w *graph.Node) *graph.Node {
	mustCheck(c)
	norm, rate := normOf(w, c.Axis), orNumber(c.Rate, 1)
	clipped := graph.MinScalar(graph.MaxScalar(norm, c.Min), orNumber(c.Max, 1))
	desired := graph.Add(graph.MulScalar(clipped, rate), graph.MulScalar(norm, 1-rate))
	return rescaled(w, norm, desired)
}

// constraintEpsilon keeps a vector of zeros from a division by zero: Keras' backend.epsilon().
const constraintEpsilon = 1e-7

func rescaled(w, norm, desired *graph.Node) *graph.Node {
	return graph.Mul(w, graph.Div(desired, graph.AddScalar(norm, constraintEpsilon)))
}

// normOf is the length along axes, 0 for nil, which stay with a size of 1.
func normOf(w *graph.Node, axes []int) *graph.Node {
	if axes == nil {
		axes = []int{0}
	}
	for _, axis := range axes {
		if axis < -w.Rank() || axis >= w.Rank() {
			panic(fmt.Errorf("a constraint takes the norm over axis %d of a weight of shape %v", axis, w.Shape().Dimensions))
		}
	}
	return graph.Sqrt(graph.ReduceAndKeep(graph.Square(w), graph.ReduceSum, axes...))
}

func orNumber(given, fallback float64) float64 {
	if given == 0 {
		return fallback
	}
	return given
}

func mustCheck(value any) {
	if err := codec.Check(value); err != nil {
		panic(err)
	}
}

// constrained puts the layer's constraints to its weights: KernelConstraint to each kernel, RecurrentConstraint to the recurrent
// one, and so on.
func constrained(l Layer, weights []Weight) []Weight {
	for _, s := range codec.Settings[Constraint](l) {
		if s.Value == nil {
			continue
		}
		of := strings.ToLower(strings.TrimSuffix(s.Field, "Constraint"))
		for i, w := range weights {
			name := w.Name[strings.LastIndex(w.Name, model.ScopeSeparator)+1:]
			if name == of || name == of+"_kernel" {
				weights[i].Constraint = s.Value
			}
		}
	}
	return weights
}

type constraintsKey struct{}

type constrainedVariable struct {
	variable   *model.Variable
	constraint Constraint
}

// constrain notes that a weight must be brought back after the update that this graph makes.
func constrain(v *model.Variable, c Constraint, g *graph.Graph) {
	path, _ := model.SplitPath(v.Path())
	if c == nil || isFrozen(path, g) {
		return
	}
	all, _ := g.State(constraintsKey{}).([]constrainedVariable)
	if slices.ContainsFunc(all, func(other constrainedVariable) bool { return other.variable.Path() == v.Path() }) {
		return // a shared layer
	}
	g.AttachState(constraintsKey{}, append(all, constrainedVariable{v, c}))
}

// Constrain brings the weights of the layers in g back to what their constraints allow. Call it behind the optimizer's update; a
// graph whose layers have no constraints stays as it is.
func Constrain(g *graph.Graph) {
	all, _ := g.State(constraintsKey{}).([]constrainedVariable)
	for _, c := range all {
		if c.variable.Trainable {
			c.variable.SetNodeValue(c.constraint.Constrain(c.variable.NodeValue(g)))
		}
	}
}
