package keras

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/backend"
	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/fit"
	"example.com/unstuck/pkg/nn"
)

// statefulHistory is what testdata/make_stateful.py noted of a model.
type statefulHistory struct {
	Shape   []int     `json:"shape"`
	X       []float32 `json:"x"`
	Y       []float32 `json:"y"`
	HeldX   []float32 `json:"held_x"`
	HeldY   []float32 `json:"held_y"`
	Loss    []float64 `json:"loss"`
	ValLoss []float64 `json:"val_loss"`

	Evaluated float64     `json:"evaluated"`
	Predicted [][]float64 `json:"predicted"` // twice, and once more with the states reset
}

func (s statefulHistory) arrays(x, y []float32) dataset.Data {
	return dataset.Data{X: dataset.Array{Shape: append([]int{len(y)}, s.Shape...), Values: x}, Y: dataset.Array{Shape: []int{len(y), 1}, Values: y}}
}

// Stateful layers carry their states through training, validation, evaluation and prediction as Keras' do on TensorFlow.
func TestStatefulIsKeras(t *testing.T) {
	text, err := os.ReadFile("testdata/stateful/histories.json")
	require.NoError(t, err)
	var all map[string]statefulHistory
	require.NoError(t, json.Unmarshal(text, &all))
	require.Len(t, all, 10)
	for name, want := range all {
		t.Run(name, func(t *testing.T) {
			d, err := ReadModel(filepath.Join("testdata", "stateful", name+".keras"))
			require.NoError(t, err)
			require.Equal(t, 4, d.BatchSize)
			for _, b := range []string{backend.Go, backend.XLACPU} {
				if !available(b) || b == backend.XLACPU && name != "cells" && os.Getenv("UNSTUCK_XLA") != "all" {
					continue
				}
				t.Run(b, func(t *testing.T) { want.compare(t, d, fit.Options{Backend: open(t, b)}) })
			}
		})
	}
}

func (s statefulHistory) compare(t *testing.T, d *Description, options fit.Options) {
	m, err := fit.Compile(d.Model, d.Optimizer, d.Loss, options)
	require.NoError(t, err)
	rows, held := s.arrays(s.X, s.Y), s.arrays(s.HeldX, s.HeldY)
	h, err := m.Fit(context.Background(), rows, fit.Config{Epochs: 2, BatchSize: d.BatchSize, NoShuffle: true, Validation: held, Callbacks: []fit.Callback{&begin{d}}})
	require.NoError(t, err)
	assert.InDeltaSlice(t, s.Loss, h.Loss(), 1e-5, "loss")
	assert.InDeltaSlice(t, s.ValLoss, h.ValidationLoss(), 1e-5, "validation")
	evaluated, err := m.Evaluate(context.Background(), held)
	require.NoError(t, err)
	assert.InDelta(t, s.Evaluated, evaluated.Loss, 1e-5, "evaluation")
	for i, want := range s.Predicted {
		if i == 2 {
			require.NoError(t, m.ResetStates())
		}
		got, err := m.Predict(context.Background(), held.X)
		require.NoError(t, err)
		for row, w := range want {
			assert.InDelta(t, w, got.Values[row], 1e-5, "prediction %d of row %d", i, row)
		}
	}
	_, err = m.Predict(context.Background(), held.X.Range(0, 6))
	assert.ErrorContains(t, err, "the 6 rows leave one of 2")
	_, err = m.Fit(context.Background(), rows.Range(0, 10), fit.Config{BatchSize: d.BatchSize})
	assert.ErrorContains(t, err, "is stateful and takes batches of 4 rows, the 10 rows to train on leave one of 2")
	_, err = m.Fit(context.Background(), rows, fit.Config{BatchSize: 6})
	assert.ErrorContains(t, err, "built for batches of 4 rows, those of this Fit have 6")
}

// begin gives a model the file's weights when the size of its batches is known.
type begin struct{ of *Description }

func (b *begin) Begin(r *fit.Run) error { return b.of.SetWeights(r.Model) }

// Without a size of all batches there is no state to keep; and one within a TimeDistributed has no meaning.
func TestStatefulNeedsBatches(t *testing.T) {
	in := func(batch string) string {
		return `{"module": "keras.layers", "class_name": "InputLayer", "config": {"name": "x", "batch_shape": [` + batch + `, 5, 3]}}`
	}
	read := func(layers string) (*Description, error) {
		return ReadConfig(strings.NewReader(`{"module": "keras", "class_name": "Sequential", "config": {"name": "s", "layers": [` + layers + `]}}`))
	}
	gru := layer("GRU", `"units": 2, "stateful": true`)
	_, err := read(in("null") + "," + gru)
	require.ErrorContains(t, err, "config.layers[1].config.stateful: needs an input that says how many rows all batches have")
	d, err := read(in("8") + "," + gru)
	require.NoError(t, err)
	require.Equal(t, 8, d.BatchSize)
	require.True(t, d.Model.(nn.Sequential)[0].(nn.GRU).Stateful)
	code, err := nn.KerasCode(d.Model)
	require.NoError(t, err)
	require.Contains(t, code, "stateful=True")

	_, err = nn.Summarize(nn.Sequential{nn.TimeDistributed{Layer: nn.GRU{Units: 2, Stateful: true}}}, 2, 3, 4)
	require.ErrorContains(t, err, `the layer "gru" within a TimeDistributed is stateful`)
}
