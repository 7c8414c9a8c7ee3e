package notebook

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/loss"
	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/optim"
)

type node struct {
	Name string
	Next *node
	own  int
}

// What a cell's last line shows of the parts of a training reads as the code that makes them: no zeros, no addresses.
func TestValuesAreShownAsCode(t *testing.T) {
	ring := &node{Name: "a"}
	ring.Next = ring
	for want, v := range map[string]any{
		"optim.Adam(0.01)":                          optim.Adam(0.01),
		"nn.Dense{Units: 8, Activation: nn.ReLU{}}": nn.Dense{Units: 8, Activation: nn.ReLU{}},
		"nn.ReLU{}": nn.ReLU{},
		"mse":       loss.MSE{},
		`[notebook.node{Name: "x"}, notebook.node{}]`: []node{{Name: "x"}, {}},
		`{"a": 1, "b": 2}`:                            map[string]int{"b": 2, "a": 1},
		`["a b", "c"]`:                                []string{"a b", "c"},
		"[0 1 2 3 4 5 6 7 8 9 … 1,990 more]":          slices.Collect(counting(2000)),
		"&notebook.node{…}":                           &node{own: 1},
		"nil":                                         (*node)(nil),
		"1.5s":                                        1500 * time.Millisecond,
		"func(int) string":                            func(int) string { return "" },
		"[0.1 2]":                                     []float32{0.1, 2},
		`notebook.failed{Err: no such file}`:          failed{errors.New("no such file")},
	} {
		assert.Equal(t, want, resultText(v))
	}
	endless := resultText(ring)
	assert.Contains(t, endless, "{…}")
	assert.Less(t, len(endless), 500)
	wide := resultText(nn.LSTM{Name: strings.Repeat("long", 10), Units: 3, ReturnSequences: true, Dropout: 0.5, RecurrentDropout: 0.25})
	require.Greater(t, strings.Count(wide, "\n"), 4, wide)
	for line := range strings.Lines(wide) {
		require.LessOrEqual(t, len(line), plainWidth)
	}
	require.NotContains(t, fmt.Sprint(wide), "false")
}

type failed struct{ Err error }

func counting(n int) func(func(int) bool) {
	return func(yield func(int) bool) {
		for i := range n {
			if !yield(i) {
				return
			}
		}
	}
}
