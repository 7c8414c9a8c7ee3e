package fit_test

import (
	"context"
	"math"
	"runtime"
	"testing"
	"time"

	"github.com/gomlx/compute"
	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/backend/backendtest"
	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/fit"
	"example.com/unstuck/pkg/fit/callback"
	"example.com/unstuck/pkg/loss"
	"example.com/unstuck/pkg/optim"
)

// Settings beyond all reason are an error, or they train; they never panic, hang or take memory.
func TestAbsurdSettings(t *testing.T) {
	weighted := func(w float32) dataset.Data {
		d := noise(t, 40)
		d.SampleWeight = make([]float32, 40)
		d.SampleWeight[3] = w
		return d
	}
	data := noise(t, 40)
	var none *callback.EarlyStopping
	for _, c := range []struct {
		name    string
		data    dataset.Data
		options fit.Options
		config  fit.Config
		want    string // in the error; empty: it trains until it is cancelled or done
	}{
		{"huge batch", data, fit.Options{}, fit.Config{BatchSize: 576460752303423488}, ""},
		{"largest batch", data, fit.Options{}, fit.Config{BatchSize: math.MaxInt}, ""},
		{"smallest batch", data, fit.Options{}, fit.Config{BatchSize: math.MinInt}, "batch size"},
		{"epochs without end", data, fit.Options{}, fit.Config{Epochs: 1 << 60}, ""},
		{"most epochs", data, fit.Options{}, fit.Config{Epochs: math.MaxInt}, ""},
		{"fewest epochs", data, fit.Options{}, fit.Config{Epochs: math.MinInt}, "epochs"},
		{"rare checkpoints", data, fit.Options{}, fit.Config{Checkpoint: fit.Checkpointing{Every: math.MaxInt}}, ""},
		{"negative checkpoints", data, fit.Options{}, fit.Config{Checkpoint: fit.Checkpointing{Every: math.MinInt}}, "checkpoint every"},
		{"tiny split", data, fit.Options{}, fit.Config{ValidationSplit: math.SmallestNonzeroFloat64}, "Split"},
		{"split of nearly all", data, fit.Options{}, fit.Config{ValidationSplit: math.Nextafter(1, 0)}, "Split"},
		{"negative split", data, fit.Options{}, fit.Config{ValidationSplit: -1}, "fraction"},
		{"infinite split", data, fit.Options{}, fit.Config{ValidationSplit: math.Inf(1)}, "fraction"},
		{"NaN weight", weighted(nan32), fit.Options{}, fit.Config{}, "weight of row 4"},
		{"NaN weight allowed", weighted(nan32), fit.Options{}, fit.Config{AllowNonFinite: true}, ""},
		{"infinite weight", weighted(float32(math.Inf(1))), fit.Options{}, fit.Config{}, "weight of row 4"},
		{"all weights zero", weighted(0), fit.Options{}, fit.Config{}, ""},
		{"largest seed", data, fit.Options{Seed: math.MaxInt64}, fit.Config{}, ""},
		{"smallest seed", data, fit.Options{Seed: math.MinInt64}, fit.Config{}, ""},
		{"probes never", data, fit.Options{ProbeEvery: math.MaxInt, Probes: []fit.Probe{norms{}}}, fit.Config{Epochs: 2}, ""},
		{"one byte", data, fit.Options{MemoryLimit: 1}, fit.Config{}, ""},
		{"most bytes", data, fit.Options{MemoryLimit: math.MaxInt64}, fit.Config{}, ""},
		{"negative bytes", data, fit.Options{MemoryLimit: math.MinInt64}, fit.Config{}, "MemoryLimit"},
		{"nil callback of a type", data, fit.Options{}, fit.Config{Callbacks: []fit.Callback{none}}, "callback 0 (*callback.EarlyStopping) is nil"},
		{"nil function", data, fit.Options{}, fit.Config{Callbacks: []fit.Callback{fit.OnEpochEnd(nil)}}, "callback 0 (fit.OnEpochEnd) is nil"},
	} {
		t.Run(c.name, func(t *testing.T) {
			backendtest.Each(t, func(t *testing.T, b compute.Backend) {
				c.options.Backend = b
				m, err := fit.Compile(small(), optim.Adam(1e-2), loss.MSE{}, c.options)
				if err == nil {
					short, cancel := context.WithCancel(ctx)
					defer cancel()
					if c.config.Epochs > 2 {
						c.config.Callbacks = []fit.Callback{fit.OnEpochEnd(func(r *fit.Run) error {
							if r.Epoch == 2 {
								cancel()
							}
							return nil
						})}
					}
					began := time.Now()
					_, err = m.Fit(short, c.data, c.config)
					require.Less(t, time.Since(began), 20*time.Second)
				}
				switch {
				case c.want != "":
					require.ErrorContains(t, err, c.want)
				case c.config.Epochs > 2:
					require.ErrorIs(t, err, context.Canceled)
				default:
					require.NoError(t, err)
				}
			})
		})
	}
}

// A batch size above the number of rows is one batch of all rows, as in Keras, and takes memory for no more.
func TestBatchLargerThanTheData(t *testing.T) {
	data := noise(t, 200_000)
	train := func(batch int) (run, uint64) {
		m := compile(t, small(), optim.Adam(1e-2), fit.Options{Seed: 1})
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		h, err := m.Fit(ctx, data, fit.Config{Epochs: 2, BatchSize: batch})
		require.NoError(t, err)
		runtime.ReadMemStats(&after)
		require.Len(t, h.Steps, 2)
		return outcome(t, m, h), after.TotalAlloc - before.TotalAlloc
	}
	want, _ := train(200_000)
	got, bytes := train(576460752303423488)
	require.Equal(t, want, got)
	require.Less(t, bytes, uint64(400<<20))
}
