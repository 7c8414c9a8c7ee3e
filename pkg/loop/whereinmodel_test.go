package loop

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// The place of an activation within a model is where it is called, or, of one that a container calls, where it is made; it is told apart from
// others and from those in the loop.
func TestWhereWithinTheModel(t *testing.T) {
	place := func(kind, how string, line int, forward bool) Place {
		return Place{Kind: kind, How: how, Line: Line{File: "a.py", Line: line}, Forward: forward, Without: "return h", Whole: [2]int{line, line}}
	}
	for what, c := range map[string]struct {
		places []Place
		want   []int
		edits  int
	}{
		"called":                     {[]Place{place("activation", "sigmoid", 3, true), place("activation", "softmax", 4, true)}, []int{3}, 1},
		"called and made":            {[]Place{place("activation", "Sigmoid", 9, true), place("activation_made", "Sigmoid", 3, false)}, []int{9}, 1},
		"made alone":                 {[]Place{place("activation_made", "Sigmoid", 3, false), place("activation_made", "Softmax", 4, false)}, []int{3}, 0},
		"called twice":               {[]Place{place("activation", "sigmoid", 3, true), place("activation", "sigmoid", 4, true)}, []int{3, 4}, 0},
		"in the loop, of the output": {[]Place{place("activation", "sigmoid", 3, false)}, nil, 0},
	} {
		l := (&Recording{Source: &Source{Places: c.places}}).whereWithin("sigmoid")
		var lines []int
		for _, at := range l.at {
			lines = append(lines, at.Line.Line)
		}
		require.Equal(t, c.want, lines, what)
		require.Len(t, l.edits, c.edits, what)
	}
}
