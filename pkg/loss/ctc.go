package loss

import (
	"fmt"

	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/graph"
)

// CTC is −log of the probability that a sequence of predictions spells the labels, whatever steps each letter takes:
// connectionist temporal classification (Graves et al. 2006). Keras: "ctc".
//
// Predictions are logits [batch, time, classes], class 0 being the blank; labels are class numbers [batch, letters],
// from 1, filled up with zeros behind. Where there is less time than letters, the loss is about 1e5. The program grows
// with the time.
type CTC struct{}

var (
	_ = losses.Add(CTC{}, averaged)
	_ = losses.Say("ctc", CTC{})
)

// unlikely stands for the logarithm of 0, as in Keras.
const unlikely = -1e5

// PerRow implements [Loss].
func (CTC) PerRow(labels, predictions *graph.Node) *graph.Node {
	if labels.Rank() != 2 || predictions.Rank() != 3 || labels.Shape().Dim(0) != predictions.Shape().Dim(0) {
		panic(fmt.Errorf("labels have shape %v, predictions %v: CTC needs class numbers [batch, letters] and logits [batch, time, classes]", labels.Shape().Dimensions, predictions.Shape().Dimensions))
	}
	g, dtype := predictions.Graph(), predictions.DType()
	batch, time, classes := predictions.Shape().Dim(0), predictions.Shape().Dim(1), predictions.Shape().Dim(2)
	letters := labels.Shape().Dim(1)
	labels = graph.ConvertDType(labels, dtype)
	oneHot := graph.ConvertDType(graph.Equal(
		graph.BroadcastToDims(graph.InsertAxes(labels, -1), batch, letters, classes),
		graph.Iota(g, shapes.Make(dtype, batch, letters, classes), -1)), dtype)
	logs := graph.LogSoftmax(predictions, -1)
	blanks := graph.Slice(logs, graph.AxisRange(), graph.AxisRange(), graph.AxisRange(0, 1)) // [batch, time, 1]
	emits := graph.Einsum("btk,bnk->btn", logs, oneHot)

	// repeat is 1 where the next letter is the same, which takes a blank between them.
	repeat := graph.Zeros(g, labels.Shape())
	if letters > 1 {
		next := graph.Slice(labels, graph.AxisRange(), graph.AxisRange(1))
		this := graph.Slice(labels, graph.AxisRange(), graph.AxisRange(0, letters-1))
		repeat = graph.Concatenate([]*graph.Node{
			graph.ConvertDType(graph.Equal(this, next), dtype), graph.Zeros(g, shapes.Make(dtype, batch, 1)),
		}, 1)
	}
	low := graph.BroadcastToDims(graph.Scalar(g, dtype, unlikely), batch, letters)
	// phi is the logarithm of the probability of having spelled n letters and standing on a blank, emit of standing on
	// the n-th letter.
	phi := graph.Concatenate([]*graph.Node{graph.Zeros(g, shapes.Make(dtype, batch, 1)), low}, 1)
	emit := low
	leave := func(phi, more *graph.Node) *graph.Node {
		first := graph.Slice(phi, graph.AxisRange(), graph.AxisRange(0, 1))
		rest := graph.Slice(phi, graph.AxisRange(), graph.AxisRange(1))
		return graph.Concatenate([]*graph.Node{first, graph.LogAddExp(rest, more)}, 1)
	}
	for t := range time {
		letter := graph.Squeeze(graph.Slice(emits, graph.AxisRange(), graph.AxisElem(t)), 1)
		blank := graph.Squeeze(graph.Slice(blanks, graph.AxisRange(), graph.AxisElem(t)), 1) // [batch, 1]
		before := leave(phi, graph.Add(emit, graph.MulScalar(repeat, unlikely)))
		began := graph.Slice(before, graph.AxisRange(), graph.AxisRange(0, letters))
		next := graph.LogAddExp(graph.Add(began, letter), graph.Add(emit, letter))
		phi = graph.Add(before, graph.BroadcastToShape(blank, before.Shape()))
		phi = leave(phi, graph.Add(graph.Add(emit, graph.BroadcastToShape(blank, emit.Shape())), graph.MulScalar(graph.OneMinus(repeat), unlikely)))
		emit = next
	}
	phi = leave(phi, emit)
	length := graph.ReduceAndKeep(graph.ConvertDType(graph.NotEqual(labels, graph.ScalarZero(g, dtype)), dtype), graph.ReduceSum, -1)
	end := graph.ConvertDType(graph.Equal(graph.BroadcastToShape(length, phi.Shape()), graph.Iota(g, phi.Shape(), -1)), dtype)
	return graph.Neg(graph.ReduceSum(graph.Mul(phi, end), -1))
}

// String is "ctc".
func (CTC) String() string { return "ctc" }
