package doctor

import (
	"fmt"
	"math"
	"slices"

	"example.com/unstuck/pkg/optim"
	"example.com/unstuck/pkg/training"
)

// usualRates is where the learning rate of an optimizer usually lies: from a tenth to ten times around
// Keras' default, which is also the treatment's first try.
type usualRates struct {
	low, high float64
	tries     []float64 // inside, most promising first
}

func ratesOf(o optim.Optimizer) usualRates {
	switch r := o.Rule.(type) {
	case optim.SGDRule:
		// A step with momentum m goes 1/(1−m) times as far in the end.
		k := 1 - r.Momentum
		return usualRates{low: 1e-3 * k, high: 1 * k, tries: []float64{0.1 * k, 0.03 * k, 0.3 * k, 0.01 * k, 0.003 * k, 1 * k}}
	case optim.AdagradRule:
		return usualRates{low: 1e-3, high: 1, tries: []float64{0.03, 0.1, 0.3, 0.01}}
	case optim.AdadeltaRule:
		return usualRates{low: 1e-2, high: 10, tries: []float64{1, 3, 0.3}}
	case optim.LionRule:
		return usualRates{low: 1e-5, high: 1e-3, tries: []float64{3e-4, 1e-4, 1e-3}}
	default:
		return usualRates{low: 1e-4, high: 1e-2, tries: []float64{3e-3, 1e-3, 1e-2, 3e-4, 3e-2}}
	}
}

const rateSource = "Keras' default rates; Bengio 2012, 3.1; updates of about 1e-3 of the weights (Karpathy, CS231n)"

func suspectRate(p *Patient, tooLow bool) *Suspicion {
	o := p.Training.Optimizer
	usual, rate := ratesOf(o), o.Rate(0)
	s := &Suspicion{Strength: Possible}
	for _, try := range usual.tries {
		if tooLow && try > 2*rate || !tooLow && try < rate/2 {
			s.Treatments = append(s.Treatments, withRate(o, try))
		}
	}
	// Beyond the usual range, for the case that it isn't where this model's range is.
	for _, factor := range []float64{10, 100} {
		if !tooLow {
			factor = 1 / factor
		}
		try := rate * factor
		inside := try >= usual.low && try <= usual.high
		if s.near(try) || try == 0 || (!inside && factor != 10 && factor != 0.1) {
			continue
		}
		s.Treatments = append(s.Treatments, withRate(o, try))
	}
	if len(s.Treatments) == 0 {
		return nil
	}
	s.Symptoms = []Symptom{{Gauge: "learning rate", Got: rate, Limit: fmt.Sprintf("usually %.2g to %.2g", usual.low, usual.high), Text: fmt.Sprintf("the learning rate is %.3g", rate)}}
	if tooLow && rate < usual.low || !tooLow && rate > usual.high {
		s.Strength = Strong
	}
	if p.first != nil {
		ratio := p.first.updateRatio()
		out := tooLow && ratio < lowUpdate || !tooLow && ratio > highUpdate
		if out {
			s.Strength = max(s.Strength, Likely)
		}
		s.Symptoms = append(s.Symptoms, Symptom{Gauge: "update-to-weight ratio, median", Got: ratio, Limit: "1e-4 to 1e-2",
			Text: fmt.Sprintf("an update changes the weights by %.2g of their size", ratio)})
	}
	if !tooLow && s.Strength < Strong && p.Before != nil && !(p.Before.Progress > -1) {
		s.Strength = Likely // worse than at the start, or not a number
	}
	return s
}

// Update ratios beyond which a rate is suspect by itself: a decade outside of the usual range.
const (
	lowUpdate  = 1e-5
	highUpdate = 0.1
)

// near tells whether a rate is tried already, within a factor of 2.
func (s *Suspicion) near(rate float64) bool {
	return slices.ContainsFunc(s.Treatments, func(t Treatment) bool {
		return math.Abs(math.Log(t.rate/rate)) < math.Log(2)
	})
}

// withRate changes the learning rate alone; a schedule is scaled.
func withRate(o optim.Optimizer, rate float64) Treatment {
	return Treatment{
		Text: fmt.Sprintf("learning rate %.3g instead of %.3g", rate, o.Rate(0)),
		rate: rate,
		Apply: func(c training.Training) (training.Training, error) {
			c.Optimizer = c.Optimizer.WithRate(rate)
			return c, nil
		},
	}
}
