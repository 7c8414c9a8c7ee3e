package explore_test

import (
	"testing"

	"github.com/gomlx/compute"
	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/backend/backendtest"
	"example.com/unstuck/pkg/explore"
	"example.com/unstuck/pkg/fit"
	"example.com/unstuck/pkg/fit/run"
)

// BenchmarkRangeTest is a range test of 100 steps on the article's first example, compilation left out.
func BenchmarkRangeTest(b *testing.B) {
	for name, open := range map[string]func() compute.Backend{
		"go":  func() compute.Backend { return goBackend },
		"xla": func() compute.Backend { return backendtest.XLA(b) },
	} {
		b.Run(name, func(b *testing.B) {
			base := example1(b)
			m, err := run.New(base, fit.Options{Backend: open()})
			require.NoError(b, err)
			_, err = explore.RangeTest(ctx, m, base.Data, explore.RangeOptions{})
			require.NoError(b, err)
			for b.Loop() {
				_, err := explore.RangeTest(ctx, m, base.Data, explore.RangeOptions{})
				require.NoError(b, err)
			}
		})
	}
}
