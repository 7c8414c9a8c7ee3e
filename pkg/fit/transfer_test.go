package fit_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/backend"
	"example.com/unstuck/pkg/fit"
	"example.com/unstuck/pkg/optim"
)

// A device with memory of its own gets the weights in several copies at once, and gives the same ones back. XLA on the CPU does as if it were one.
func TestOwnMemory(t *testing.T) {
	cpu, err := backend.Open(backend.Options{Name: backend.XLACPU})
	if err != nil {
		t.Skipf("needs XLA on the CPU: %v", err)
	}
	shared := cpu.Backend
	own, err := backend.Open(backend.Options{Name: "xla:cpu,noshared_buffers"})
	require.NoError(t, err)
	data := noise(t, 96)
	var weights [][]fit.Weight
	for _, b := range []fit.Options{{Backend: shared}, {Backend: own.Backend}} {
		m := compile(t, example1(), optim.Adam(1e-2), b)
		for range 2 {
			_, err := m.Fit(ctx, data, fit.Config{Epochs: 2, ValidationSplit: 0.25})
			require.NoError(t, err)
		}
		require.Equal(t, b.Backend != shared, m.OwnMemory())
		w, err := m.Weights()
		require.NoError(t, err)
		weights = append(weights, w)
		best, err := m.BestTogether()
		require.NoError(t, err)
		require.Equal(t, map[bool]int{false: 128, true: 1024}[m.OwnMemory()], best)
	}
	require.Equal(t, weights[0], weights[1])
}
