package logs_test

import (
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/exchange/logs"
)

// A log of millions of lines is read in seconds, and with a few times its size: of each line next to nothing is put on the heap.
func TestManyLines(t *testing.T) {
	const lines = 50_000
	for name, c := range map[string]struct {
		line string
		most float64 // allocations a line
	}{
		"names":   {"step %d loss: 0.6931 lr: 0.001\n", 1.2},
		"spoken":  {"step %d loss 0.6931\n", 1.2},
		"columns": {"%d 0.6931\n", 2.2}, // read twice
		"objects": {`{"step": %d, "loss": 0.6931}` + "\n", 14.5},
		"Python":  {"{'step': %d, 'loss': 0.6931}\n", 14.5},
	} {
		t.Run(name, func(t *testing.T) {
			var text strings.Builder
			for i := range lines {
				fmt.Fprintf(&text, c.line, i)
			}
			in := strings.NewReader(text.String())
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			log, err := logs.Read(in)
			runtime.ReadMemStats(&after)
			require.NoError(t, err)
			require.Len(t, find(t, log, "loss").At, lines)
			require.Less(t, float64(after.Mallocs-before.Mallocs)/lines, c.most)
		})
	}
}
