package doctor

import (
	"testing"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/loss"
)

// inBatches is a loss that says how many numbers it compares.
type inBatches struct {
	loss.Loss
	size, rows int
}

func (b inBatches) Batches() (predictions, rows int) { return b.size, b.rows }

// A constant that is searched for is as good as the best one that is known.
func TestConstantsFoundByDescent(t *testing.T) {
	y := dataset.Array{Shape: []int{64, 2}}
	for i := range 64 {
		y.Values = append(y.Values, float32(i%7)*3-40, float32(i%3))
	}
	for _, l := range []loss.Loss{loss.MSE{}, loss.MAE{}, loss.Huber{}} {
		want, err := loss.BestConstant(l, y.Values, y.Shape, nil)
		require.NoError(t, err)
		got, err := bestByDescent(inBatches{l, 2, 64}, y)
		require.NoError(t, err)
		require.InEpsilon(t, want, got, 0.02, l.String())
		require.GreaterOrEqual(t, got, want*(1-1e-6))
	}
	nowhere := inBatches{notFinite{}, 2, 64}
	_, err := bestByDescent(nowhere, y)
	require.ErrorContains(t, err, "no constant prediction")
}

type notFinite struct{ loss.MSE }

func (notFinite) PerRow(labels, predictions *graph.Node) *graph.Node {
	return graph.Log(graph.MulScalar(graph.OnesLike(graph.ReduceSum(predictions, 1)), -1))
}
