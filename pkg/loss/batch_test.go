package loss

import (
	"math/rand/v2"
	"reflect"
	"testing"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/stretchr/testify/require"
)

// batchOf draws labels and predictions that suit a loss: probabilities, classes by number, sequences.
func batchOf(l Loss, rows int, rng *rand.Rand) (labels, predictions *tensors.Tensor) {
	draw := func(n int, next func() float32) []float32 {
		values := make([]float32, n)
		for i := range values {
			values[i] = next()
		}
		return values
	}
	number := func() float32 { return float32(rng.IntN(3)) }
	bit := func() float32 { return float32(rng.IntN(2)) }
	switch l.(type) {
	case SparseCategoricalCrossentropy, CategoricalGeneralizedCrossEntropy, Circle:
		return tensors.FromFlatDataAndDimensions(draw(rows, number), rows), tensors.FromFlatDataAndDimensions(draw(rows*3, rng.Float32), rows, 3)
	case CTC:
		return tensors.FromFlatDataAndDimensions(draw(rows*2, number), rows, 2), tensors.FromFlatDataAndDimensions(draw(rows*12, rng.Float32), rows, 4, 3)
	}
	return tensors.FromFlatDataAndDimensions(draw(rows*3, bit), rows, 3), tensors.FromFlatDataAndDimensions(draw(rows*3, rng.Float32), rows, 3)
}

// TestFilledUpBatches: rows that fill a batch up change nothing for those of data, whatever is in them, in any loss.
func TestFilledUpBatches(t *testing.T) {
	const data, all = 5, 8
	for _, c := range losses.Classes() {
		variants := []Loss{c.Zero().(Loss)}
		if c.Has("Axis") {
			l := reflect.New(c.Type).Elem()
			l.FieldByName("Axis").Set(reflect.ValueOf([]int{1}))
			variants = append(variants, l.Interface().(Loss))
		}
		for _, l := range variants {
			t.Run(GoCode(l), func(t *testing.T) {
				labels, predictions := batchOf(l, all, rand.New(rand.NewPCG(3, 4)))
				step := func(mask []float32, labels, predictions *graph.Node) (rows, gradient *graph.Node) {
					var m *graph.Node
					if mask != nil {
						m = graph.Const(labels.Graph(), mask)
					} else {
						labels = graph.Slice(labels, graph.AxisRange(0, data))
						predictions = graph.Slice(predictions, graph.AxisRange(0, data))
					}
					rows = graph.Slice(Rows(l, labels, predictions, m), graph.AxisRange(0, data))
					return rows, graph.Gradient(graph.ReduceAllSum(rows), predictions)[0]
				}
				results := map[bool][2][]float32{}
				for _, filled := range []bool{true, false} {
					var mask []float32
					if filled {
						mask = []float32{1, 1, 1, 1, 1, 0, 0, 0}
					}
					exec, err := graph.NewExec(goBackend(t), func(labels, predictions *graph.Node) (*graph.Node, *graph.Node) {
						return step(mask, labels, predictions)
					})
					require.NoError(t, err)
					defer exec.Finalize()
					out, err := exec.Call(labels, predictions)
					require.NoError(t, err)
					gradient := tensors.MustCopyFlatData[float32](out[1])
					results[filled] = [2][]float32{tensors.MustCopyFlatData[float32](out[0]), gradient[:data*(len(gradient)/out[1].Shape().Dim(0))]}
				}
				require.InDeltaSlice(t, results[false][0], results[true][0], 1e-5)
				require.InDeltaSlice(t, results[false][1], results[true][1], 1e-5)
			})
		}
	}
}
