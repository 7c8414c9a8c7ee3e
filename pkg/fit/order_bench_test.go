package fit

import "testing"

// BenchmarkOrder lays out an epoch of the size of MNIST, in shuffled batches.
func BenchmarkOrder(b *testing.B) {
	const rows, batch = 60000, 128
	for epoch := 0; b.Loop(); epoch++ {
		newOrder(b.Context(), rows, batch, stepsPerEpoch(rows, batch), epoch, 1, true, 1)
	}
	b.ReportMetric(rows*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}
