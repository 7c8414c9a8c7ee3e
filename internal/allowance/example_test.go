package allowance_test

import (
	"strings"
	"testing"

	"example.com/unstuck/internal/allowance"
)

// A fuzz target states what its reader may cost.
func Example() {
	reads := allowance.Allowance{Fixed: 1 << 20, PerByte: 64}
	_ = func(f *testing.F) {
		f.Fuzz(func(t *testing.T, text string) {
			reads.Check(t, len(text), func() { strings.Fields(text) })
		})
	}
	// Output:
}
