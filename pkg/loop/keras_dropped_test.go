package loop

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/dataset"
)

// unreplayed are so many steps of which no loss is known.
func unreplayed(steps int) *replays {
	all := &replays{steps: make([]replayed, steps)}
	for k := range all.steps {
		all.steps[k].value = math.NaN()
	}
	return all
}

// losses gives steps recorded losses and those that are replayed with the recorded weights.
func losses(r *Recording, replayed ...float64) *replays {
	all := unreplayed(len(r.Steps))
	for k := range r.Steps {
		r.Steps[k].Loss, all.steps[k].value = new(float64), replayed[k]
		*r.Steps[k].Loss = float64(10 + k)
	}
	return all
}

// Steps that are each given the weights of the first one again, and move them, lead nowhere; those that are given the last one's do.
func TestStepsWhoseWeightsAreDropped(t *testing.T) {
	stateless := func(drop bool) *Recording {
		r := compiledSteps(true)
		for k := range r.Steps {
			s := &r.Steps[k]
			s.View, s.values = viewGradients, nil
			s.before[0].Values = []float32{1, 2}
			if drop {
				s.before = r.Steps[0].before
			}
			s.values = map[string]dataset.Array{"after/1": {Shape: []int{2, 1}, Values: []float32{s.before[1].Values[0] + 1, 0}}}
		}
		return r
	}
	f := noUpdate(stateless(true), unreplayed(5))
	require.NotNil(t, f)
	require.Contains(t, f.Evidence, "was given those of the first step again")
	require.Nil(t, noUpdate(stateless(false), unreplayed(5)))
	torch := stateless(true)
	torch.Framework = torchFramework
	require.Nil(t, torch.dropped(unreplayed(5)), "there a step's weights are the model's")
}

// Of compiled steps behind which the model's variables stay, the losses tell whether these are the loop's weights: a stateless loop
// carries its own.
func TestWeightsThatTheLoopCarries(t *testing.T) {
	still := func(assumed bool) *Recording {
		r := compiledSteps(true)
		for k := range r.Steps {
			r.Steps[k].before, r.Steps[k].weights, r.Steps[k].WeightsAssumed = r.Steps[0].before, r.Steps[0].before, assumed
		}
		return r
	}
	for name, c := range map[string]struct {
		assumed  bool
		replayed []float64
		named    bool
		foreign  bool
	}{
		"the losses are theirs":              {true, []float64{10, 11, 12, 13, 14}, true, false},
		"the losses are those of others":     {true, []float64{10, 12, 14, 16, 18}, false, true},
		"no loss is known":                   {true, []float64{math.NaN(), 11, 12, 13, 14}, false, true},
		"no loss is known, of variables":     {false, []float64{math.NaN(), 11, 12, 13, 14}, true, false},
		"the first loss isn't theirs either": {true, []float64{20, 22, 24, 26, 28}, false, true},
	} {
		r := still(c.assumed)
		all := losses(r, c.replayed...)
		require.Equal(t, c.named, noUpdate(r, all) != nil, name)
		require.Equal(t, c.foreign, r.foreign(all) != "", name)
	}
}
