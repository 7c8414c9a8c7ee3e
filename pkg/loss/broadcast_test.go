package loss

import (
	"testing"

	"github.com/gomlx/compute/gobackend"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/stretchr/testify/require"
)

// What PyTorch computes of predictions [4, 1] and targets [4], or the other way round: the mean over all pairs.
func TestBroadcast(t *testing.T) {
	p, y := [][]float32{{0.5}, {2}, {-1}, {9}}, []float32{0, 1, 3, 7}
	for _, c := range []struct {
		of   Loss
		mask []float32
		pair func(p, y float32) float32
	}{
		{MSE{}, nil, func(p, y float32) float32 { return (p - y) * (p - y) }},
		{MAE{}, nil, func(p, y float32) float32 { return max(p-y, y-p) }},
		{MSE{}, []float32{1, 1, 1, 0}, func(p, y float32) float32 { return (p - y) * (p - y) }},
	} {
		n := 4
		if c.mask != nil {
			n = 3
		}
		out, err := graph.CallOnceN(gobackend.GetBackend(), func(y, p, mask *graph.Node) []*graph.Node {
			if c.mask == nil {
				mask = nil
			}
			return []*graph.Node{Rows(Broadcast{c.of}, y, p, mask)}
		}, y, p, append([]float32{}, append(c.mask, make([]float32, 4-len(c.mask))...)...))
		require.NoError(t, err)
		require.NoError(t, tensors.ConstFlatData(out[0], func(rows []float32) {
			for i := range n {
				want := float32(0)
				for j := range n {
					want += c.pair(p[i][0], y[j]) / float32(n)
				}
				require.InDelta(t, want, rows[i], 1e-5, "%s, row %d", c.of, i)
			}
		}))
	}
	constant, err := BestConstant(Broadcast{MSE{}}, y, []int{4}, nil)
	require.NoError(t, err)
	same, err := BestConstant(MSE{}, y, []int{4}, nil)
	require.NoError(t, err)
	require.Equal(t, same, constant)
	require.Equal(t, MSE{}, Matched(Broadcast{MSE{}}))
	code, err := TorchCode(Broadcast{MSE{}}, 2)
	require.NoError(t, err)
	require.Equal(t, "nn.MSELoss()", code.Function)
}
