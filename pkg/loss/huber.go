package loss

import (
	"github.com/gomlx/gomlx/core/graph"

	"example.com/unstuck/internal/codec"
)

// Huber is quadratic for small errors e and linear for large ones, averaged over the outputs:
//
//	½e²             for |e| ≤ Delta
//	Delta·|e| − ½Delta²  beyond
//
// Keras: "huber". Shapes and NaN as for [MSE]. Source: Huber 1964.
type Huber struct {
	Delta float64 `keras:"delta,default=1,above=0"` // where the line begins, in the labels' unit; 0 means 1
	Unit  bool    `keras:"-"`                       // divides by Delta, so that the line's slope is 1: PyTorch's SmoothL1Loss, whose beta Delta is
}

// Keras 3.15 doesn't write delta into its files, so that it is 1 for Keras, too, when it reads them.
var (
	_ = losses.Add(Huber{}, averaged)
	_ = losses.Say("huber", Huber{})
)

// PerRow implements [Loss].
func (h Huber) PerRow(labels, predictions *graph.Node) *graph.Node {
	labels = alike(labels, predictions)
	delta := h.delta()
	e := graph.Sub(predictions, labels)
	size := graph.Abs(e)
	quadratic := graph.MulScalar(graph.Square(e), 0.5)
	linear := graph.AddScalar(graph.MulScalar(size, delta), -0.5*delta*delta)
	if h.Unit {
		quadratic, linear = graph.DivScalar(quadratic, delta), graph.DivScalar(linear, delta)
	}
	// The unused branch must not overflow: its gradient, 0·∞, would be NaN.
	return meanPerRow(graph.Where(graph.GreaterThan(size, graph.Scalar(e.Graph(), e.DType(), delta)), linear, quadratic))
}

func (h Huber) delta() float64 {
	if h.Delta == 0 {
		return 1
	}
	return h.Delta
}

// Validate refuses a negative, NaN or infinite Delta.
func (h Huber) Validate() error { return codec.Check(h) }

// String is "huber".
func (Huber) String() string { return "huber" }
