//go:build unix

package explore_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/gomlx/compute"
	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/backend/backendtest"
	"example.com/unstuck/pkg/explore"
	"example.com/unstuck/pkg/fit"
)

// BenchmarkHundredRates is a search of a hundred rates on the article's first example, one by one and together, compilation left out. The least
// processor time of all rounds is told beside: what others do on the machine disturbs it less.
func BenchmarkHundredRates(b *testing.B) {
	for name, open := range map[string]func() compute.Backend{
		"go":  func() compute.Backend { return goBackend },
		"xla": func() compute.Backend { return backendtest.XLA(b) },
	} {
		for _, oneByOne := range []bool{true, false} {
			b.Run(fmt.Sprintf("%s, one by one %t", name, oneByOne), func(b *testing.B) {
				base := example1(b)
				points := grid(b, explore.LearningRates(explore.LogSpace(1e-5, 1, 100)...))
				o := explore.SearchOptions{Run: explore.Run{Fit: fit.Options{Backend: open()}}, OneByOne: oneByOne}
				least := time.Hour
				for i := 0; b.Loop(); i++ {
					before := processorTime(b)
					_, err := explore.Search(ctx, base, points, o)
					require.NoError(b, err)
					if used := processorTime(b) - before; i > 0 {
						least = min(least, used)
					}
				}
				b.ReportMetric(float64(least.Milliseconds()), "least-cpu-ms")
			})
		}
	}
}
