package torch

import (
	"fmt"
	"slices"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"

	"example.com/unstuck/pkg/loss"
	"example.com/unstuck/pkg/nn"
)

// The losses of PyTorch as operations in a loss of the user's own.

// elementLoss is a loss of each value by itself, of predictions and labels.
//
// Shapes: two of [batch, …], of which axes of size 1 are repeated → what they come to.
type elementLoss struct{ Of loss.Loss }

// OutputShapes is the one shape.
func (elementLoss) OutputShapes(inputs [][]int) ([][]int, error) {
	if len(inputs) != 2 || len(inputs[0]) != len(inputs[1]) {
		return nil, fmt.Errorf("predictions and targets have shapes %v", inputs)
	}
	out := slices.Clone(inputs[0])
	for i, d := range inputs[1] {
		switch {
		case out[i] == 1:
			out[i] = d
		case d != 1 && d != out[i]:
			return nil, fmt.Errorf("predictions and targets have shapes %v", inputs)
		}
	}
	return [][]int{out}, nil
}

// Apply panics: there are two inputs.
func (e elementLoss) Apply(scope *model.Scope, x *graph.Node) *graph.Node {
	return e.ApplyAll(scope, []*graph.Node{x})[0]
}

// ApplyAll adds it to the graph.
func (e elementLoss) ApplyAll(_ *model.Scope, xs []*graph.Node) []*graph.Node {
	dims := []int{}
	for i := range xs[0].Rank() {
		dims = append(dims, max(xs[0].Shape().Dim(i), xs[1].Shape().Dim(i)))
	}
	column := func(x *graph.Node) *graph.Node { return graph.Reshape(graph.BroadcastToDims(x, dims...), -1, 1) }
	return []*graph.Node{graph.Reshape(e.Of.PerRow(column(xs[1]), column(xs[0])), dims...)}
}

// elementwiseLoss reads one whose settings make takes.
func elementwiseLoss(make func(c *call) (loss.Loss, error)) func(c *call) ([]value, error) {
	return func(c *call) ([]value, error) {
		l, err := make(c)
		if err != nil {
			return nil, err
		}
		name := "self"
		if !c.has(name) {
			name = "input"
		}
		x, err := c.tensor(name)
		if err != nil {
			return nil, err
		}
		y, err := c.tensor("target")
		if err != nil {
			return nil, err
		}
		out, err := c.b.compared(l, x, y)
		if err != nil {
			return nil, err
		}
		if c.has("weight") {
			weight, err := c.tensor("weight")
			if err != nil {
				return nil, err
			}
			if out, err = c.b.binary("multiply", out, weight); err != nil {
				return nil, err
			}
		}
		return c.lossReduced(out, value{})
	}
}

// compared is a loss of each value of x beside that of y.
func (b *builder) compared(l loss.Loss, x, y value) (value, error) {
	for _, v := range []*value{&x, &y} { // what is known becomes what is added to zeros
		if v.isNode() {
			continue
		}
		other := x
		if v == &x {
			other = y
		}
		zeros, err := b.add(nn.Unary{Function: "zeros_like"}, other)
		if err != nil {
			return x, err
		}
		zeros.axes = other.axes
		if *v, err = b.binary("add", zeros, *v); err != nil {
			return x, err
		}
	}
	a, err := b.align(0, x, y)
	if err != nil {
		return x, err
	}
	out, err := b.add(elementLoss{l}, a.values[0], a.values[1])
	return a.result(out), err
}

// lossReduced applies the argument "reduction"; a mean is divided by the sum of weights where there are some.
func (c *call) lossReduced(v, weights value) ([]value, error) {
	reduction, err := c.int("reduction", 1)
	if err != nil {
		return nil, err
	}
	function, ok := map[int]string{1: "mean", 2: "sum"}[reduction]
	if !ok {
		return []value{v}, nil
	}
	if function == "mean" && weights.isNode() {
		sum, err := c.b.reduced("sum", v, identity(v.rank()), false)
		if err != nil {
			return nil, err
		}
		by, err := c.b.reduced("sum", weights, identity(weights.rank()), false)
		if err != nil {
			return nil, err
		}
		return one(c.b.binary("divide", sum, by))
	}
	return one(c.b.reduced(function, v, identity(v.rank()), false))
}

