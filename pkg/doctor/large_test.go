package doctor

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/loss"
	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/optim"
	"example.com/unstuck/pkg/training"
)

// ofRows is a training on so many rows of zeros.
func ofRows(rows int, shape []int, model nn.Layer, epochs int) training.Training {
	d := dataset.Data{X: dataset.Array{Shape: append([]int{rows}, shape...)}, Y: dataset.Array{Shape: []int{rows, 1}, Values: make([]float32, rows)}}
	d.X.Values = make([]float32, rows*d.X.RowSize())
	return training.Training{Model: model, Data: d, Loss: loss.MSE{}, Optimizer: optim.Adam(1e-3), Epochs: epochs, BatchSize: 32}
}

// What is much work is examined on a part, and the report says on which.
func TestLargeTrainingsAreSampled(t *testing.T) {
	lenet := nn.Sequential{nn.Conv2D{Filters: 6, KernelSize: []int{5}, Padding: "same"}, nn.MaxPooling2D{}, nn.Conv2D{Filters: 16, KernelSize: []int{5}}, nn.MaxPooling2D{},
		nn.Flatten{}, nn.Dense{Units: 120}, nn.Dense{Units: 84}, nn.Dense{Units: 1}}
	images := ofRows(60_000, []int{28, 28, 1}, lenet, 10)
	each := 784*25*6 + 100*25*6*16 + 400*120 + 120*84 + 84
	require.InEpsilon(t, float64(1875*10)*(workOfUpdate+6*32*float64(each)), work(images), 1e-6)
	c, err := sampled(images)
	require.NoError(t, err)
	require.Equal(t, 10_000, c.Data.Rows())
	require.Less(t, work(c), 1.3*mostWork)
	require.True(t, c.IsAssumed(training.EpochsSetting), "so that nobody is told to train for longer")
	require.Contains(t, (&Report{Training: c}).Assumptions(), "rows 10000 drawn at random in place of 60000, epochs 4 in place of 10")

	wide, err := sampled(ofRows(20_000, []int{1000}, nn.Sequential{nn.Dense{Units: 5000}, nn.Dense{Units: 1000}, nn.Dense{Units: 1}}, 20))
	require.NoError(t, err)
	require.GreaterOrEqual(t, wide.Updates(), leastUpdates-1, "ten million weights")
	require.Less(t, wide.Updates(), 2*leastUpdates)

	long, err := sampled(ofRows(1_000_000, []int{2}, nn.Sequential{nn.Dense{Units: 16}, nn.Dense{Units: 1}}, 5))
	require.NoError(t, err)
	require.Equal(t, 5, long.Epochs)
	require.InDelta(t, 1, work(long)/mostWork, 0.1, "a million rows")

	small := ofRows(2000, []int{10}, nn.Sequential{nn.Dense{Units: 64}, nn.Dense{Units: 1}}, 50)
	same, err := sampled(small)
	require.NoError(t, err)
	require.Equal(t, small.Data.Rows(), same.Data.Rows())
	require.Empty(t, same.Assumed)
}

// A part is drawn from all of the rows, stays in their order, and is the same each time.
func TestDrawnRows(t *testing.T) {
	d := dataset.Data{X: dataset.Array{Shape: []int{100, 1}}, Y: dataset.Array{Shape: []int{100, 1}, Values: make([]float32, 100)}}
	for i := range 100 {
		d.X.Values = append(d.X.Values, float32(i))
	}
	part, err := draw(d, 20, 7)
	require.NoError(t, err)
	require.IsIncreasing(t, part.X.Values)
	require.Greater(t, part.X.Values[19], float32(60))
	again, err := draw(d, 20, 7)
	require.NoError(t, err)
	require.Equal(t, part, again)
}

// A training of many rows has a report, whose first lines say what was looked at.
func TestManyRows(t *testing.T) {
	c := ofRows(300_000, []int{2}, nn.Sequential{nn.Dense{Units: 8, Activation: nn.ReLU{}}, nn.Dense{Units: 1}}, 3)
	c.BatchSize = 4096
	for i := range c.Data.Y.Values {
		c.Data.X.Values[2*i], c.Data.X.Values[2*i+1] = float32(i%7)/4-1, float32(i%11)/6-1
		c.Data.Y.Values[i] = c.Data.X.Values[2*i+1] - c.Data.X.Values[2*i]
	}
	c.Optimizer = optim.Adam(1e-8)
	r, err := Examine(context.Background(), c, Options{Backend: pureGo()})
	require.NoError(t, err)
	require.Equal(t, LearningRateTooLow, r.Cause, r.Verdict())
	require.Contains(t, r.CeilingText(), "on 2000 of 300000 randomly drawn rows")
}
