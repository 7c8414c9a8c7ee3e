package nn_test

import (
	"testing"

	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/nn"
)

// Along axes of size 1 all values share a draw; along the others they don't.
func TestNoiseShapeSharesDraws(t *testing.T) {
	const rows, steps, features = 8, 5, 4
	ones := make([]float32, rows*steps*features)
	for i := range ones {
		ones[i] = 1
	}
	x := tensors.FromFlatDataAndDimensions(ones, rows, steps, features)
	for _, c := range []struct {
		layer    nn.Layer
		acrossAt [3]bool // rows, steps and features that share
	}{
		{nn.Dropout{Rate: 0.5}, [3]bool{}},
		{nn.Dropout{Rate: 0.5, NoiseShape: []int{-1, 1, 4}}, [3]bool{1: true}},
		{nn.AlphaDropout{Rate: 0.5, NoiseShape: []int{-1, 1, 1}}, [3]bool{1: true, 2: true}},
		{nn.Dropout{Rate: 0.5, NoiseShape: []int{5, 4}}, [3]bool{0: true}},
	} {
		y, err := run(pureGo(t), model.NewStore(), c.layer, true, x)
		require.NoError(t, err)
		values := tensors.MustCopyFlatData[float32](y)
		at := func(i, j, k int) float32 { return values[(i*steps+j)*features+k] }
		same := [3]bool{true, true, true}
		for i := range rows {
			for j := range steps {
				for k := range features {
					same[0] = same[0] && at(i, j, k) == at(0, j, k)
					same[1] = same[1] && at(i, j, k) == at(i, 0, k)
					same[2] = same[2] && at(i, j, k) == at(i, j, 0)
				}
			}
		}
		assert.Equal(t, c.acrossAt, same, "%#v", c.layer)
	}
	_, err := run(pureGo(t), model.NewStore(), nn.Dropout{Rate: 0.5, NoiseShape: []int{2, 1, 4}}, true, x)
	assert.ErrorContains(t, err, "NoiseShape is [2 1 4], which doesn't fit an input [8 5 4]")
}
