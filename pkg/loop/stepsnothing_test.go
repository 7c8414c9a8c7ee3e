package loop

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// An optimizer of the user's whose steps leave every weight as it was is named; with a rate of 0, or where one weight moves, it isn't, and neither are
// optimizers that are known here, of which gradients and rates tell why.
func TestStepsOfNothing(t *testing.T) {
	recorded := func(class string, rate float64, moving bool) *Finding {
		r, err := Read(unpacked(t, string(Correct)))
		require.NoError(t, err)
		for i := range r.Optimizers {
			r.Optimizers[i].Class = class
		}
		for k := range r.Steps {
			s := &r.Steps[k]
			for _, group := range s.Rates {
				for g := range group {
					group[g] = rate
				}
			}
			for name := range s.values {
				if kind, of, _ := strings.Cut(name, "/"); slices.Contains([]string{"after", "delta"}, kind) && !(moving && of == "0") {
					delete(s.values, name)
				}
			}
		}
		r.follow()
		return noUpdate(r, unreplayed(len(r.Steps)))
	}
	f := recorded("Own", 0.01, false)
	require.NotNil(t, f)
	require.Equal(t, NoUpdate, f.Cause)
	require.Contains(t, f.Evidence, "no weight is another behind it")
	require.Nil(t, recorded("Own", 0, false), "of a rate of 0 the rate is told")
	require.Nil(t, recorded("Own", 0.01, true))
	known, err := Read(unpacked(t, string(Correct)))
	require.NoError(t, err)
	require.Nil(t, recorded(known.Optimizers[0].Class, 0.01, false))
}
