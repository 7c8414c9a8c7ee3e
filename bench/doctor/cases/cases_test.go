package cases

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/backend"
	"example.com/unstuck/pkg/doctor"
	"example.com/unstuck/pkg/fit"
)

// Each split has at least two cases of each cause and twenty healthy ones, each a training that can be described, with a label that
// was proved.
func TestEveryCauseIsThereAndProved(t *testing.T) {
	labels, err := Labels()
	require.NoError(t, err)
	for _, split := range []Split{Tuned, HeldOut} {
		count := map[string]int{}
		for _, c := range All(split) {
			count[c.Cause]++
			require.NoError(t, c.Training().Validate(), c.ID)
			require.NoError(t, c.Cured().Validate(), c.ID)
			l, is := labels[c.ID]
			require.True(t, is, "%s: -prove writes its label", c.ID)
			require.Len(t, l.Cured, Seeds)
			require.True(t, l.Proof().Holds(c), "%s: %v", c.ID, l.Proof())
		}
		require.GreaterOrEqual(t, count[Healthy], 20)
		for _, r := range doctor.Rules() {
			require.GreaterOrEqual(t, count[string(r.Cause)], 2, "%s in %s", r.Cause, split)
		}
		require.GreaterOrEqual(t, count[string(doctor.LookAtTheLoop)], 2)
	}
}

// No family of data is in both splits.
func TestSplitsShareNothing(t *testing.T) {
	families := func(split Split) (all []string, seeds []uint64) {
		for _, c := range All(split) {
			all, seeds = append(all, c.Family), append(seeds, c.seed)
		}
		return all, seeds
	}
	tuned, tunedSeeds := families(Tuned)
	heldOut, seeds := families(HeldOut)
	for i := range heldOut {
		require.False(t, slices.Contains(tuned, heldOut[i]), heldOut[i])
		require.False(t, slices.Contains(tunedSeeds, seeds[i]))
	}
}

// A case is the same wherever it is drawn.
func TestCasesAreDrawnAlike(t *testing.T) {
	for _, c := range All(HeldOut) {
		a, b := c.Training(), c.Training()
		require.Len(t, b.Data.X.Values, len(a.Data.X.Values))
		for i, v := range a.Data.X.Values {
			require.True(t, v == b.Data.X.Values[i] || v != v, c.ID)
		}
		require.Equal(t, a.Model, b.Model)
	}
}

// A proof is what training says and no assertion: a label whose cure changes nothing doesn't hold, nor one of a fault that isn't there.
func TestProve(t *testing.T) {
	b, err := backend.Open(backend.Options{Name: backend.Go})
	require.NoError(t, err)
	var c Case
	for _, one := range All(HeldOut) {
		if one.Cause == "unscaled-targets" {
			c = one
			break
		}
	}
	prove := func(c Case) (Proof, bool) {
		p, err := Prove(t.Context(), c, fit.Options{Backend: b.Backend})
		require.NoError(t, err)
		return p, p.Holds(c)
	}
	p, holds := prove(c)
	require.True(t, holds, p)
	useless, absent := c, c
	useless.cured = useless.stuck
	p, holds = prove(useless)
	require.False(t, holds, p)
	absent.stuck = nil
	p, holds = prove(absent)
	require.False(t, holds, p)
}
