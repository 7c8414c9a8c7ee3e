package loop

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// In a terminal the table says what its columns are, once, beneath it, and naming each that isn't plain; without a table there is no such line.
func TestTheTableHasALegendInATerminal(t *testing.T) {
	r := &Report{Cause: Correct, Meaning: Correct.Meaning(), Steps: []Row{{Step: 1}, {Step: 2}}, Unchecked: []string{"something"}}
	text := r.Terminal()
	require.Equal(t, 1, strings.Count(text, Legend))
	require.Less(t, strings.LastIndex(text, "    2 "), strings.Index(text, Legend))
	require.Less(t, strings.Index(text, Legend), strings.Index(text, "Not checked"))
	for _, column := range Columns[2:6] {
		require.Contains(t, Legend, column)
	}
	require.NotContains(t, r.Text(), Legend)
	r.Steps = nil
	require.NotContains(t, r.Terminal(), Legend)
}
