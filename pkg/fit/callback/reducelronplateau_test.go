package callback_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/fit"
	"example.com/unstuck/pkg/fit/callback"
)

func TestReduceLROnPlateau(t *testing.T) {
	nan := math.NaN()
	for _, c := range []struct {
		name   string
		reduce callback.ReduceLROnPlateau
		losses []float64
		rates  []float64 // of each epoch; the model starts at 1
	}{
		{"patience 1", callback.ReduceLROnPlateau{Patience: 1}, []float64{2, 1, 1, 1, 0.5, 0.4}, []float64{1, 1, 1, 0.1, 0.01, 0.01}},
		{"patience 2", callback.ReduceLROnPlateau{Patience: 2, Factor: 0.5}, []float64{2, 2, 2, 2, 2, 2}, []float64{1, 1, 1, 0.5, 0.5, 0.25}},
		{"default patience", callback.ReduceLROnPlateau{}, []float64{1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1}, []float64{1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0.1}},
		{"default MinDelta", callback.ReduceLROnPlateau{Patience: 1}, []float64{1, 0.99995, 0.9997, 0.9997}, []float64{1, 1, 0.1, 0.1}},
		{"cooldown 2", callback.ReduceLROnPlateau{Patience: 1, Factor: 0.5, Cooldown: 2}, []float64{1, 1, 1, 1, 1, 1}, []float64{1, 1, 0.5, 0.5, 0.25, 0.25}},
		{"floor", callback.ReduceLROnPlateau{Patience: 1, MinRate: 0.05}, []float64{1, 1, 1, 1, 1}, []float64{1, 1, 0.1, 0.05, 0.05}},
		{"floor above the rate", callback.ReduceLROnPlateau{Patience: 1, MinRate: 3}, []float64{1, 1, 1}, []float64{1, 1, 1}},
		{"NaN first", callback.ReduceLROnPlateau{Patience: 2}, []float64{nan, 3, 2, 1}, []float64{1, 1, 1, 1}},
		{"NaN for ever", callback.ReduceLROnPlateau{Patience: 2}, []float64{nan, nan, nan}, []float64{1, 1, 0.1}},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := script(t, c.losses, &c.reduce)
			for i, e := range h.Epochs {
				require.InDelta(t, c.rates[i], e.LearningRate, 1e-12, "epoch %d", i+1)
			}
		})
	}
}

func TestReduceLROnPlateauRefuses(t *testing.T) {
	for want, c := range map[string]*callback.ReduceLROnPlateau{
		"Factor is 1":     {Factor: 1},
		"Factor is NaN":   {Factor: math.NaN()},
		"Patience is -1":  {Patience: -1},
		"MinDelta is -1":  {MinDelta: -1},
		"Cooldown is -2":  {Cooldown: -2},
		"MinRate is -0.1": {MinRate: -0.1},
	} {
		_, err := smallModel(t).Fit(ctx, noise(t, 4), fit.Config{Callbacks: []fit.Callback{c}})
		require.ErrorContains(t, err, want)
	}
}
