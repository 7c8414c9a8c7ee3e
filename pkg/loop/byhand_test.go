package loop

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// byHand is the correct recording as a loop without an optimizer would have left it, which moves the weights by what a rule makes of the
// gradient and of the movement before, and clears nothing where it keeps.
func byHand(t *testing.T, keeps bool, rule func(gradient, before float32) float32) *Recording {
	t.Helper()
	r, err := Read(unpacked(t, string(Correct)))
	require.NoError(t, err)
	r.Optimizers = nil
	last := map[int][]float32{}
	for k := range r.Steps {
		s := &r.Steps[k]
		s.Events, s.Stepped, s.Rates = []string{"forward", "watch", "backward"}, nil, nil
		for i := range r.Parameters {
			for _, kind := range []string{"after", "delta", "grad", "start"} {
				delete(s.values, arrayName(kind, i))
			}
			own, ok := s.of("own", i)
			if !ok {
				continue
			}
			if keeps && k > 0 {
				before := own
				before.Values = r.Steps[k-1].accumulated(i)
				s.values[arrayName("start", i)] = before
			}
			weight := s.before[i]
			by := make([]float32, len(own.Values))
			for n, g := range s.accumulated(i) {
				if last[i] == nil {
					by[n] = rule(g, 0)
				} else {
					by[n] = rule(g, last[i][n])
				}
			}
			last[i], weight.Values = by, sum(weight.Values, by)
			if k+1 < len(r.Steps) {
				r.Steps[k+1].values[arrayName("before", i)] = weight
				r.Steps[k+1].before[i] = weight
			}
		}
	}
	r.follow()
	r.stepsByHand()
	return r
}

// A step that a loop makes itself is one, by descent and with momentum, and its rate is known; that nothing is cleared ahead of the next is
// found of these and of movements of another kind, and a step uphill is one.
func TestStepsByHand(t *testing.T) {
	descent := func(g, _ float32) float32 { return -0.1 * g }
	momentum := func(g, before float32) float32 { return 0.9*before - 0.1*g }
	signs := func(g, _ float32) float32 {
		if g > 0 {
			return -0.01
		}
		return 0.01
	}
	for _, rule := range []func(g, before float32) float32{descent, momentum} {
		r := byHand(t, false, rule)
		for k := range r.Steps[:len(r.Steps)-1] {
			require.True(t, r.Steps[k].did("step"), "step %d", k+1)
			require.InDelta(t, 0.1, r.Steps[k].Rates[0][0], 1e-3)
		}
		require.Nil(t, accumulate(r))
		require.False(t, maximizes(r))
	}
	r := byHand(t, false, signs)
	require.False(t, r.Steps[0].did("step"), "what made the movement isn't known")
	require.Nil(t, accumulate(r))
	for _, rule := range []func(g, before float32) float32{descent, momentum, signs} {
		f := accumulate(byHand(t, true, rule))
		require.NotNil(t, f)
		require.Equal(t, GradientsAccumulate, f.Cause)
		require.Contains(t, f.Torch, "model.zero_grad()")
	}
	require.True(t, maximizes(byHand(t, false, func(g, _ float32) float32 { return 0.1 * g })))
}

// A loop that keeps the sum of gradients, and moves along each batch's own, has cleared nothing that it uses.
func TestSumKeptByHand(t *testing.T) {
	r := byHand(t, false, func(g, _ float32) float32 { return -0.1 * g })
	for k := 1; k < len(r.Steps); k++ {
		for i := range r.Parameters {
			if own, ok := r.Steps[k].of("own", i); ok {
				own.Values = r.Steps[k-1].accumulated(i)
				r.Steps[k].values[arrayName("start", i)] = own
			}
		}
	}
	require.Nil(t, accumulate(r))
}

// Who finds steps, and who looks for gradients that pile up, share one computation of the movements.
func TestMovementsAreComputedOnce(t *testing.T) {
	r := byHand(t, true, func(g, _ float32) float32 { return -0.1 * g })
	first := r.movements()
	require.NotEmpty(t, first[0])
	require.NotNil(t, accumulate(r))
	for i, by := range r.movements()[0] {
		require.Same(t, &first[0][i][0], &by[0])
		require.Same(t, &by[0], &r.Steps[0].values[arrayName("delta", i)].Values[0], "the step that was found holds it as well")
	}
}
