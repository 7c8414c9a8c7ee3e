package fit_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/backend"
	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/fit"
	"example.com/unstuck/pkg/loss"
	"example.com/unstuck/pkg/optim"
)

// BenchmarkExample1 is ten warm epochs of the article's first example.
func BenchmarkExample1(b *testing.B) {
	for _, name := range []string{backend.XLACPU, backend.Go} {
		b.Run(name, func(b *testing.B) {
			open, err := backend.Open(backend.Options{Name: name})
			if err != nil {
				b.Skip(err)
			}
			data, err := dataset.Random(1000, []int{10}, []int{1}, 7)
			require.NoError(b, err)
			m, err := fit.Compile(example1(), optim.Adam(1e-3), loss.MSE{}, fit.Options{Backend: open.Backend})
			require.NoError(b, err)
			_, err = m.Fit(context.Background(), data, fit.Config{Epochs: 1})
			require.NoError(b, err)
			for b.Loop() {
				_, err := m.Fit(context.Background(), data, fit.Config{Epochs: 10})
				require.NoError(b, err)
			}
		})
	}
}
