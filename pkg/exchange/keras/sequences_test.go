package keras

import (
	"context"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/backend"
	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/fit"
	"example.com/unstuck/pkg/loss"
)

// sequenceHistory is what testdata/make_sequences.py noted of a model's training.
type sequenceHistory struct {
	Shapes       [][]int
	Inputs       int
	Weighted     bool
	Arrays, Held [][]float32
	History      map[string][]float64
	Evaluated    map[string]float64
}

// Models of sequences as people write them, with masks, states and attention, train as in Keras: losses and metrics of five
// epochs of three steps, the last of a smaller batch, and those of the validation rows, all to 1e-5; and so does evaluate, whose
// losses of masked sequences are means over batches.
func TestSequencesTrainAlike(t *testing.T) {
	data, err := os.ReadFile("testdata/sequences/histories.json")
	require.NoError(t, err)
	var all map[string]sequenceHistory
	require.NoError(t, json.Unmarshal(data, &all))
	require.NotEmpty(t, all)
	for name, want := range all {
		t.Run(name, func(t *testing.T) {
			d, err := ReadModel(filepath.Join("testdata", "sequences", name+".keras"))
			require.NoError(t, err)
			for _, b := range []string{backend.Go, backend.XLACPU} {
				if b == backend.XLACPU && name != "weighted_tagger" && name != "seq2seq" && os.Getenv("UNSTUCK_XLA") != "all" {
					continue // where compiling takes half a minute each
				}
				t.Run(b, func(t *testing.T) {
					m, err := fit.Compile(d.Model, d.Optimizer, d.Loss, fit.Options{Backend: open(t, b), Metrics: want.metrics(t)})
					require.NoError(t, err)
					rows, held := want.data(want.Arrays), want.data(want.Held)
					var inputs [][]int
					for _, x := range rows.Inputs() {
						inputs = append(inputs, x.Shape[1:])
					}
					require.NoError(t, m.BuildAll(inputs...))
					require.NoError(t, d.SetWeights(m))
					if want.Weighted {
						for i := range rows.Rows() {
							rows.SampleWeight = append(rows.SampleWeight, 0.5+float32(i%3))
						}
					}
					h, err := m.Fit(context.Background(), rows, fit.Config{Epochs: 5, BatchSize: 4, NoShuffle: true, Validation: held})
					require.NoError(t, err)
					rows.SampleWeight = nil
					after, err := m.Evaluate(context.Background(), rows)
					require.NoError(t, err)
					want.compare(t, h, after)
				})
			}
		})
	}
}

// data are the arrays as inputs and targets.
func (s sequenceHistory) data(values [][]float32) dataset.Data {
	var all []dataset.Array
	for i, shape := range s.Shapes {
		size := 1
		for _, n := range shape {
			size *= n
		}
		all = append(all, dataset.Array{Shape: append([]int{len(values[i]) / size}, shape...), Values: values[i]})
	}
	return dataset.Of(all[:s.Inputs], all[s.Inputs:])
}

// metrics are those that the history has beside losses.
func (s sequenceHistory) metrics(t *testing.T) (all []loss.Metric) {
	known := map[string]loss.Metric{"accuracy": loss.Accuracy{}, "mae": loss.MAE{}, "mse": loss.MSE{}, "root_mean_squared_error": loss.RMSE{}}
	for key := range s.History {
		if strings.HasPrefix(key, "val_") || strings.HasSuffix(key, "loss") {
			continue
		}
		output, name, several := strings.Cut(key, "_")
		if known[name] == nil || !several {
			output, name = "", key
		}
		require.Contains(t, known, name)
		if output == "" {
			all = append(all, known[name])
		} else {
			all = append(all, loss.Reported{Output: output, Metric: known[name]})
		}
	}
	return all
}

func (s sequenceHistory) compare(t *testing.T, h *fit.History, after fit.Result) {
	ours := func(key string, r fit.Result) float64 {
		if key == "loss" {
			return r.Loss
		}
		for name, v := range r.Metrics {
			if name == key || name == "rmse" && key == "root_mean_squared_error" {
				return v
			}
		}
		return math.NaN()
	}
	near := func(key string, want, got float64) {
		assert.InDelta(t, want, got, 1e-5*max(1, math.Abs(want)), key)
	}
	for key, values := range s.History {
		for i, want := range values {
			e := h.Epochs[i]
			if of, held := strings.CutPrefix(key, "val_"); held {
				near(key, want, ours(of, *e.Validation))
			} else {
				near(key, want, ours(key, fit.Result{Loss: e.Loss, Metrics: e.Metrics}))
			}
		}
	}
	for key, want := range s.Evaluated {
		near("evaluated "+key, want, ours(key, after))
	}
}
