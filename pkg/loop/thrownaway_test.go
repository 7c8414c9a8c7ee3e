package loop

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// Gradients that were to be added up over several batches and are gone at each are found, and those that are added up are no fault.
func TestThrownAway(t *testing.T) {
	r, err := Read(unpacked(t, "loop-correct-accumulated"))
	require.NoError(t, err)
	require.Nil(t, cleared(r))
	for k := range r.Steps {
		for name := range r.Steps[k].values {
			if strings.HasPrefix(name, "start/") {
				delete(r.Steps[k].values, name)
			}
		}
	}
	f := cleared(r)
	require.NotNil(t, f)
	require.Equal(t, GradientsCleared, f.Cause)
	require.Equal(t, thrown, f.way)
}
