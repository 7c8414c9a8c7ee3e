package fit_test

import (
	"context"
	"fmt"
	"math"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/backend/backendtest"
	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/fit"
	"example.com/unstuck/pkg/loss"
	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/optim"
)

// BenchmarkTogether trains the article's first example at many rates, ten epochs each, compilation left out.
func BenchmarkTogether(b *testing.B) {
	backend := backendtest.XLA(b)
	d, err := dataset.Random(1000, []int{10}, []int{1}, 7)
	require.NoError(b, err)
	for _, n := range []int{50, 100} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			run := func() {
				members := make([]fit.Member, n)
				for i := range members {
					rate := math.Pow(10, -5+5*float64(i)/float64(n))
					m, err := fit.Compile(nn.Sequential{nn.Dense{Units: 64, Activation: nn.ReLU{}}, nn.Dense{Units: 1}}, optim.Adam(rate), loss.MSE{}, fit.Options{Backend: backend})
					require.NoError(b, err)
					members[i] = fit.Member{Model: m, Data: d, Config: fit.Config{Epochs: 10}}
				}
				_, err := fit.Together(context.Background(), members, 0)
				require.NoError(b, err)
			}
			run()
			least, cpu := time.Hour, time.Hour
			for b.Loop() {
				began, before := time.Now(), processor()
				run()
				least, cpu = min(least, time.Since(began)), min(cpu, processor()-before)
			}
			b.ReportMetric(float64(least.Milliseconds()), "least-ms")
			b.ReportMetric(float64(cpu.Milliseconds()), "least-cpu-ms")
		})
	}
}

func processor() time.Duration {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
