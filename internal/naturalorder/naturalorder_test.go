package naturalorder_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/internal/naturalorder"
)

func Example() {
	names := []string{"net.10.weight", "net.2.weight", "net.2.bias", "head.weight"}
	slices.SortFunc(names, naturalorder.Compare)
	fmt.Println(names)
	// Output: [head.weight net.2.bias net.2.weight net.10.weight]
}

// It is an order: of any two names one is ahead, unless they are the same, and whatever is between two is told so from both.
func TestCompareIsAnOrder(t *testing.T) {
	names := []string{"", "0", "00", "7", "07", "10", "a", "a1", "a2", "a10", "a10b", "a10b2", "a010", "b", "net.9.x", "net.10.x", "99999999999999999999999", "100000000000000000000000"}
	for _, a := range names {
		for _, b := range names {
			require.Equal(t, naturalorder.Compare(a, b), -naturalorder.Compare(b, a), "%q %q", a, b)
			require.Equal(t, a == b, naturalorder.Compare(a, b) == 0, "%q %q", a, b)
			for _, c := range names {
				if naturalorder.Compare(a, b) < 0 && naturalorder.Compare(b, c) < 0 {
					require.Negative(t, naturalorder.Compare(a, c), "%q %q %q", a, b, c)
				}
			}
		}
	}
	require.Negative(t, naturalorder.Compare("a2", "a10"))
	require.Negative(t, naturalorder.Compare("99999999999999999999999", "100000000000000000000000"))
}
