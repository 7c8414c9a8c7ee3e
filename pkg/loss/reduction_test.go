package loss

import (
	"encoding/json"
	"os"
	"testing"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/stretchr/testify/require"
)

type reducedCase struct {
	goldenCase
	Reduction string
	Weights   *array
	Mask      *struct {
		Shape  []int
		Values []bool
	}
	Value    number
	Gradient []number
}

// The gradient of what is trained by is Keras', whatever the reduction, with weights of rows and masks of steps, also where rows
// behind those of data fill the batch up. The value is, too, where it isn't a sum, of which the mean is reported.
func TestReductionsAreAsInKeras(t *testing.T) {
	text, err := os.ReadFile("testdata/reductions.json")
	require.NoError(t, err)
	var golden struct{ Cases []reducedCase }
	require.NoError(t, json.Unmarshal(text, &golden))
	require.NotEmpty(t, golden.Cases)
	for _, c := range golden.Cases {
		t.Run(c.Name, func(t *testing.T) { compareReduced(t, c) })
	}
}

func compareReduced(t *testing.T, c reducedCase) {
	class, ignoring := c.Arguments["ignore_class"]
	delete(c.Arguments, "ignore_class")
	plain := c.loss(t)
	if ignoring {
		plain = SparseCategoricalCrossentropy{Ignore: []int{int(class.(float64))}}
	}
	l, err := Reduced(plain, c.Reduction)
	require.NoError(t, err)
	rows := c.Labels.Shape[0]
	filled := func(a array) *tensors.Tensor { // by two rows
		n := len(a.Values) / rows
		a.Shape = append([]int{rows + 2}, a.Shape[1:]...)
		a.Values = append(append([]number(nil), a.Values...), a.Values[:2*n]...)
		return a.tensor()
	}
	inputs := []any{filled(c.Labels), filled(c.Predictions)}
	exec, err := graph.NewExec(goBackend(t), func(labels, predictions *graph.Node) (value, gradient *graph.Node) {
		g := predictions.Graph()
		data := make([]float32, rows+2)
		for i := range rows {
			data[i] = 1
		}
		b := Batch{Labels: labels, Predictions: predictions, Mask: graph.Const(g, data)}
		if c.Weights != nil {
			weights := make([]float32, rows+2)
			for i, w := range c.Weights.Values {
				weights[i] = float32(w)
			}
			b.Weight = graph.Const(g, weights)
		}
		if c.Mask != nil {
			steps := append(append([]bool(nil), c.Mask.Values...), c.Mask.Values[:2*c.Mask.Shape[1]]...)
			b.Steps = graph.Reshape(graph.Const(g, steps), rows+2, c.Mask.Shape[1])
		}
		each := b.Losses(l)
		if b.Weight != nil {
			each = graph.Mul(each, b.Weight)
		}
		value = graph.DivScalar(graph.ReduceAllSum(graph.Mul(each, b.Mask)), float64(rows))
		return value, graph.Gradient(value, predictions)[0]
	})
	require.NoError(t, err)
	defer exec.Finalize()
	out, err := exec.Call(inputs...)
	require.NoError(t, err)
	if _, sum := l.(Summed); !sum {
		requireClose(t, "value", []number{c.Value}, []float32{tensors.ToScalar[float32](out[0])})
	} else if c.Weights == nil && c.Mask == nil {
		requireClose(t, "sum", []number{c.Value}, []float32{printed(t, l, c)})
	}
	requireClose(t, "gradient", c.Gradient, tensors.MustCopyFlatData[float32](out[1])[:len(c.Gradient)])
}

// printed is what Keras prints for a batch.
func printed(t *testing.T, l Loss, c reducedCase) float32 {
	exec, err := graph.NewExec(goBackend(t), func(labels, predictions *graph.Node) *graph.Node {
		return OfBatch(l, []*graph.Node{labels}, []*graph.Node{predictions})
	})
	require.NoError(t, err)
	defer exec.Finalize()
	out, err := exec.Call(c.Labels.tensor(), c.Predictions.tensor())
	require.NoError(t, err)
	return tensors.ToScalar[float32](out[0])
}

// Keras' text of a loss says how it is reduced.
func TestReductionsArePrinted(t *testing.T) {
	for reduction, want := range map[string]string{
		"sum_over_batch_size": "keras.losses.Huber(delta=0.5)", "mean": "keras.losses.Huber(delta=0.5)", "sum": "keras.losses.Huber(delta=0.5, reduction='sum')",
		"mean_with_sample_weight": "keras.losses.Huber(delta=0.5, reduction='mean_with_sample_weight')",
	} {
		l, err := Reduced(Huber{Delta: 0.5}, reduction)
		require.NoError(t, err)
		code, err := KerasCode(l)
		require.NoError(t, err)
		require.Equal(t, want, code)
	}
	_, err := KerasCode(Summed{Of: MSE{}, AsTorch: true})
	require.ErrorContains(t, err, "sums other terms")
	_, err = Reduced(MSE{}, "median")
	require.ErrorContains(t, err, "median")
	require.Equal(t, "loss.Summed{Of: loss.MSE{}}", GoCode(Summed{Of: MSE{}}))
}
