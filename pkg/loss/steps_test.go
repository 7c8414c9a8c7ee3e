package loss

import (
	"math"
	"testing"

	"github.com/gomlx/compute/gobackend"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// stepsOf runs a function of labels, predictions, mask and rows, of which the last two are true where they aren't 0.
func stepsOf(t *testing.T, of func(y, p, mask, rows *graph.Node) []*graph.Node, y, p [][]float32, mask [][]bool, rows []float32) [][]float32 {
	t.Helper()
	exec, err := graph.NewExec(gobackend.GetBackend(), func(y, p, mask, rows *graph.Node) []*graph.Node { return of(y, p, mask, rows) })
	require.NoError(t, err)
	defer exec.Finalize()
	out, err := exec.Call(y, p, mask, rows)
	require.NoError(t, err)
	var all [][]float32
	for _, o := range out {
		all = append(all, tensors.MustCopyFlatData[float32](o))
	}
	return all
}

// The mean of what Means gives is the mean over the steps that count, of each group of rows by itself; rows that fill the batch up
// and what is at steps that don't count make no difference, to the loss or to its gradient.
func TestMeansOverSteps(t *testing.T) {
	nothing := float32(-1) // no class
	y := [][]float32{{1, 0, nothing}, {1, nothing, nothing}, {0, 1, 1}, {nothing, nothing, nothing}, {0, 0, 0}}
	p := [][]float32{{1, 2, 99}, {-1, 99, 99}, {0.5, 1, 2}, {3, 99, 7}, {99, 99, 99}}
	mask := [][]bool{{true, true, false}, {true, false, false}, {true, true, true}, {false, false, false}, {true, true, true}}
	rows := []float32{1, 1, 1, 1, 0}
	at := func(row, step int) float64 { // −log of the share of the class among softmax(p, 0)
		x := float64(p[row][step])
		if y[row][step] == 1 {
			x = -x
		}
		return math.Log(1 + math.Exp(-x))
	}
	means := func(together int) func(y, p, mask, rows *graph.Node) []*graph.Node {
		return func(y, p, mask, rows *graph.Node) []*graph.Node {
			logits := graph.Stack([]*graph.Node{p, graph.ZerosLike(p)}, -1)
			values := OfSteps(SparseCategoricalCrossentropy{FromLogits: true}, y, logits, mask, rows).Means(rows, together)
			total := graph.ReduceAllSum(values)
			return []*graph.Node{values, graph.Gradient(total, p)[0]}
		}
	}
	sum := func(values []float32) (s float64) {
		for _, v := range values {
			s += float64(v)
		}
		return s
	}
	all := stepsOf(t, means(0), y, p, mask, rows)
	want := (at(0, 0) + at(0, 1) + at(1, 0) + at(2, 0) + at(2, 1) + at(2, 2)) / 6
	assert.InDelta(t, want, sum(all[0])/4, 1e-6, "one batch")
	for i, g := range all[1] {
		assert.Equal(t, mask[i/3][i%3] && rows[i/3] == 1, g != 0, "gradient %g at %d", g, i)
		assert.False(t, math.IsNaN(float64(g)))
	}
	pairs := stepsOf(t, means(2), y, p, mask, rows)
	want = (2*(at(0, 0)+at(0, 1)+at(1, 0))/3 + 2*(at(2, 0)+at(2, 1)+at(2, 2))/3) / 4
	assert.InDelta(t, want, sum(pairs[0])/4, 1e-6, "batches of two")

	none := [][]bool{{false, false, false}, {false, false, false}, {false, false, false}, {false, false, false}, {false, false, false}}
	for _, v := range stepsOf(t, means(0), y, p, none, rows)[0] {
		assert.Zero(t, v, "no step counts")
	}
}

func TestLossesWithoutSteps(t *testing.T) {
	for _, l := range []Metric{Dice{}, Tversky{}, Circle{}, CTC{}, Reported{Metric: Dice{}}} {
		assert.ErrorContains(t, MaskedOutput(l), "output with a mask", "%T", l)
	}
	assert.NoError(t, MaskedOutput(Hinge{}))
}
