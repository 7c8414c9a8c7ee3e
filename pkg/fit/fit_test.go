package fit_test

import (
	"context"
	"testing"
	"time"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/gobackend"
	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/backend"
	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/fit"
	"example.com/unstuck/pkg/loss"
	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/optim"
)

func example1() nn.Sequential {
	return nn.Sequential{nn.Dense{Units: 64, Activation: nn.ReLU{}}, nn.Dense{Units: 1}}
}

func TestSmoke(t *testing.T) {
	x, err := backend.Open(backend.Options{Name: backend.XLACPU})
	require.NoError(t, err)
	data, err := dataset.Random(1000, []int{10}, []int{1}, 7)
	require.NoError(t, err)
	for _, b := range []compute.Backend{gobackend.GetBackend(), x.Backend} {
		for _, stepwise := range []bool{true, false} {
			start := time.Now()
			m, err := fit.Compile(example1(), optim.Adam(1e-3), loss.MSE{}, fit.Options{Backend: b, Seed: 1, Stepwise: stepwise})
			require.NoError(t, err)
			h, err := m.Fit(context.Background(), data, fit.Config{Epochs: 10})
			require.NoError(t, err)
			t.Log(b.Name(), stepwise, time.Since(start), h.Loss())
			for range 3 {
				start = time.Now()
				h, err = m.Fit(context.Background(), data, fit.Config{Epochs: 10, ValidationSplit: 0})
				require.NoError(t, err)
				t.Log(b.Name(), stepwise, time.Since(start), h.Loss()[9], m.Store().NumVariables())
			}
		}
	}
}
