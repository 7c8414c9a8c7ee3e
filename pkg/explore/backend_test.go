package explore_test

import (
	"context"
	"sync/atomic"
	"testing"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/gobackend"
	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/fit"
	"example.com/unstuck/pkg/loss"
	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/optim"
)

var (
	ctx       = context.Background()
	goBackend = gobackend.GetBackend()
)

// counting counts the programs that are built with a backend.
type counting struct {
	compute.Backend
	programs atomic.Int64
}

func (c *counting) Builder(name string) compute.Builder {
	c.programs.Add(1)
	return c.Backend.Builder(name)
}

// small is a model that trains in no time, with a layer that draws random numbers.
func small() nn.Sequential {
	return nn.Sequential{nn.Dense{Units: 4, Activation: nn.ReLU{}}, nn.Dropout{Rate: 0.2}, nn.Dense{Units: 1}}
}

// noise is random data with 3 features and one target.
func noise(t testing.TB, rows int) dataset.Data {
	t.Helper()
	data, err := dataset.Random(rows, []int{3}, []int{1}, 5)
	require.NoError(t, err)
	return data
}

func compile(t testing.TB, net nn.Layer, o fit.Optimizer, options fit.Options) *fit.Model {
	t.Helper()
	if options.Backend == nil {
		options.Backend = goBackend
	}
	m, err := fit.Compile(net, o, loss.MSE{}, options)
	require.NoError(t, err)
	return m
}

func smallModel(t testing.TB, b compute.Backend) *fit.Model {
	t.Helper()
	return compile(t, small(), optim.Adam(1e-2), fit.Options{Seed: 3, Backend: b})
}
