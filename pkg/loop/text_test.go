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

// Where several batches go into a step, the line beneath the table says why the gradients differ; gob keeps that.
func TestTheTableSaysThatSeveralBatchesGoIntoAStep(t *testing.T) {
	backward, both := Step{Backwards: 1, Events: []string{"backward"}}, Step{Backwards: 1, Events: []string{"backward", "step"}}
	require.True(t, (&Recording{Steps: []Step{both, backward, both}}).ofSeveralBatches())
	require.False(t, (&Recording{Steps: []Step{both, both, backward}}).ofSeveralBatches())
	r := &Report{Cause: Correct, Steps: []Row{{Step: 1}}, gathers: true}
	require.Equal(t, 1, strings.Count(r.Text(), ofSeveral))
	r.Steps = nil
	require.NotContains(t, r.Text(), ofSeveral)
}
