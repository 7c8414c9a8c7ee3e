package torch

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/optim"
)

// Rates are PyTorch's, of each step and of each epoch, and what is printed for PyTorch computes the same.
func TestSchedulersAreAsInPyTorch(t *testing.T) {
	g := goldenOf(t)
	require.NotEmpty(t, g.Schedulers)
	const perEpoch = 3
	subject := Subject{Targets: []dataset.Array{{Shape: []int{2*32 + 1, 1}, Values: make([]float32, 2*32+1)}}} // the last batch is smaller
	for _, c := range g.Schedulers {
		t.Run(c.Name, func(t *testing.T) {
			for unit, steps := range map[string]int{"step": 1, "epoch": perEpoch} {
				var fields map[string]any
				require.NoError(t, json.Unmarshal(c.Scheduler, &fields))
				fields["every"] = unit
				scheduler, err := json.Marshal(fields)
				require.NoError(t, err)
				o := described(t, map[string]json.RawMessage{"optimizer": c.Optimizer, "scheduler": scheduler}, subject).Optimizer
				for i, want := range c.Rates {
					near(t, want, o.Rate(i*steps), 1e-6, "rate", unit, i)
					near(t, want, o.Rate((i+1)*steps-1), 1e-6, "rate at the end", unit, i)
				}
				_, err = o.TorchCode()
				require.NoError(t, err)
				fields["at"] = 4
				scheduler, err = json.Marshal(fields)
				require.NoError(t, err)
				o = described(t, map[string]json.RawMessage{"optimizer": c.Optimizer, "scheduler": scheduler}, subject).Optimizer
				for i, want := range c.Rates[4:] {
					near(t, want, o.Rate(i*steps), 1e-6, "rate, further on", unit, i)
				}
			}
		})
	}
}

// A scheduler whose rates aren't fractions of the first is refused beside groups with rates of their own, where each would have another.
func TestSchedulersOfGroups(t *testing.T) {
	const two = `{"format": 1, "framework": "torch", "loss": {"class": "CrossEntropyLoss"}, "optimizer": {"class": "SGD", "groups": [
		{"parameters": ["0.weight"], "lr": 0.1}, {"parameters": ["0.bias"], "lr": 0.05}]}, "scheduler": `
	for want, scheduler := range map[string]string{
		"":        `{"class": "StepLR", "options": {"step_size": 3}, "every": "step"}`,
		"eta_min": `{"class": "CosineAnnealingLR", "options": {"T_max": 3, "eta_min": 0.001}, "every": "step"}`,
		"max_lr":  `{"class": "OneCycleLR", "options": {"max_lr": [0.1, 0.01], "total_steps": 100}, "every": "step"}`,
	} {
		d, err := ReadDescription([]byte(two+scheduler+"}"), classes3(8))
		require.NoError(t, err)
		if want == "" {
			require.Empty(t, d.Problems)
			require.Equal(t, []optim.Group{{Weights: []string{"/dense/kernel"}}, {Weights: []string{"/dense/bias"}, RateFactor: 0.5}}, d.Optimizer.Groups)
			continue
		}
		require.ErrorContains(t, d.Problems, "scheduler.options."+want)
		require.Nil(t, d.Optimizer.Schedule)
	}
}
