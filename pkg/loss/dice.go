package loss

import (
	"fmt"

	"github.com/gomlx/gomlx/core/graph"

	"example.com/unstuck/internal/codec"
)

// Dice is 1 − 2·Σyp/(Σy + Σp + 1e-7), for masks of pictures: y the labels and p the predictions, both in [0, 1].
// Keras: "dice".
//
// The sums run over Axis. Without one they run over the whole batch, so that all rows have one loss, and another batch
// size gives another; with the axes behind the batch, 1, 2 and 3 for pictures, each row has its own. Axes that are left
// are averaged. Shapes: both alike.
type Dice struct {
	Axis []int `keras:"axis"` // axes that are summed up, 0 being the batch, negative from behind; nil: all
}

var (
	_ = losses.Add(Dice{}, averaged)
	_ = losses.Say("dice", Dice{})
)

// PerRow implements [Loss].
func (d Dice) PerRow(labels, predictions *graph.Node) *graph.Node {
	return d.PerRowOf(labels, predictions, nil)
}

// PerRowOf implements [Batchwise].
func (d Dice) PerRowOf(labels, predictions, mask *graph.Node) *graph.Node {
	s := newOverlap(d.Axis, labels, predictions, mask)
	all := graph.AddScalar(graph.Add(s.sum(s.y), s.sum(s.p)), epsilon)
	return s.perRow(graph.OneMinus(graph.Div(graph.MulScalar(s.sum(graph.Mul(s.y, s.p)), 2), all)))
}

// String is "dice".
func (Dice) String() string { return "dice" }

// Tversky is 1 − Σyp/(Σyp + Alpha·Σ(1−p)y + Beta·Σp(1−y) + 1e-7): [Dice] where what is missed and what is too much
// count differently. Keras: "tversky". Source: Salehi et al. 2017, arXiv:1706.05721.
//
// Axis and shapes as for [Dice].
type Tversky struct {
	Alpha float64 `keras:"alpha,default=0.5"` // weight of what is missed; 0 means 0.5
	Beta  float64 `keras:"beta,default=0.5"`  // weight of what is too much; 0 means 0.5
	Axis  []int   `keras:"axis"`              // axes that are summed up, 0 being the batch, negative from behind; nil: all
}

var (
	_ = losses.Add(Tversky{}, averaged)
	_ = losses.Say("tversky", Tversky{})
)

// PerRow implements [Loss].
func (t Tversky) PerRow(labels, predictions *graph.Node) *graph.Node {
	return t.PerRowOf(labels, predictions, nil)
}

// PerRowOf implements [Batchwise].
func (t Tversky) PerRowOf(labels, predictions, mask *graph.Node) *graph.Node {
	s := newOverlap(t.Axis, labels, predictions, mask)
	both := s.sum(graph.Mul(s.y, s.p))
	missed := s.sum(graph.Mul(graph.OneMinus(s.p), s.y))
	surplus := s.sum(graph.Mul(s.p, graph.OneMinus(s.y)))
	all := graph.Add(both, graph.Add(graph.MulScalar(missed, or(t.Alpha, 0.5)), graph.MulScalar(surplus, or(t.Beta, 0.5))))
	return s.perRow(graph.OneMinus(graph.Div(both, graph.AddScalar(all, epsilon))))
}

// Validate refuses an Alpha or Beta that isn't finite.
func (t Tversky) Validate() error { return codec.Check(t) }

// String is "tversky".
func (Tversky) String() string { return "tversky" }

// overlap sums labels and predictions over some axes; rows that aren't data are zeros on both sides, and so add nothing.
type overlap struct {
	y, p *graph.Node
	axes []int // nil: all
}

func newOverlap(axes []int, labels, predictions, mask *graph.Node) overlap {
	y := alike(labels, predictions)
	s := overlap{y: onData(y, mask, 0), p: onData(predictions, mask, 0)}
	for _, a := range axes {
		if a < 0 {
			a += y.Rank()
		}
		if a < 0 || a >= y.Rank() {
			panic(fmt.Errorf("the loss sums over the axes %v, but predictions have shape %v", axes, y.Shape().Dimensions))
		}
		s.axes = append(s.axes, a)
	}
	return s
}

func (s overlap) sum(x *graph.Node) *graph.Node {
	if s.axes == nil {
		return graph.ReduceAllSum(x)
	}
	return graph.ReduceSum(x, s.axes...)
}

// leftOf is how many numbers are left when predictions are summed up over some axes, nil being all; of each row, where the batch
// isn't among them.
func leftOf(axes, predictions []int) (n int, whole bool) {
	if axes == nil {
		return 1, true
	}
	n = product(predictions)
	for _, a := range axes {
		if a < 0 {
			a += len(predictions)
		}
		if a >= 0 && a < len(predictions) { // others are refused elsewhere
			n /= max(1, predictions[a])
		}
		whole = whole || a == 0
	}
	if !whole {
		n /= max(1, predictions[0])
	}
	return n, whole
}

func (d Dice) kerasTerms(predictions []int) (int, bool)    { return leftOf(d.Axis, predictions) }
func (t Tversky) kerasTerms(predictions []int) (int, bool) { return leftOf(t.Axis, predictions) }

// perRow makes rows of what is left of the axes: where the batch is among those summed up, all rows have its mean.
func (s overlap) perRow(x *graph.Node) *graph.Node {
	whole := s.axes == nil
	for _, a := range s.axes {
		whole = whole || a == 0
	}
	if whole {
		return graph.BroadcastToDims(graph.ReduceAllMean(x), s.p.Shape().Dim(0))
	}
	return meanPerRow(x)
}
