package loss

import (
	"github.com/gomlx/gomlx/core/graph"

	"example.com/unstuck/internal/codec"
)

// BinaryFocalCrossentropy is [BinaryCrossentropy] times (1 − t)^Gamma, t = y·p + (1−y)·(1−p) being the probability of
// the right answer: rows that are easy count for little. Keras: "binary_focal_crossentropy". Source: Lin et al. 2017,
// arXiv:1708.02002.
//
// Probabilities are cut to [1e-7, 1−1e-7] in the logarithm alone, those of logits too. Shapes and NaN as for [MSE].
type BinaryFocalCrossentropy struct {
	Balanced       bool    `keras:"apply_class_balancing"`       // weighs ones by Alpha, zeros by 1 − Alpha
	Alpha          float64 `keras:"alpha,default=0.25"`          // weight of the ones; 0 means 0.25
	Gamma          float64 `keras:"gamma,default=2,from=0"`      // how much the easy ones are left out; 0 means 2
	FromLogits     bool    `keras:"from_logits"`                 // predictions are logits; false: probabilities
	LabelSmoothing float64 `keras:"label_smoothing,from=0,to=1"` // s in [0, 1]: labels become y·(1−s) + s/2
}

var (
	_ = losses.Add(BinaryFocalCrossentropy{}, averaged, codec.LastAxis("axis"))
	_ = losses.Say("binary_focal_crossentropy", BinaryFocalCrossentropy{})
)

// PerRow implements [Loss].
func (b BinaryFocalCrossentropy) PerRow(labels, predictions *graph.Node) *graph.Node {
	b.Alpha, b.Gamma = or(b.Alpha, 0.25), or(b.Gamma, 2)
	y := alike(labels, predictions)
	if s := b.LabelSmoothing; s != 0 {
		y = graph.AddScalar(graph.MulScalar(y, 1-s), 0.5*s)
	}
	p := predictions
	if b.FromLogits {
		p = graph.Sigmoid(p)
	}
	each := binaryCrossentropy(y, p)
	right := graph.Add(graph.Mul(y, p), graph.Mul(graph.OneMinus(y), graph.OneMinus(p)))
	each = graph.Mul(power(graph.OneMinus(right), b.Gamma), each)
	if b.Balanced {
		weight := graph.Add(graph.MulScalar(y, b.Alpha), graph.MulScalar(graph.OneMinus(y), 1-b.Alpha))
		each = graph.Mul(weight, each)
	}
	return meanPerRow(each)
}

// Validate refuses label smoothing outside [0, 1], a negative Gamma, and settings that aren't finite.
func (b BinaryFocalCrossentropy) Validate() error { return codec.Check(b) }

// String is "binary_focal_crossentropy".
func (BinaryFocalCrossentropy) String() string { return "binary_focal_crossentropy" }

// CategoricalFocalCrossentropy is −Alpha·Σ (1 − pₖ)^Gamma·yₖ·log pₖ over the classes k, for labels that are
// distributions (one-hot). Keras: "categorical_focal_crossentropy". Source: Lin et al. 2017, arXiv:1708.02002.
//
// Probabilities, those of logits too, are divided by their sum and cut to [1e-7, 1−1e-7]. Shapes as for
// [CategoricalCrossentropy].
type CategoricalFocalCrossentropy struct {
	Alpha          float64 `keras:"alpha,default=0.25"`          // factor of all; 0 means 0.25
	Gamma          float64 `keras:"gamma,default=2,from=0"`      // how much the easy ones are left out; 0 means 2
	FromLogits     bool    `keras:"from_logits"`                 // predictions are logits; false: probabilities
	LabelSmoothing float64 `keras:"label_smoothing,from=0,to=1"` // s in [0, 1]: labels become y·(1−s) + s/classes
}

var (
	_ = losses.Add(CategoricalFocalCrossentropy{}, averaged, codec.LastAxis("axis"))
	_ = losses.Say("categorical_focal_crossentropy", CategoricalFocalCrossentropy{})
)

// PerRow implements [Loss].
func (c CategoricalFocalCrossentropy) PerRow(labels, predictions *graph.Node) *graph.Node {
	c.Alpha, c.Gamma = or(c.Alpha, 0.25), or(c.Gamma, 2)
	needsClasses(predictions)
	y := alike(labels, predictions)
	if s := c.LabelSmoothing; s != 0 {
		y = graph.AddScalar(graph.MulScalar(y, 1-s), s/float64(predictions.Shape().Dim(-1)))
	}
	p := predictions
	if c.FromLogits {
		p = graph.Softmax(p, -1)
	}
	p = clip(graph.Div(p, graph.ReduceAndKeep(p, graph.ReduceSum, -1)), epsilon, 1-epsilon)
	each := graph.Mul(graph.MulScalar(power(graph.OneMinus(p), c.Gamma), c.Alpha), graph.Mul(y, graph.Log(p)))
	return meanPerRow(graph.Neg(graph.ReduceSum(each, -1)))
}

// Validate refuses label smoothing outside [0, 1], a negative Gamma, and settings that aren't finite.
func (c CategoricalFocalCrossentropy) Validate() error { return codec.Check(c) }

// String is "categorical_focal_crossentropy".
func (CategoricalFocalCrossentropy) String() string { return "categorical_focal_crossentropy" }

// or is x, or what its zero stands for. A number that is 0 in float32 but not here stands for 0.
func or(x, standard float64) float64 {
	switch {
	case x == 0:
		return standard
	case float32(x) == 0:
		return 0
	}
	return x
}

// power is x to a constant. To the power of 0 all is 1, without a gradient.
func power(x *graph.Node, exponent float64) *graph.Node {
	switch exponent {
	case 0:
		return graph.OnesLike(x)
	case 1:
		return x
	case 2:
		return graph.Square(x)
	}
	return graph.PowScalar(x, exponent)
}
