package torch

import (
	"fmt"
	"slices"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"
)

// classLoss is the cross-entropy of each place, and the weight that its class has.
//
// Shapes: predictions [batch, classes, …], and class numbers [batch, …], or [batch, 1] of no other axes, or probabilities as the
// predictions → twice the shape of class numbers.
type classLoss struct {
	LogProbabilities bool      // predictions are logarithms of probabilities, else logits
	Weights          []float64 // of the classes; nil: 1 each
	Ignore           int       // a class number that doesn't count
	Smoothing        float64
	Probabilities    bool // targets are
}

// OutputShapes are those of places.
func (l classLoss) OutputShapes(inputs [][]int) ([][]int, error) {
	if len(inputs) != 2 || len(inputs[0]) < 2 {
		return nil, fmt.Errorf("predictions and targets have shapes %v", inputs)
	}
	places := slices.Delete(slices.Clone(inputs[0]), 1, 2)
	if len(places) == 1 {
		places = append(places, 1)
	}
	if want := inputs[0]; l.Probabilities && !slices.Equal(inputs[1], want) || !l.Probabilities && !slices.Equal(inputs[1], places) {
		return nil, fmt.Errorf("predictions and targets have shapes %v", inputs)
	}
	if n := len(l.Weights); n > 0 && n != inputs[0][1] {
		return nil, fmt.Errorf("%d weights for %d classes", n, inputs[0][1])
	}
	return [][]int{places, places}, nil
}

// Apply panics: there are two inputs.
func (l classLoss) Apply(scope *model.Scope, x *graph.Node) *graph.Node {
	return l.ApplyAll(scope, []*graph.Node{x})[0]
}

// ApplyAll adds it to the graph.
func (l classLoss) ApplyAll(_ *model.Scope, xs []*graph.Node) []*graph.Node {
	shapes, err := l.OutputShapes([][]int{xs[0].Shape().Dimensions, xs[1].Shape().Dimensions})
	if err != nil {
		panic(err)
	}
	g, classes := xs[0].Graph(), xs[0].Shape().Dim(1)
	last := func(x *graph.Node) *graph.Node {
		order := append([]int{0}, identity(x.Rank())[2:]...)
		return graph.Reshape(graph.TransposeAllAxes(x, append(order, 1)...), -1, classes)
	}
	logs := last(xs[0])
	if !l.LogProbabilities {
		logs = graph.LogSoftmax(logs, -1)
	}
	var targets, counts *graph.Node
	if l.Probabilities {
		targets = last(xs[1])
	} else {
		numbers := graph.ConvertDType(graph.Reshape(xs[1], -1), dtypes.Int32)
		ignored := graph.Equal(numbers, graph.Scalar(g, dtypes.Int32, l.Ignore))
		targets = graph.OneHot(graph.Where(ignored, graph.ZerosLike(numbers), numbers), classes, logs.DType())
		counts = graph.OneMinus(graph.ConvertDType(ignored, logs.DType()))
	}
	weights := slices.Repeat([]float32{1}, classes)
	for i, w := range l.Weights {
		weights[i] = float32(w)
	}
	weight := graph.Reshape(graph.Const(g, weights), 1, classes)
	share := targets
	if l.Smoothing != 0 {
		share = graph.AddScalar(graph.MulScalar(targets, 1-l.Smoothing), l.Smoothing/float64(classes))
	}
	losses := graph.Neg(graph.ReduceSum(graph.Mul(graph.Mul(share, weight), logs), -1))
	of := graph.ReduceSum(graph.Mul(targets, weight), -1)
	if counts != nil {
		losses, of = graph.Where(graph.Equal(counts, graph.ZerosLike(counts)), graph.ZerosLike(losses), losses), graph.Mul(of, counts)
	}
	return []*graph.Node{graph.Reshape(losses, shapes[0]...), graph.StopGradient(graph.Reshape(of, shapes[1]...))}
}

func init() {
	reads(func(c *call) ([]value, error) { return readClassLoss(c, false) }, "cross_entropy_loss")
	reads(func(c *call) ([]value, error) { return readClassLoss(c, true) }, "nll_loss_nd", "nll_loss", "nll_loss2d")
}

// unfolded undoes that the places of all rows were put one behind the other, as outputs.view(-1, classes) does: [batch, classes,
// places …] and [batch, places …], if both were. No place is anything to another.
func unfolded(x, y value) (a, b value, places int) {
	if x.rank() != 2 || y.rank() != 1 || len(x.axes[1]) != 1 || len(x.axes[0]) < 2 || len(y.axes[0]) != len(x.axes[0]) {
		return x, y, 0
	}
	for i := range x.axes[0] {
		p, q := x.axes[0][i], y.axes[0][i]
		if (p == 0) != (i == 0) || (q == 0) != (i == 0) || i > 0 && x.row[p-1] != y.row[q-1] {
			return x, y, 0
		}
	}
	a, b = x, y
	a.axes, b.axes = [][]int{{0}, x.axes[1]}, [][]int{{0}}
	for i := 1; i < len(x.axes[0]); i++ {
		a.axes, b.axes = append(a.axes, []int{x.axes[0][i]}), append(b.axes, []int{y.axes[0][i]})
	}
	return a, b, len(x.axes[0]) - 1
}

func readClassLoss(c *call, logs bool) ([]value, error) {
	x, err := c.node("self")
	if err != nil {
		return nil, err
	}
	y, err := c.node("target")
	if err != nil {
		return nil, err
	}
	l := classLoss{LogProbabilities: logs, Probabilities: !y.whole && x.rank() == y.rank()}
	if l.Ignore, err = c.int("ignore_index", -100); err != nil {
		return nil, err
	}
	if l.Smoothing, err = c.number("label_smoothing", 0); err != nil {
		return nil, err
	}
	if c.has("weight") {
		w, err := c.tensor("weight")
		if err != nil {
			return nil, err
		}
		if w.known == nil || w.parameter != "" || w.extent != nil {
			return nil, fmt.Errorf("weights of classes that are computed are not supported")
		}
		l.Weights = w.known.floats()
	}
	x, y, places := unfolded(x, y)
	if x, err = c.b.batchFirst(x); err != nil {
		return nil, err
	}
	if y, err = c.b.batchFirst(y); err != nil {
		return nil, err
	}
	out, err := c.b.addAll(l, x, y)
	if err != nil {
		return nil, err
	}
	for i := range out {
		switch {
		case places > 0: // one behind the other again
			out[i].axes = [][]int{append([]int{0}, identity(places + 1)[1:]...)}
		case x.rank() == 2:
			out[i].axes = [][]int{{0}}
		}
	}
	if l.Probabilities {
		return c.lossReduced(out[0], value{})
	}
	return c.lossReduced(out[0], out[1])
}
