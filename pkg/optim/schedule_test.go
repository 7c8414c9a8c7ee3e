package optim

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

// goldenSchedules has the same names as testdata/make_golden.py.
var goldenSchedules = map[string]Schedule{
	"Exponential":              Exponential{Initial: 0.1, Steps: 100, Decay: 0.96},
	"Exponential staircase":    Exponential{Initial: 0.1, Steps: 100, Decay: 0.5, Staircase: true},
	"Polynomial":               Polynomial{Initial: 0.1, End: 1e-4, Steps: 100},
	"Polynomial power":         Polynomial{Initial: 0.1, End: 0.01, Steps: 100, Power: 2.5},
	"Polynomial cycle":         Polynomial{Initial: 0.1, End: 0.01, Steps: 40, Power: 0.5, Cycle: true},
	"InverseTime":              InverseTime{Initial: 0.1, Steps: 30, Decay: 0.5},
	"InverseTime staircase":    InverseTime{Initial: 0.1, Steps: 30, Decay: 0.5, Staircase: true},
	"Piecewise":                Piecewise{Boundaries: []int{10, 20, 50}, Rates: []float64{1, 0.5, 0.1, 0.01}},
	"Cosine":                   Cosine{Initial: 0.1, Steps: 100},
	"Cosine alpha":             Cosine{Initial: 0.1, Steps: 100, Alpha: 0.2},
	"Cosine warmup":            Cosine{Initial: 0.01, Steps: 100, Alpha: 0.1, WarmupTarget: 0.3, WarmupSteps: 20},
	"CosineRestarts":           CosineRestarts{Initial: 0.1, Steps: 10},
	"CosineRestarts constants": CosineRestarts{Initial: 0.1, Steps: 10, Growth: 1.5, Decay: 0.8, Alpha: 0.1},
	"CosineRestarts even":      CosineRestarts{Initial: 0.1, Steps: 10, Growth: 1, Decay: 0.9},
}

// TestGoldenSchedules compares with Keras; see testdata/make_golden.py.
func TestGoldenSchedules(t *testing.T) {
	g := golden(t)
	require.Len(t, g.Schedules, len(goldenSchedules))
	for name, want := range g.Schedules {
		t.Run(name, func(t *testing.T) {
			s, ok := goldenSchedules[name]
			require.True(t, ok)
			require.NoError(t, validate(s))
			for i, step := range want.Steps {
				// Near its lowest point a cosine has lost all relative precision in float32.
				w, got := want.Rates[i], s.At(step)
				if !(math.Abs(got-w) <= 2e-6*w+1e-8) {
					t.Errorf("step %d: got %g, Keras has %g", step, got, w)
				}
			}
		})
	}
}

// TestScheduleEnds gives each schedule's rate at its ends.
func TestScheduleEnds(t *testing.T) {
	for _, c := range []struct {
		s    Schedule
		step int
		want float64
	}{
		{ConstantRate{0.3}, 0, 0.3},
		{ConstantRate{0.3}, 1e6, 0.3},
		{Exponential{Initial: 1, Steps: 10, Decay: 0.5, Staircase: false}, 0, 1},
		{Exponential{Initial: 1, Steps: 10, Decay: 0.5, Staircase: false}, 10, 0.5},
		{Exponential{Initial: 1, Steps: 10, Decay: 0.5, Staircase: true}, 9, 1},
		{InverseTime{Initial: 1, Steps: 10, Decay: 1, Staircase: false}, 10, 0.5},
		{Polynomial{Initial: 1, End: 0.2, Steps: 10}, 0, 1},
		{Polynomial{Initial: 1, End: 0.2, Steps: 10}, 5, 0.6},
		{Polynomial{Initial: 1, End: 0.2, Steps: 10}, 10, 0.2},
		{Polynomial{Initial: 1, End: 0.2, Steps: 10}, 99, 0.2},
		{Piecewise{[]int{5}, []float64{1, 2}}, 5, 1},
		{Piecewise{[]int{5}, []float64{1, 2}}, 6, 2},
		{Piecewise{nil, []float64{3}}, 7, 3},
		{Cosine{Initial: 1, Steps: 10, Alpha: 0.1}, 0, 1},
		{Cosine{Initial: 1, Steps: 10, Alpha: 0.1}, 10, 0.1},
		{Cosine{Initial: 1, Steps: 10, WarmupTarget: 3, WarmupSteps: 4}, 2, 2},
		{Cosine{Initial: 1, Steps: 10, WarmupTarget: 3, WarmupSteps: 4}, 4, 3},
		{Cosine{Initial: 1, Steps: 10, WarmupTarget: 3, WarmupSteps: 4}, 14, 0},
		{CosineRestarts{Initial: 1, Steps: 10}, 9, 0.024471741852423234},
		{CosineRestarts{Initial: 1, Steps: 10}, 10, 1},
		{CosineRestarts{Initial: 1, Steps: 10, Decay: 0.5}, 30, 0.25},
		{Warmup{4, 0, ConstantRate{1}}, 0, 0},
		{Warmup{4, 0, ConstantRate{1}}, 2, 0.5},
		{Warmup{4, 0, Polynomial{Initial: 1, Steps: 10}}, 4, 1},
		{Warmup{4, 0, Polynomial{Initial: 1, Steps: 10}}, 14, 0},
		{OneCycle{Max: 1, Steps: 100}, 0, 0.04},
		{OneCycle{Max: 1, Steps: 100}, 29, 1},
		{OneCycle{Max: 1, Steps: 100}, 99, 0.04e-4},
		{OneCycle{Max: 1, Steps: 100}, 1000, 0.04e-4},
		{OneCycle{Max: 1, Steps: 10, Rise: 0.5, Divisor: 2, FinalDivisor: 5}, 2, 0.75},
		{Join{[]Schedule{ConstantRate{1}, Polynomial{Initial: 2, Steps: 4}}, []int{3}}, 2, 1},
		{Join{[]Schedule{ConstantRate{1}, Polynomial{Initial: 2, Steps: 4}}, []int{3}}, 3, 2},
		{Join{[]Schedule{ConstantRate{1}, Polynomial{Initial: 2, Steps: 4}}, []int{3}}, 5, 1},
		{Join{Schedules: []Schedule{ConstantRate{4}}}, 5, 4},
	} {
		require.NoError(t, validate(c.s))
		require.InDelta(t, c.want, c.s.At(c.step), 1e-12, "%#v at %d", c.s, c.step)
	}
}

