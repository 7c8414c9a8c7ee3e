package nn

import (
	"slices"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"
	"github.com/gomlx/gomlx/ml/train"
)

// ActivityRegularized adds a penalty on what a layer puts out to the loss, divided by the number of rows, as the argument
// activity_regularizer of Keras' layers. Rows that only fill up the batch (see [BatchMask]) don't count.
//
// Name, kind and paths of the weights are the layer's own.
type ActivityRegularized struct {
	Layer
	Regularizer Regularizer // nil: none
}

// Apply applies the layer and adds the penalty.
func (r ActivityRegularized) Apply(scope *model.Scope, x *graph.Node) *graph.Node {
	return r.ApplyAll(scope, []*graph.Node{x})[0]
}

// ApplyAll is Apply for a layer with several inputs or outputs: each output is penalized.
func (r ActivityRegularized) ApplyAll(scope *model.Scope, xs []*graph.Node) []*graph.Node {
	ys := ApplyAll(r.Layer, scope, xs)
	if r.Regularizer != nil {
		for _, y := range ys {
			penalizeActivity(r.Regularizer, y)
		}
	}
	return ys
}

// Unwrap is the layer that is penalized.
func (r ActivityRegularized) Unwrap() Layer { return r.Layer }

// Wrap penalizes another layer.
func (r ActivityRegularized) Wrap(l Layer) Layer { return ActivityRegularized{l, r.Regularizer} }

func (r ActivityRegularized) kerasCode(c kerasContext) (string, error) {
	if r.Regularizer != nil {
		text, err := regularizers.Python(r.Regularizer)
		if err != nil {
			return "", err
		}
		c.activity = text
	}
	return kerasCode(r.Layer, c)
}

// PenalizesParts reports whether Keras hands the activity_regularizer of a layer on to layers inside of it, so that it means
// something else than [ActivityRegularized].
func PenalizesParts(l Layer) bool {
	switch Bare(l).(type) {
	case MultiHeadAttention, GroupQueryAttention:
		return true
	}
	return false
}

// penalizeActivity adds a penalty on x to the loss.
func penalizeActivity(r Regularizer, x *graph.Node) {
	x = asFloat(x)
	counted, rows := x, graph.Scalar(x.Graph(), x.DType(), float64(x.Shape().Dim(0)))
	if mask := BatchMask(x.Graph()); mask != nil {
		mask = asFloat(mask)
		rows = graph.ReduceAllSum(mask)
		perRow := slices.Repeat([]int{1}, x.Rank())
		perRow[0] = x.Shape().Dim(0)
		counted = graph.Mul(x, graph.Reshape(mask, perRow...))
	}
	train.AddRegularizationLoss(graph.Div(r.Penalty(counted), rows))
}

// ActivityPenalties are the penalties on what the layers of a model put out.
func ActivityPenalties(l Layer) []Regularizer {
	switch l := l.(type) {
	case ActivityRegularized:
		inner := ActivityPenalties(l.Layer)
		if l.Regularizer == nil {
			return inner
		}
		return append([]Regularizer{l.Regularizer}, inner...)
	case ActivityRegularization:
		if l.L1 != 0 || l.L2 != 0 {
			return []Regularizer{L1L2{L1: l.L1, L2: l.L2}}
		}
	case Wrapper:
		return ActivityPenalties(l.Unwrap())
	case Container:
		var all []Regularizer
		parts, _ := l.Parts() // names that can't be given are told where the model is walked
		for _, p := range parts {
			all = append(all, ActivityPenalties(p.Layer)...)
		}
		return all
	}
	return nil
}

// WithoutActivityPenalties is the model without those.
func WithoutActivityPenalties(l Layer) Layer {
	switch l := l.(type) {
	case ActivityRegularized:
		return WithoutActivityPenalties(l.Layer)
	case ActivityRegularization:
		return ActivityRegularization{Name: l.Name}
	case Wrapper:
		return l.Wrap(WithoutActivityPenalties(l.Unwrap()))
	case Container:
		parts, err := l.Parts()
		if err != nil || len(ActivityPenalties(l)) == 0 {
			return l
		}
		changes := make([]Change, len(parts))
		for i, p := range parts {
			changes[i].Layer = WithoutActivityPenalties(p.Layer)
		}
		return l.WithParts(changes)
	}
	return l
}
