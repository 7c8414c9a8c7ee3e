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

// What a chain doesn't multiply is refused by name; rates that were followed step by step are taken as they are.
func TestChainsAndTables(t *testing.T) {
	const head = `{"format": 1, "framework": "torch", "loss": {"class": "CrossEntropyLoss"}, "epochs": 10, "optimizer": {"class": "SGD", "groups": [
		{"parameters": ["0.weight", "0.bias"], "lr": 0.1}]}, "scheduler": {"every": "epoch", `
	const chain = `"class": "ChainedScheduler", "options": {"schedulers": [{"class": "ExponentialLR", "options": {"gamma": 0.9}}, `
	for text, want := range map[string]string{
		chain + `{"class": "OneCycleLR", "options": {"max_lr": 1, "total_steps": 20}}]}}}`:     "scheduler.options.schedulers[1].class: OneCycleLR in a chain with others is not supported",
		chain + `{"class": "CosineAnnealingLR", "options": {"T_max": 20, "eta_min": 0.1}}]}}}`: "scheduler.options.schedulers[1].options.eta_min: 0.1 in a chain",
		chain + `{"class": "CosineAnnealingLR", "options": {"T_max": 5}}]}}}`:                  "scheduler.options.schedulers[1].options.T_max: is 5, and the training has 10",
		chain + `3]}}}`: "scheduler.options.schedulers[1]: 3 is not an object",
		`"class": "ChainedScheduler", "options": {"schedulers": []}}}`:                                    "Product.Factors is empty",
		`"class": "own:Waves", "options": {"rates": [[0.1, -1]]}}}`:                                       "scheduler.options.rates: -1 is no rate",
		`"class": "own:Waves", "options": {"rates": [[0.1], [0.2]]}}}`:                                    "scheduler.options.rates: 2 lists, one for each group",
		`"class": "CyclicLR", "options": {"base_lr": 0.1, "max_lr": 1, "mode": "square"}}}`:               `scheduler.options.mode: "square" is none of`,
		`"class": "CyclicLR", "options": {"base_lr": [0.1, 0.2], "max_lr": 1, "cycle_momentum": false}}}`: "scheduler.options.base_lr: [0.1 0.2] for groups",
	} {
		d, err := ReadDescription([]byte(head+text), classes3(64))
		require.NoError(t, err)
		require.ErrorContains(t, d.Problems, want)
		require.Nil(t, d.Optimizer.Schedule)
	}
	d, err := ReadDescription([]byte(head+`"class": "own:Waves", "options": {"rates": [[0.1, 0.3, 0.2]]}}}`), classes3(64))
	require.NoError(t, err)
	require.Empty(t, d.Problems)
	for epoch, want := range []float64{0.1, 0.3, 0.2, 0.2} {
		require.Equal(t, want, d.Optimizer.Rate(2*epoch))
		require.Equal(t, want, d.Optimizer.Rate(2*epoch+1))
	}
	d, err = ReadDescription([]byte(head+`"class": "CyclicLR", "options": {"base_lr": 0.1, "max_lr": 1}}}`), classes3(64))
	require.NoError(t, err)
	require.Empty(t, d.Problems)
	require.Contains(t, d.Assumed[len(d.Assumed)-1].String(), "CyclicLR with cycle_momentum=True")
}

// An optimizer that looks at a parameter as a whole is refused where the parameter lies here in pieces; one that computes the loss itself by its name.
func TestOptimizersThatAreRefused(t *testing.T) {
	of := Subject{Weights: map[string][]string{"whole": {"/a/kernel"}, "parts": {"/b/kernel", "/c/kernel"}, "one": {"/d/bias"}, "other": {"/d/bias"}}}
	for text, want := range map[string]string{
		`{"class": "Adafactor", "groups": [{"parameters": ["whole"]}]}`:                 "",
		`{"class": "Adafactor", "groups": [{"parameters": ["parts"]}]}`:                 `optimizer.groups[0].parameters: the optimizer looks at the parameter "parts" as a whole`,
		`{"class": "Adafactor", "groups": [{"parameters": ["one", "other"]}]}`:          `the parameter "other" as a whole`,
		`{"class": "Muon", "groups": [{"parameters": ["parts"]}]}`:                      `the parameter "parts" as a whole`,
		`{"class": "Adafactor", "groups": [{"parameters": ["whole"], "eps": [1]}]}`:     "optimizer.groups[0].eps: ",
		`{"class": "Muon", "groups": [{"parameters": ["whole"], "adjust_lr_fn": "x"}]}`: `Scale is "x"`,
		`{"class": "Rprop", "groups": [{"parameters": ["whole"], "etas": [2, 1]}]}`:     "Minus is 2",
		`{"class": "LBFGS", "groups": [{"parameters": ["whole"]}]}`:                     "the optimizer LBFGS is not supported: it computes the loss several times a step",
	} {
		d, err := ReadDescription([]byte(`{"format": 1, "framework": "torch", "loss": {"class": "MSELoss"}, "optimizer": `+text+`}`), of)
		require.NoError(t, err)
		if want == "" {
			require.Empty(t, d.Problems)
			continue
		}
		require.ErrorContains(t, d.Problems, want)
	}
}
