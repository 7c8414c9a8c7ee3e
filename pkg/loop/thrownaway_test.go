package loop

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// Gradients that were to be added up over several batches and are gone at each are found, and those that are added up are no fault.
func TestThrownAway(t *testing.T) {
	r, err := Read(unpacked(t, "loop-correct-accumulated"))
	require.NoError(t, err)
	require.Nil(t, cleared(r, unreplayed(len(r.Steps))))
	for k := range r.Steps {
		for name := range r.Steps[k].values {
			if strings.HasPrefix(name, "start/") {
				delete(r.Steps[k].values, name)
			}
		}
	}
	f := cleared(r, unreplayed(len(r.Steps)))
	require.NotNil(t, f)
	require.Equal(t, GradientsCleared, f.Cause)
	require.Equal(t, thrown, f.way)

	// The same without anything in the weights, of a loop that adds up in variables of its own.
	for k := range r.Steps {
		s := &r.Steps[k]
		if !s.did("step") || k == 0 {
			continue
		}
		for i := range r.Parameters {
			own, ahead := s.own(i), r.Steps[k-1].own(i)
			if own == nil || ahead == nil {
				continue
			}
			array, _ := s.of("own", i)
			array.Values = sum(own, ahead)
			s.values[fmt.Sprintf("grad/%d", i)] = array
		}
	}
	require.Nil(t, cleared(r, unreplayed(len(r.Steps))))
}
