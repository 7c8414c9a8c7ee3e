package nn

import (
	"fmt"
	"slices"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"

	"example.com/unstuck/internal/codec"
)

// SoftmaxOver is eˣ/Σeˣ over other axes than the last, or several: the weights of attention over steps, for one. Keras:
// layers.Softmax(axis=AXES). Over the last axis it is [Softmax], which is an activation, too.
//
// A second input is a mask, as Keras' layer takes it in its call: where it is up to 0.5, x doesn't count and the output is
// 0, also where nothing counts. No gradient goes to the mask.
//
// Shapes: x [batch, …], perhaps a mask with as many axes, each of x's size or 1 → as x.
type SoftmaxOver struct {
	Name string `keras:"-"`                     // empty: "softmax_over", "softmax_over_1", …
	Axes []int  `keras:"axis,alone,axis,empty"` // over which one softmax goes, counted with the batch as 0, from the end when negative; must not be empty
}

// Keras' class is one for both.
var _ = layers.Add(SoftmaxOver{}, codec.Named("Softmax"), codec.Settled(func(from codec.Source, value any) any {
	s := value.(SoftmaxOver)
	switch {
	case s.Axes == nil, slices.Equal(s.Axes, []int{-1}):
		return Softmax{}
	case len(s.Axes) == 0, slices.Contains(s.Axes, 0):
		from.Problem("axis", "takes the batch's rows together: only axes behind the batch are supported")
	case from.LastAxis() > 0:
		if _, err := axesBehind("axis", s.Axes, from.LastAxis()+1); err != nil {
			from.Problem("axis", "%v", err)
		}
	}
	return s
}))

// Apply is [SoftmaxOver.ApplyAll] without a mask.
func (s SoftmaxOver) Apply(scope *model.Scope, x *graph.Node) *graph.Node {
	return s.ApplyAll(scope, []*graph.Node{x})[0]
}

// ApplyAll adds the layer to the graph. It panics when there are no such axes and when the mask doesn't fit.
func (s SoftmaxOver) ApplyAll(_ *model.Scope, xs []*graph.Node) []*graph.Node {
	if _, err := s.OutputShapes(shapesOf(xs)); err != nil {
		panic(err)
	}
	x := asFloat(xs[0])
	dims := x.Shape().Dimensions
	axes, _ := axesBehind("", s.Axes, len(dims)) // checked
	if len(xs) == 1 {
		return []*graph.Node{softmaxAlong(x, axes)}
	}
	counts := graph.GreaterThan(asFloat(xs[1]), graph.Scalar(x.Graph(), x.DType(), 0.5))
	counts = graph.BroadcastToDims(counts, dims...)
	y := softmaxAlong(graph.Where(counts, x, graph.BroadcastToDims(graph.Scalar(x.Graph(), x.DType(), -1e9), dims...)), axes)
	return []*graph.Node{graph.Where(counts, y, graph.ZerosLike(y))}
}

// OutputShapes is x's. The error says which axis isn't there, or how the mask doesn't fit.
func (s SoftmaxOver) OutputShapes(inputs [][]int) ([][]int, error) {
	if len(inputs) != 1 && len(inputs) != 2 {
		return nil, fmt.Errorf("SoftmaxOver takes an input and perhaps a mask, here are %d", len(inputs))
	}
	if len(s.Axes) == 0 {
		return nil, fmt.Errorf("SoftmaxOver.Axes is empty, must name axes behind the batch")
	}
	if _, err := axesBehind("SoftmaxOver.Axes", s.Axes, len(inputs[0])); err != nil {
		return nil, err
	}
	if len(inputs) == 2 {
		if out, err := broadcast("SoftmaxOver", inputs); err != nil || !slices.Equal(out, inputs[0]) {
			return nil, fmt.Errorf("SoftmaxOver needs a mask with the axes of its input, each as long or 1, got %s", listed(inputs))
		}
	}
	return inputs[:1], nil
}

// Bounds are 0 and 1.
func (SoftmaxOver) Bounds() (low, high float64) { return 0, 1 }

// Parameters are those of Keras' call.
func (SoftmaxOver) Parameters() []string { return []string{"inputs", "mask"} }

// Arrange takes the input, then the mask.
func (SoftmaxOver) Arrange(given map[string][]string) ([]string, error) {
	return arrange("Softmax", given, []string{"inputs"}, []string{"mask"}, "")
}

// TorchSteps is nn.Softmax, with several axes or a mask an expression.
func (s SoftmaxOver) TorchSteps(inputs [][]int) ([]TorchStep, error) {
	if _, err := s.OutputShapes(inputs); err != nil {
		return nil, err
	}
	if len(inputs) == 1 && len(s.Axes) == 1 {
		return torchModule("Softmax", fmt.Sprintf("dim=%d", s.Axes[0]))
	}
	if len(inputs) == 1 {
		return torchAsHere(s.torch("{x}"))
	}
	return torchAsHere("torch.where({1} > 0.5, " + s.torch("torch.where({1} > 0.5, {0}, -1e9)") + ", 0.0)")
}

func (s SoftmaxOver) torch(x string) string {
	if len(s.Axes) == 1 {
		return fmt.Sprintf("torch.softmax(%s, dim=%d)", x, s.Axes[0])
	}
	return fmt.Sprintf("(%s - %s.logsumexp(dim=%s, keepdim=True)).exp()", x, x, pythonAxes(s.Axes))
}

// TakingMask is a layer that takes a mask as its second input, where [Softmax] takes none: a [SoftmaxOver] in its place.
// Others stay as they are.
func TakingMask(l Layer) Layer {
	switch w := l.(type) {
	case Softmax:
		return SoftmaxOver{Axes: []int{-1}}
	case Wrapper:
		return w.Wrap(TakingMask(w.Unwrap()))
	}
	return l
}

// softmaxAlong is one softmax over all of the axes.
func softmaxAlong(x *graph.Node, axes []int) *graph.Node {
	// Shifting all values by one number doesn't change the result, so the maximum needs no gradient.
	largest := graph.StopGradient(graph.ReduceAndKeep(x, graph.ReduceMax, axes...))
	e := graph.Exp(graph.Sub(x, largest))
	return graph.Div(e, graph.ReduceAndKeep(e, graph.ReduceSum, axes...))
}
