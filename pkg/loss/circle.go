package loss

import (
	"fmt"
	"math"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/gomlx/core/graph"

	"example.com/unstuck/internal/codec"
)

// Circle is the circle loss of Sun et al. 2020 (arXiv:2002.10857) over all pairs of a batch, for predictions that are
// vectors of length 1 and labels that are class numbers: vectors of one class are drawn together, those of others
// pushed apart. Keras: "circle".
//
//	d = max(1 − a·b, 0)
//	log(1 + Σ exp(−Gamma·(Margin + d)·(Margin − d))·Σ exp(Gamma·max(1 + Margin − d, 0)·(1 − Margin − d)))
//
// the first sum being over the other rows of the same class, the second over the rows of other classes. A row without
// either costs nothing and doesn't count in the mean, as in Keras.
//
// Shapes: predictions [batch, n], labels [batch] or [batch, 1]. Vectors of another length aren't refused. A batch needs
// several rows of a class.
type Circle struct {
	Gamma        float64 `keras:"gamma,default=80"`    // scale; 0 means 80
	Margin       float64 `keras:"margin,default=0.4"`  // 0 means 0.4
	KeepDiagonal bool    `keras:"remove_diagonal,not"` // takes each row as a partner of itself
}

var (
	_ = losses.Add(Circle{}, averaged)
	_ = losses.Say("circle", Circle{})
)

// PerRow implements [Loss].
func (c Circle) PerRow(labels, predictions *graph.Node) *graph.Node {
	return c.PerRowOf(labels, predictions, nil)
}

// PerRowOf implements [Batchwise].
func (c Circle) PerRowOf(labels, predictions, mask *graph.Node) *graph.Node {
	rows := c.rows(labels, predictions, mask)
	g, dtype := rows.Graph(), rows.DType()
	zero := graph.ScalarZero(g, dtype)
	counts := graph.ConvertDType(graph.GreaterThan(onData(rows, mask, 0), zero), dtype)
	counted := graph.ReduceAllSum(counts)
	share := graph.Where(graph.GreaterThan(counted, zero), graph.Div(dataRows(predictions, mask), counted), zero)
	return graph.Mul(rows, share)
}

// rows are the losses of rows, 0 for those that don't count in the mean.
func (c Circle) rows(labels, predictions, mask *graph.Node) *graph.Node {
	gamma, margin := or(c.Gamma, 80), or(c.Margin, 0.4)
	same, other := c.partners(labels, predictions, mask)
	d := ramp(graph.OneMinus(graph.Dot(predictions, graph.Transpose(predictions, 0, 1)).Product()))
	near := graph.Mul(graph.AddScalar(d, margin), graph.AddScalar(graph.Neg(d), margin))
	far := graph.Mul(ramp(graph.AddScalar(graph.Neg(d), 1+margin)), graph.AddScalar(graph.Neg(d), 1-margin))
	return softplus(graph.Add(
		logSumExp(graph.MulScalar(near, -gamma), same),
		logSumExp(graph.MulScalar(far, gamma), other)))
}

// partners are the pairs of rows of one class and of different classes, [batch, batch].
func (c Circle) partners(labels, predictions, mask *graph.Node) (same, other *graph.Node) {
	if predictions.Rank() != 2 {
		panic(fmt.Errorf("predictions have shape %v: the circle loss needs one vector for each row", predictions.Shape().Dimensions))
	}
	g, n := predictions.Graph(), predictions.Shape().Dim(0)
	if labels.Shape().Size() != n {
		panic(fmt.Errorf("labels have shape %v, predictions %v: the circle loss needs one class number for each row", labels.Shape().Dimensions, predictions.Shape().Dimensions))
	}
	labels = graph.ConvertDType(labels, dtypes.Int32)
	rows := graph.BroadcastToDims(graph.Reshape(labels, n, 1), n, n)
	columns := graph.BroadcastToDims(graph.Reshape(labels, 1, n), n, n)
	same = graph.Equal(rows, columns)
	other = graph.LogicalNot(same)
	if !c.KeepDiagonal {
		same = graph.LogicalAnd(same, graph.LogicalNot(graph.Diagonal(g, n)))
	}
	if mask != nil {
		data := graph.GreaterThan(mask, graph.ScalarZero(g, mask.DType()))
		known := graph.BroadcastToDims(graph.Reshape(data, 1, n), n, n)
		same, other = graph.LogicalAnd(same, known), graph.LogicalAnd(other, known)
	}
	return same, other
}

// logSumExp is log Σ exp(x) over the columns that are true, −∞ where none is; those that aren't have no gradient.
func logSumExp(x, which *graph.Node) *graph.Node {
	g, dtype := x.Graph(), x.DType()
	low := graph.Scalar(g, dtype, math.Inf(-1))
	zero := graph.ScalarZero(g, dtype)
	most := graph.StopGradient(graph.ReduceAndKeep(graph.Where(which, x, low), graph.ReduceMax, -1))
	most = graph.Where(graph.IsFinite(most), most, zero)
	sum := graph.ReduceSum(graph.Where(which, graph.Exp(graph.Where(which, graph.Sub(x, most), low)), zero), -1)
	empty := graph.Equal(sum, zero)
	logarithm := graph.Add(graph.Log(graph.Where(empty, graph.OnesLike(sum), sum)), graph.Squeeze(most, -1))
	return graph.Where(empty, low, logarithm)
}

// Validate refuses settings that aren't finite.
func (c Circle) Validate() error { return codec.Check(c) }

// String is "circle".
func (Circle) String() string { return "circle" }
