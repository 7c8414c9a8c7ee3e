package doctor

import (
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/optim"
	"example.com/unstuck/pkg/training"
)

// A rate at an end of the range, as that is printed, lies within it: for every momentum, for every optimizer, and where float32 makes a
// little more or less of it. Beyond the ends it is suspicious still.
func TestARateAtTheEndOfItsRangeIsUsual(t *testing.T) {
	rules := []optim.Rule{optim.Adam(1).Rule, optim.ASGDRule{}, optim.RpropRule{}, optim.TorchAdafactorRule{}, optim.TorchMuonRule{}, optim.AdagradRule{}, optim.AdadeltaRule{}, optim.LionRule{}}
	for k := range 100 {
		rules = append(rules, optim.SGDRule{Momentum: float64(k) / 100})
	}
	rules = append(rules, optim.SGDRule{Momentum: 0.995}, optim.SGDRule{Momentum: 1. / 3})
	accused := func(rule optim.Rule, rate float64, tooLow bool) (limit string, suspicious bool) {
		s := suspectRate(&Patient{Training: training.Training{Optimizer: optim.Optimizer{Rule: rule}.WithRate(rate)}}, tooLow)
		for _, symptom := range s.Symptoms {
			limit, suspicious = symptom.Limit, suspicious || !symptom.Usual
		}
		return limit, suspicious
	}
	for _, rule := range rules {
		limit, _ := accused(rule, 1e-3, false)
		if limit == "" {
			limit, _ = accused(rule, 1e-3, true)
		}
		low, high, known := rangeOf(limit)
		require.True(t, known, "%T %q", rule, limit)
		for _, rate := range []float64{low, high, float64(float32(low)), float64(float32(high))} {
			for _, tooLow := range []bool{false, true} {
				_, suspicious := accused(rule, rate, tooLow)
				require.False(t, suspicious, "%#v: %g within %q", rule, rate, limit)
			}
		}
		_, suspicious := accused(rule, 1.05*high, false)
		require.True(t, suspicious, "%#v", rule)
		_, suspicious = accused(rule, low/1.05, true)
		require.True(t, suspicious, "%#v", rule)
	}
}
