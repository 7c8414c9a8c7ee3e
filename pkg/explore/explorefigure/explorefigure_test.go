package explorefigure_test

import (
	"bytes"
	"context"
	"fmt"
	"testing"

	"github.com/gomlx/compute/gobackend"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/explore"
	"example.com/unstuck/pkg/explore/explorefigure"
	"example.com/unstuck/pkg/figure"
	"example.com/unstuck/pkg/fit"
	"example.com/unstuck/pkg/loss"
	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/optim"
	"example.com/unstuck/pkg/probe"
	"example.com/unstuck/pkg/training"
)

// run is how trainings are run here.
var run = explore.Run{Fit: fit.Options{Backend: gobackend.GetBackend()}}

func quick() training.Training {
	d, err := dataset.Random(64, []int{3}, []int{1}, 5)
	if err != nil {
		panic(err)
	}
	return training.Training{
		Model: nn.Sequential{nn.Dense{Units: 4, Activation: nn.ReLU{}}, nn.Dense{Units: 1}}, Optimizer: optim.Adam(0.01),
		Loss: loss.MSE{}, Data: d, Epochs: 2,
	}
}

func draws(t *testing.T, f figure.Figure) {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, figure.Render(&b, f, figure.SVG))
	assert.Contains(t, b.String(), "<svg")
}

func TestRangeTest(t *testing.T) {
	r, err := explore.RangeTestOf(context.Background(), quick(), run.Fit, explore.RangeOptions{End: 1e3})
	require.NoError(t, err)
	f := explorefigure.RangeTest(r)
	assert.Len(t, f.Suggestions, 5)
	assert.Contains(t, f.Subtitle, "Stopped")
	draws(t, f)
	draws(t, explorefigure.RangeTest(explore.RangeResult{}))
}

func TestSearchFigures(t *testing.T) {
	points, err := explore.Space{explore.LearningRates(0.01, 0.1), explore.BatchSizes(8, 32)}.Grid()
	require.NoError(t, err)
	table, err := explore.Search(context.Background(), quick(), points, explore.SearchOptions{Run: run, Seeds: []int64{1, 2}})
	require.NoError(t, err)

	h, err := explorefigure.Heatmap(table, "learning rate", "batch size")
	require.NoError(t, err)
	assert.Equal(t, []string{"0.01", "0.1"}, h.X)
	draws(t, h)
	_, err = explorefigure.Heatmap(table, "learning rate", "height")
	assert.Error(t, err)

	p := explorefigure.Parallel(table)
	assert.Len(t, p.Runs, 4)
	assert.Equal(t, table.Rows[0].Score, p.Runs[0].Loss)
	draws(t, p)

	b := explorefigure.Bands(table)
	assert.Len(t, b.Groups, 4)
	assert.Len(t, b.Groups[0].Seeds, 2)
	draws(t, b)
}

func TestLandscape(t *testing.T) {
	one := quick()
	m, err := fit.Compile(one.Model, one.Optimizer, one.Loss, run.Fit)
	require.NoError(t, err)
	var shots probe.Snapshots
	_, err = m.Fit(context.Background(), one.Data, fit.Config{Epochs: 40, Callbacks: []fit.Callback{&shots}})
	require.NoError(t, err)
	l, err := explore.LossLandscape(context.Background(), m, shots, one.Data, explore.LandscapeOptions{Places: 15})
	require.NoError(t, err)
	f := explorefigure.Landscape(l)
	assert.Contains(t, f.Subtitle, "The plane through start")
	assert.Len(t, f.Path, len(shots.Kept))
	draws(t, f)
	l.Path[1].Beside = l.A[len(l.A)-1] - l.A[0]
	assert.Contains(t, explorefigure.Landscape(l).Subtitle, "isn't all in the plane: epoch 1 lies")
	draws(t, explorefigure.Landscape(explore.Landscape{}))
}

// A range test as a figure; its text names the suggestions.
func ExampleRangeTest() {
	r := explore.RangeResult{Rates: []float64{0.001, 0.01, 0.1}, Losses: []float64{3, 2, 1}}
	fmt.Println(explorefigure.RangeTest(r).Text())
	// Output:
	// Learning-rate range test
	//   3 rates from 0.001 to 0.1; loss 3 at the start, lowest 1 at rate 0.1
}
