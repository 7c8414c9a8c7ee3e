package nn_test

import (
	"testing"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"
	"github.com/gomlx/gomlx/ml/train"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/nn"
)

// Rows that fill up the batch cost nothing, and don't dilute the others' penalty.
func TestActivityPenaltyLeavesOutRowsThatFillUp(t *testing.T) {
	net := nn.ActivityRegularized{Layer: nn.Rescaling{Scale: 2}, Regularizer: nn.L1L2{L1: 0.5, L2: 0.25}}
	rows := [][]float32{{1, -1}, {2, 0}, {100, 100}}
	exec, err := model.NewExec(pureGo(t), model.NewStore(), func(scope *model.Scope, x *graph.Node) *graph.Node {
		nn.SetBatchMask(x.Graph(), graph.Const(x.Graph(), []bool{true, true, false}))
		net.Apply(scope, x)
		return train.GetRegularizationLoss(x.Graph())
	})
	require.NoError(t, err)
	out, err := exec.Exec(rows)
	require.NoError(t, err)
	// Outputs 2, −2, 4, 0: 0.5·8 + 0.25·24 over 2 rows.
	assert.InDelta(t, 5, out[0].Value(), 1e-5)
}

func TestActivityPenaltiesAreListedPrintedAndTakenAway(t *testing.T) {
	plain := nn.Sequential{nn.Bidirectional{Layer: nn.GRU{Units: 2}}, nn.Frozen{Layer: nn.Dense{Units: 3}}, nn.ActivityRegularization{}}
	penalized := nn.Sequential{
		nn.ActivityRegularized{Layer: plain[0], Regularizer: nn.L1L2{L2: 0.5}},
		nn.Frozen{Layer: nn.ActivityRegularized{Layer: nn.Dense{Units: 3}, Regularizer: nn.OrthogonalRegularizer{}}},
		nn.ActivityRegularization{L1: 2},
	}
	assert.Equal(t, []nn.Regularizer{nn.L1L2{L2: 0.5}, nn.OrthogonalRegularizer{}, nn.L1L2{L1: 2}}, nn.ActivityPenalties(penalized))
	assert.Equal(t, nn.Layer(plain), nn.WithoutActivityPenalties(penalized))
	code, err := nn.KerasCode(penalized[1])
	require.NoError(t, err)
	assert.Equal(t, "layers.Dense(3, trainable=False, activity_regularizer='orthogonal_regularizer')", code)
}
