package optim

import (
	"testing"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/stretchr/testify/require"
)

func key(t *testing.T, o Optimizer) string {
	t.Helper()
	k, ok := o.ProgramKey()
	require.True(t, ok)
	return k
}

// TestProgramKey: what lives in variables shares a program, everything else doesn't.
func TestProgramKey(t *testing.T) {
	clipped := Adam(0.1).With(ClipByNorm{1}, Chain{AdaptiveClip{}})
	require.Equal(t, key(t, clipped), key(t, Adam(0.2).With(ClipByNorm{7}, Chain{AdaptiveClip{Ratio: 0.5}})))
	require.Equal(t, key(t, clipped), key(t, clipped.WithSchedule(Cosine{Initial: 1, Steps: 9})))

	seen := map[string]string{}
	all := plainRules()
	delete(all, "Adam 10") // Adam at another rate
	delete(all, "Adafactor 10")
	delete(all, "SGD loss_scale_factor")
	all["accumulated"] = Adam(0.1).WithAccumulation(2)
	all["accumulated longer"] = Adam(0.1).WithAccumulation(3)
	all["averaged"] = Adam(0.1).WithEMA(0.9, 0)
	all["averaged by less"] = Adam(0.1).WithEMA(0.8, 0)
	all["averaged and taken"] = Adam(0.1).WithEMA(0.9, 2)
	all["scaled"] = Adam(0.1).With(LossScale{})
	all["clips"] = clipped
	all["clips in another order"] = Adam(0.1).With(Chain{AdaptiveClip{}}, ClipByNorm{1})
	all["clips in a chain"] = Adam(0.1).With(Chain{ClipByNorm{1}, AdaptiveClip{}})
	all["value"] = Adam(0.1).With(ClipByValue{1})
	all["global"] = Adam(0.1).With(ClipByGlobalNorm{Max: 1})
	all["skip"] = Adam(0.1).With(SkipNonFinite{})
	for name, o := range all {
		k := key(t, o)
		require.Empty(t, seen[k], "%s has the key of", name)
		seen[k] = name
	}
}

// foreign is a rule of somebody else.
type foreign struct{ Size float64 }

func (foreign) Update(s *State, w, gradient *graph.Node) *graph.Node { return w }

func TestProgramKeyOfForeign(t *testing.T) {
	_, ok := Optimizer{Rule: foreign{}}.ProgramKey()
	require.False(t, ok)
	_, ok = SGD(1).With(forgetful{}).ProgramKey()
	require.False(t, ok)
	_, ok = Optimizer{}.ProgramKey()
	require.False(t, ok)
}
