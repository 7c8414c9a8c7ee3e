package loop

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestRates(t *testing.T) {
	schedule := func(total int, rate func(step float64) float64) *Recording {
		r := &Recording{Ended: true, Total: total}
		for n := 1; n <= total; n++ {
			rates := [][]float64{{rate(float64(n - 1))}}
			if n <= 12 {
				r.Steps = append(r.Steps, Step{Number: n, Rates: rates})
			} else {
				r.Rates = append(r.Rates, RateSample{Step: n, Rates: rates})
			}
		}
		return r
	}
	for name, c := range map[string]struct {
		total int
		rate  func(step float64) float64
		fault bool
	}{
		"constant":                       {100, func(float64) float64 { return 1e-3 }, false},
		"a cosine to the end":            {100, func(n float64) float64 { return (1 + math.Cos(math.Pi*n/99)) / 2 }, false},
		"a cosine to a tenth of the end": {100, func(n float64) float64 { return (1 + math.Cos(math.Pi*min(n, 10)/10)) / 2 }, true},
		"a warm-up from nothing":         {100, func(n float64) float64 { return min(1, n/20) }, false},
		"halved at every step":           {60, func(n float64) float64 { return math.Pow(0.5, n) }, true},
		"a hundredth of it each epoch":   {100, func(n float64) float64 { return math.Pow(0.99, n) }, false},
		"a line to the end":              {100, func(n float64) float64 { return 1 - n/99 }, false},
		"zero":                           {30, func(float64) float64 { return 0 }, true},
	} {
		require.Equal(t, c.fault, rateChanged(schedule(c.total, c.rate)) != nil, name)
	}
	// A rate that goes down over the training is meant where the loss has come down first; the loss excuses no rate that is gone at once.
	for name, c := range map[string]struct {
		by, loss float64 // what is left of rate and loss from step to step
		fault    bool
	}{
		"down to a thousandth, the loss with it": {0.965, 0.98, false},
		"as far, and the loss stays":             {0.965, 1, true},
		"gone in six steps, the loss falls":      {0.5, 0.98, true},
	} {
		r := schedule(200, func(n float64) float64 { return math.Pow(c.by, n) })
		for k := range r.Steps {
			v := 2 * math.Pow(c.loss, float64(k))
			r.Steps[k].Loss = &v
		}
		for k := range r.Rates {
			v := 2 * math.Pow(c.loss, float64(r.Rates[k].Step-1))
			r.Rates[k].Loss = &v
		}
		require.Equal(t, c.fault, rateChanged(r) != nil, name)
	}
}
