package loop

import (
	"encoding/json"
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

// A schedule that leaves next to nothing of the optimizer's rate from the first step on is named, where the loss stays; a warm-up, a loop
// that learns, one that goes on from earlier steps and one whose rate was set without a schedule aren't.
func TestRatesThatAFunctionReturns(t *testing.T) {
	for name, c := range map[string]struct {
		rate    func(step float64) float64
		loss    float64 // what is left of it from step to step
		initial string
		memory  bool
		fault   bool
	}{
		"a rate for a factor":         {func(n float64) float64 { return 2.5e-5 * math.Pow(0.999, n) }, 1, "0.005", false, true},
		"and the loss falls":          {func(float64) float64 { return 2.5e-5 }, 0.95, "0.005", false, false},
		"a warm-up that is over":      {func(n float64) float64 { return 2e-6 * min(n+1, 8) }, 1, "0.005", false, true},
		"a slow warm-up":              {func(n float64) float64 { return 5e-3 * (n + 1) / 1e4 }, 1, "0.005", false, false},
		"at the end of a schedule":    {func(float64) float64 { return 2.5e-5 }, 1, "0.005", true, false},
		"a low rate, and no schedule": {func(float64) float64 { return 2.5e-5 }, 1, "", false, false},
		"a tenth of it":               {func(float64) float64 { return 5e-4 }, 1, "0.005", false, false},
	} {
		r := &Recording{Ended: true, Total: 60, Optimizers: []Optimizer{{Groups: []map[string]json.RawMessage{{}}, HasMemory: c.memory}}}
		if c.initial != "" {
			r.Optimizers[0].Groups[0]["initial_lr"] = json.RawMessage(c.initial)
		}
		for n := 1; n <= 60; n++ {
			v, rates := math.Pow(c.loss, float64(n-1)), [][]float64{{c.rate(float64(n - 1))}}
			if n <= 12 {
				r.Steps = append(r.Steps, Step{Number: n, Rates: rates, Loss: &v})
			} else {
				r.Rates = append(r.Rates, RateSample{Step: n, Rates: rates, Loss: &v})
			}
		}
		f := rateChanged(r)
		require.Equal(t, c.fault, f != nil, name)
		if c.fault {
			require.Equal(t, tinyFactor, f.way, name)
			require.Contains(t, f.Evidence, "made with a rate of 0.005, and it is at most", name)
		}
	}
}
