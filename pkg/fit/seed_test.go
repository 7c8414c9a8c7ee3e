package fit_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/fit"
	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/optim"
)

// Every seed fixes everything, 0 too, also for what GoMLX draws by itself.
func TestSeed(t *testing.T) {
	nets := map[string]nn.Layer{
		"ours":  nn.Sequential{nn.Dense{Units: 8}, nn.Dropout{Rate: 0.5}, nn.Dense{Units: 1}},
		"GoMLX": nn.Func(gomlxDropoutNet),
	}
	for name, net := range nets {
		t.Run(name, func(t *testing.T) {
			train := func(seed int64) run {
				m := compile(t, net, optim.Adam(1e-2), fit.Options{Seed: seed})
				h, err := m.Fit(ctx, noise(t, 70), fit.Config{Epochs: 2})
				require.NoError(t, err)
				return outcome(t, m, h)
			}
			for _, seed := range []int64{0, 1, -1} {
				require.Equal(t, train(seed), train(seed), "seed %d", seed)
			}
			require.NotEqual(t, train(0), train(1))
		})
	}
}
