package training

import (
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/loss"
	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/optim"
)

// Images with the channels first are standardized by channel, and the code says so.
func TestFeaturesOfImages(t *testing.T) {
	image := dataset.Array{Shape: []int{4, 2, 3, 5}, Values: make([]float32, 120)}
	for i := range image.Values {
		image.Values[i] = float32(i%7) + 100*float32(i/15%2)
	}
	first, last := nn.Conv2D{Filters: 2, KernelSize: []int{2, 2}, DataFormat: "channels_first"}, nn.Conv2D{Filters: 2, KernelSize: []int{2, 2}}
	for _, c := range []struct {
		model nn.Sequential
		from  string
		want  int
	}{
		{nn.Sequential{first, nn.Flatten{}, nn.Dense{Units: 1}}, "", 1},
		{nn.Sequential{last, nn.Flatten{}, nn.Dense{Units: 1}}, "", 0},
		{nn.Sequential{nn.Flatten{}, nn.Dense{Units: 1}}, "", 0},
		{nn.Sequential{nn.Flatten{}, nn.Dense{Units: 1}}, "model.pt2", 1},
	} {
		tr := Training{Model: c.model, Data: dataset.Data{X: image, Y: dataset.Array{Shape: []int{4, 1}, Values: make([]float32, 4)}},
			Optimizer: optim.SGD(0.1), Loss: loss.MSE{}, Epochs: 1, BatchSize: 4}
		tr.From = c.from
		require.Equal(t, c.want, tr.FeatureAxis(0))
		if c.want == 0 {
			continue
		}
		after, err := tr.Prepare(StandardizeInputs{})
		require.NoError(t, err)
		for channel := range 2 {
			sum, square, n := 0.0, 0.0, 0.0
			for i, v := range after.Data.X.Values {
				if i/15%2 == channel {
					sum, square, n = sum+float64(v), square+float64(v)*float64(v), n+1
				}
			}
			require.InDelta(t, 0, sum/n, 1e-5)
			require.InDelta(t, 1, square/n, 1e-4)
		}
		d := Compare(tr, after)
		require.Contains(t, d.Go, "dataset.FitScalerAlong(data.X, 1)")
		if c.from == "" {
			require.Contains(t, d.Keras, "x = (x - x.mean((0, 2, 3), keepdims=True)) / x.std((0, 2, 3), keepdims=True)")
		}
	}
}