func TestScheduleValidate(t *testing.T) {
	nan := math.NaN()
	for want, s := range map[string]Schedule{
		"ConstantRate.Rate is NaN":         ConstantRate{nan},
		"Exponential.Steps is 0":           Exponential{Initial: 1, Decay: 1},
		"Exponential.Decay is -1":          Exponential{Initial: 1, Steps: 1, Decay: -1},
		"InverseTime.Steps is -3":          InverseTime{Steps: -3},
		"Polynomial.Steps is 0":            Polynomial{Initial: 1},
		"Polynomial.Power is NaN":          Polynomial{Initial: 1, Steps: 1, Power: nan},
		"1 rates for 1 boundaries":         Piecewise{[]int{1}, []float64{1}},
		"Boundaries [3 3]":                 Piecewise{[]int{3, 3}, []float64{1, 2, 3}},
		"Rates[1] is -2":                   Piecewise{[]int{3}, []float64{1, -2}},
		"Cosine.Alpha is -2":               Cosine{Initial: 1, Steps: 1, Alpha: -2},
		"Cosine.Fraction is 1":             Cosine{Initial: 1, Steps: 1, Fraction: 1},
		"Cosine.WarmupSteps is -1":         Cosine{Initial: 1, Steps: 1, WarmupSteps: -1},
		"CosineRestarts.Growth is -0.5":    CosineRestarts{Initial: 1, Steps: 1, Growth: -0.5},
		"Warmup.Then is nil":               Warmup{Steps: 1},
		"Cosine.Steps is 0":                Warmup{Steps: 1, Then: Cosine{}},
		"Warmup.Steps is 0":                Warmup{Then: ConstantRate{1}},
		"OneCycle.Steps is 1":              OneCycle{Max: 1, Steps: 1},
		"OneCycle.Rise is 1":               OneCycle{Max: 1, Steps: 10, Rise: 1},
		"no step to rise in":               OneCycle{Max: 1, Steps: 3},
		"OneCycle.Divisor is 0.5":          OneCycle{Max: 1, Steps: 10, Divisor: 0.5},
		"0 schedules for 0 boundaries":     Join{},
		"PerEpoch.Steps is 0":              PerEpoch{Of: ConstantRate{1}},
		"PerEpoch.First is -1":             PerEpoch{Steps: 1, First: -1, Of: ConstantRate{1}},
		"PerEpoch.Of is nil":               PerEpoch{Steps: 1},
		"CosineAnnealing.Steps is 0":       CosineAnnealing{Initial: 1},
		"CosineAnnealing.Last is -1":       CosineAnnealing{Initial: 1, Last: -1, Steps: 1},
		"RateTable.Rates is empty":         RateTable{},
		"RateTable.Rates[1] is -1":         RateTable{[]float64{1, -1}},
		"no step left for its third phase": OneCycle{Max: 1, Steps: 10, Rise: 0.6, ThreePhases: true},
		"Join.Schedules[0] is nil":         Join{Schedules: []Schedule{nil}},
		"Boundaries begin at 0":            Join{[]Schedule{ConstantRate{1}, ConstantRate{1}}, []int{0}},
		"Join.Schedules[0]: ConstantRate.": Join{Schedules: []Schedule{ConstantRate{-1}}},
	} {
		require.ErrorContains(t, validate(s), want)
	}
}