func init() {
	plain := func(l loss.Loss) func(*call) (loss.Loss, error) {
		return func(*call) (loss.Loss, error) { return l, nil }
	}
	reads(elementwiseLoss(plain(loss.MSE{})), "mse_loss")
	reads(elementwiseLoss(plain(loss.MAE{ZeroAtZero: true})), "l1_loss")
	reads(elementwiseLoss(plain(loss.BinaryCrossentropy{CutLogarithms: true})), "binary_cross_entropy")
	reads(elementwiseLoss(plain(loss.SoftMarginLoss{})), "soft_margin_loss")
	reads(elementwiseLoss(func(c *call) (loss.Loss, error) {
		beta, err := c.number("beta", 1)
		if beta == 0 {
			return loss.MAE{ZeroAtZero: true}, err
		}
		return loss.Huber{Delta: beta, Unit: true}, err
	}), "smooth_l1_loss")
	reads(elementwiseLoss(func(c *call) (loss.Loss, error) {
		delta, err := c.number("delta", 1)
		return loss.Huber{Delta: delta}, err
	}), "huber_loss")
	reads(elementwiseLoss(func(c *call) (loss.Loss, error) {
		return loss.KLDivLoss{LogTarget: c.flag("log_target", false)}, nil
	}), "kl_div")
	reads(elementwiseLoss(func(c *call) (loss.Loss, error) {
		epsilon, err := c.number("eps", 1e-8)
		return loss.PoissonNLLLoss{Rates: !c.flag("log_input", true), Full: c.flag("full", false), Epsilon: epsilon}, err
	}), "poisson_nll_loss")
	reads(elementwiseLoss(func(c *call) (loss.Loss, error) {
		margin, err := c.number("margin", 1)
		return loss.HingeEmbeddingLoss{Margin: margin}, err
	}), "hinge_embedding_loss")
	reads(readLogitsLoss, "binary_cross_entropy_with_logits")
}

// readLogitsLoss has a weight for positive targets: (1 − y)·x + (1 + (w − 1)·y)·softplus(−x).
func readLogitsLoss(c *call) ([]value, error) {
	if !c.has("pos_weight") {
		return elementwiseLoss(func(*call) (loss.Loss, error) { return loss.BinaryCrossentropy{FromLogits: true}, nil })(c)
	}
	x, err := c.node("self")
	if err != nil {
		return nil, err
	}
	y, err := c.tensor("target")
	if err != nil {
		return nil, err
	}
	w, err := c.tensor("pos_weight")
	if err != nil {
		return nil, err
	}
	var failed error
	do := func(function string, a, b value) value {
		if failed != nil {
			return a
		}
		var out value
		out, failed = c.b.binary(function, a, b)
		return out
	}
	soft, err := c.b.add(nn.Unary{Function: "negative"}, x)
	if err != nil {
		return nil, err
	}
	if soft, err = c.b.add(nn.Softplus{}, soft); err != nil {
		return nil, err
	}
	soft.axes = x.axes
	factor := do("add", do("multiply", do("subtract", w, number(1)), y), number(1))
	out := do("add", do("multiply", do("subtract", number(1), y), x), do("multiply", factor, soft))
	if c.has("weight") {
		weight, err := c.tensor("weight")
		if err != nil {
			return nil, err
		}
		out = do("multiply", out, weight)
	}
	if failed != nil {
		return nil, failed
	}
	return c.lossReduced(out, value{})
}

// broadcast_tensors gives tensors the shape that they have together.
var _ = reads(func(c *call) ([]value, error) {
	all, err := c.tensors("tensors")
	if err != nil {
		return nil, err
	}
	rank := 0
	for _, v := range all {
		rank = max(rank, v.rank())
	}
	want := slices.Repeat([]size{{n: 1}}, rank)
	for _, v := range all {
		for i, s := range v.shape() {
			at := &want[rank-v.rank()+i]
			switch {
			case *at == (size{n: 1}):
				*at = s
			case s != (size{n: 1}) && s != *at:
				return nil, fmt.Errorf("shapes %v don't fit", shapesOf(all))
			}
		}
	}
	for i, v := range all {
		if slices.Equal(v.shape(), want) {
			continue
		}
		if v.isNode() && v.batchAxis() >= 0 && v.batchAxis()+rank-v.rank() != slices.IndexFunc(want, func(s size) bool { return s.batch }) {
			return nil, fmt.Errorf("shapes %v become %v, in which each row of the batch meets every other: give both the same shape", shapesOf(all), want)
		}
		if all[i], err = c.b.expanded(v, want); err != nil {
			return nil, err
		}
	}
	return all, nil
}, "broadcast_tensors")

// cosine_similarity divides the sum of products by both norms.
var _ = reads(func(c *call) ([]value, error) {
	epsilon, err := c.number("eps", 1e-8)
	if err != nil {
		return nil, err
	}
	var units [2]value
	axis := 0
	for i, name := range []string{"x1", "x2"} {
		x, err := c.node(name)
		if err != nil {
			return nil, err
		}
		if axis, err = c.axis("dim", 1, x.rank()); err != nil {
			return nil, err
		}
		square, err := c.b.each(nn.Unary{Function: "square"}, x)
		if err != nil {
			return nil, err
		}
		sum, err := c.b.reduced("sum", square, []int{axis}, true)
		if err != nil {
			return nil, err
		}
		if sum, err = c.b.binary("maximum", sum, number(epsilon*epsilon)); err != nil {
			return nil, err
		}
		if sum, err = c.b.each(nn.Unary{Function: "sqrt"}, sum); err != nil {
			return nil, err
		}
		if units[i], err = c.b.binary("divide", x, sum); err != nil {
			return nil, err
		}
	}
	product, err := c.b.binary("multiply", units[0], units[1])
	if err != nil {
		return nil, err
	}
	return one(c.b.reduced("sum", product, []int{axis}, false))
}, "cosine_similarity")

// each applies a function of each value by itself.
func (b *builder) each(l nn.Layer, x value) (value, error) {
	y, err := b.add(l, x)
	y.axes = x.axes
	return y, err
}
