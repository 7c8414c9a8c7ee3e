package training

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/loss"
	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/optim"
)

func given(t *testing.T) Training {
	d, err := dataset.Random(100, []int{3}, []int{1}, 1)
	require.NoError(t, err)
	return Training{
		Model: nn.Sequential{nn.Dense{Units: 8, Activation: nn.ReLU{}}, nn.Dropout{Rate: 0.9}, nn.Dense{Units: 1}},
		Data:  d, Optimizer: optim.Adam(1e-7), Loss: loss.MSE{}, Epochs: 10, BatchSize: 32, ValidationSplit: 0.2,
	}
}

func TestCompare(t *testing.T) {
	for name, c := range map[string]struct {
		change           func(Training) Training
		gone, now, torch string
	}{
		"a rate": {
			func(t Training) Training { t.Optimizer = t.Optimizer.WithRate(3e-3); return t },
			"Optimizer: optim.Adam(0.003) // instead of optim.Adam(1e-07)",
			"optimizer=keras.optimizers.Adam(learning_rate=0.003)  # instead of keras.optimizers.Adam(learning_rate=1e-07)",
			"optimizer = torch.optim.Adam(model.parameters(), lr=0.003, eps=1e-07)  # instead of torch.optim.Adam(model.parameters(), lr=1e-07, eps=1e-07)",
		},
		"a layer less": {
			func(t Training) Training { m := t.Model.(nn.Sequential); t.Model = nn.Sequential{m[0], m[2]}; return t },
			"// without nn.Dropout{Rate: 0.9}", "# without layers.Dropout(0.9)", "# without nn.Dropout(0.9)",
		},
		"early stopping": {
			func(t Training) Training { t.StopEarly = 10; return t },
			"StopEarly: 10", "callbacks=[keras.callbacks.EarlyStopping(patience=10, restore_best_weights=True)]",
			"import copy\n" +
				"lowest, lowest_epoch, weights = float('inf'), 0, copy.deepcopy(model.state_dict())\n" +
				"    if validation < lowest:\n" +
				"        lowest, lowest_epoch, weights = validation, epoch, copy.deepcopy(model.state_dict())\n" +
				"    if epoch - lowest_epoch >= 10:\n" +
				"        break\n" +
				"model.load_state_dict(weights)",
		},
		"every layer": {
			func(t Training) Training {
				t.Model = nn.Sequential{nn.Dense{Units: 9}, nn.Dense{Units: 9}, nn.Dense{Units: 9}, nn.Dense{Units: 9}}
				return t
			},
			"nn.Dense{Units: 9} // (4 times)", "layers.Dense(9)  # (4 times)",
			"nn.Linear(3, 9)  # instead of nn.Linear(3, 8)\nnn.Linear(9, 9)  # instead of nn.ReLU()\n" +
				"nn.Linear(9, 9)  # instead of nn.Dropout(0.9)\nnn.Linear(9, 9)  # instead of nn.Linear(8, 1)",
		},
		"a clip": {
			func(t Training) Training { t.Optimizer = t.Optimizer.With(optim.ClipByNorm{Max: 1}); return t },
			"Optimizer: optim.Adam(1e-07).With(optim.ClipByNorm{Max: 1}) // instead of optim.Adam(1e-07)",
			"optimizer=keras.optimizers.Adam(learning_rate=1e-07, clipnorm=1.0)  # instead of keras.optimizers.Adam(learning_rate=1e-07)",
			"for p in model.parameters():\n    torch.nn.utils.clip_grad_norm_(p, 1.0)",
		},
		"nothing": {func(t Training) Training { return t }, "", "", ""},
		"standardized inputs": {
			func(t Training) Training { t, _ = t.Prepare(StandardizeInputs{}); return t },
			"scaler, err := dataset.FitScaler(data.X.Range(0, 80))\ndata.X, err = scaler.Apply(data.X)",
			"x = (x - x[:80].mean(0)) / x[:80].std(0)",
			"import numpy as np\nx = (x - x[:80].mean(0)) / x[:80].std(0)",
		},
	} {
		t.Run(name, func(t *testing.T) {
			before := given(t)
			d := Compare(before, c.change(before))
			require.Equal(t, Difference{Go: c.gone, Keras: c.now, Torch: c.torch}, d)
		})
	}
}

// What the hunks take away and add makes the second text of the first.
func TestHunksAreTheDifference(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	text := func() []string {
		lines := make([]string, rng.IntN(12))
		for i := range lines {
			lines[i] = fmt.Sprint(rng.IntN(4))
		}
		return lines
	}
	for range 2000 {
		a, b := text(), text()
		gone, come := map[string]int{}, map[string]int{}
		changed := 0
		for _, h := range hunks(a, b) {
			require.NotEmpty(t, strings.Join(h.gone, "")+strings.Join(h.come, ""))
			for _, line := range h.gone {
				gone[line]++
			}
			for _, line := range h.come {
				come[line]++
			}
			changed += len(h.gone) + len(h.come)
		}
		count := map[string]int{}
		for _, line := range a {
			count[line]++
		}
		for line, n := range come {
			count[line] += n
		}
		for line, n := range gone {
			count[line] -= n
		}
		for _, line := range b {
			count[line]--
		}
		for line, n := range count {
			require.Zero(t, n, line)
		}
		require.LessOrEqual(t, changed, len(a)+len(b))
		if strings.Join(a, "\n") == strings.Join(b, "\n") {
			require.Zero(t, changed)
		}
	}
}
