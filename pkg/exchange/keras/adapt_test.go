package keras_test

import (
	"context"
	"encoding/json"
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/exchange/keras"
	"example.com/unstuck/pkg/fit"
	"example.com/unstuck/pkg/nn"
)

// What adapt found is a setting of the model, with which a training that draws its weights anew begins as well; weights
// that the file keeps elsewhere than by their places are found.
func TestAdaptedLayersAndWeightsKeptElsewhere(t *testing.T) {
	text, err := os.ReadFile("testdata/models/adapted.json")
	require.NoError(t, err)
	var want struct {
		X, Y [][]float32
		Mean []float64
	}
	require.NoError(t, json.Unmarshal(text, &want))
	d, err := keras.ReadModel("testdata/models/adapted.keras")
	require.NoError(t, err)
	found := false
	for _, p := range nn.Leaves(d.Model) {
		if n, ok := p.Layer.(nn.Normalization); ok {
			found = true
			assert.InDeltaSlice(t, want.Mean, n.Mean, 1e-6)
			assert.Len(t, n.Variance, 4)
		}
	}
	assert.True(t, found)
	assert.Equal(t, len(d.WeightPaths())-2, len(d.Weights), "all but LoRA's A and B are in the file: %v", d.WeightPaths())

	m, err := fit.Compile(d.Model, d.Optimizer, d.Loss, fit.Options{})
	require.NoError(t, err)
	require.NoError(t, m.Build(d.InputShape...))
	require.NoError(t, d.SetWeights(m))
	x := dataset.Array{Shape: []int{len(want.X), 4}}
	for _, row := range want.X {
		x.Values = append(x.Values, row...)
	}
	y, err := m.Predict(context.Background(), x)
	require.NoError(t, err)
	for i, row := range want.Y {
		assert.InDeltaSlice(t, row, y.Values[2*i:2*i+2], 1e-5)
	}
}
