package doctor

import (
	"fmt"
	"math"
	"slices"
	"strconv"

	"example.com/unstuck/pkg/optim"
	"example.com/unstuck/pkg/training"

	"example.com/unstuck/internal/exponent"
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
		rates := usualRates{low: 1e-3 * k, high: 1 * k}
		for _, rate := range []float64{0.1, 0.03, 0.3, 0.01, 0.003, 1} {
			rates.tries = append(rates.tries, short(rate*k))
		}
		return rates
	case optim.ASGDRule:
		return ratesOf(optim.Optimizer{Rule: optim.SGDRule{}})
	case optim.RpropRule: // of the first step alone
		return usualRates{low: 1e-6, high: 1, tries: []float64{0.01, 0.001, 0.1}}
	case optim.TorchAdafactorRule: // as a share of the weights
		return usualRates{low: 1e-3, high: 1e-1, tries: []float64{0.01, 0.03, 0.003, 0.1}}
	case optim.TorchMuonRule:
		return usualRates{low: 1e-4, high: 1e-1, tries: []float64{0.01, 0.03, 0.003, 0.001, 0.1}}
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

// over are the rates for a loss that is the sum of so many terms, and not their mean.
func (u usualRates) over(terms int) usualRates {
	n := float64(terms)
	scaled := usualRates{low: u.low / n, high: u.high / n}
	for _, rate := range u.tries {
		scaled.tries = append(scaled.tries, short(rate/n))
	}
	return scaled
}

// short is a rate without what rounding has left behind its sixth digit: people read it.
func short(rate float64) float64 { return toDigits(rate, 6) }

// toDigits is x as it reads with so many digits.
func toDigits(x float64, digits int) float64 {
	x, _ = strconv.ParseFloat(strconv.FormatFloat(x, 'g', digits, 64), 64)
	return x
}

// asPrinted are the rates with the ends of their range as the report prints them, for a rate is held against what is printed: by 1 - 0.9,
// which isn't 0.1 in binary, a rate of 0.1 would lie beyond "up to 0.1".
func (u usualRates) asPrinted() usualRates {
	u.low, u.high = toDigits(u.low, limitDigits), toDigits(u.high, limitDigits)
	return u
}

// The digits that a report prints of a rate, and of the ends of the usual range.
const (
	rateDigits  = 4
	limitDigits = 2
)

const rateSource = "Keras' default rates; Bengio 2012, 3.1; updates of about 1e-3 of the weights (Karpathy, CS231n)"

// highestRate is the learning rate, and of a schedule the highest of those that the training sees, at a few hundred of its updates.
func highestRate(t training.Training) float64 {
	o := t.Optimizer
	highest := o.Rate(0)
	if o.Schedule == nil {
		return highest
	}
	updates := max(1, t.Updates())
	for step := 0; step < updates; step += 1 + updates/300 {
		highest = max(highest, o.Rate(step))
	}
	return highest
}

func suspectRate(p *Patient, tooLow bool) *Suspicion {
	o := p.Training.Optimizer
	if o.Rule == nil { // it wasn't read
		return nil
	}
	usual, rate := ratesOf(o), highestRate(p.Training)
	s := &Suspicion{Strength: Possible}
	terms := 1
	switch o.Rule.(type) {
	case optim.SGDRule, optim.ASGDRule: // others don't look at how large gradients are
		terms = p.Training.SummedTerms()
		usual = usual.over(terms)
	}
	if terms > 1 && !tooLow {
		s.Treatments = append(s.Treatments, Treatment{
			Text: fmt.Sprintf("train by the mean of the loss: its sum over a batch has %d terms, and as many times larger gradients", terms),
			rate: rate / float64(terms),
			Apply: func(c training.Training) (training.Training, error) {
				return c.WithMeans(), nil
			},
		})
	}
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
		try := short(rate * factor)
		inside := try >= usual.low && try <= usual.high
		if s.near(try) || try == 0 || (!inside && factor != 10 && factor != 0.1) {
			continue
		}
		s.Treatments = append(s.Treatments, withRate(o, try))
	}
	if len(s.Treatments) == 0 {
		return nil
	}
	ratio := math.NaN()
	if updateRatio.there(p) {
		ratio = updateRatio.of(p)
	}
	usual = usual.asPrinted()
	printed := toDigits(rate, rateDigits) // of float32, 0.1 is a little more
	below, above := printed < usual.low, printed > usual.high
	// One rate isn't too low and too high: what the updates do to the weights says which, and where they are as usual the rate itself.
	small, large := ratio < lowUpdate && !above, ratio > highUpdate
	below = below && !large
	if tooLow && (above || large) || !tooLow && (below || small) {
		return s // worth a try where nothing else helps, and nothing that speaks for it
	}
	outside := tooLow && below || !tooLow && above
	s.Symptoms = []Symptom{{Gauge: "learning rate", Got: rate, Limit: fmt.Sprintf("usually %.*g to %.*g", limitDigits, usual.low, limitDigits, usual.high), Usual: !outside, Text: fmt.Sprintf("the learning rate is %.3g", rate)}}
	if printed < usual.low && !tooLow { // of a rate that is low, only what it does is told
		s.Symptoms = nil
	}
	if terms > 1 && s.Symptoms != nil {
		s.Symptoms[0].Text += fmt.Sprintf(", and the loss a sum of %d terms, on which it acts as %.3g does on their mean", terms, rate*float64(terms))
	}
	if outside {
		s.Strength = Strong
	}
	low, high := ratio < usualUpdateLow, ratio > usualUpdateHigh
	if finite(ratio) && !(tooLow && high) && !(!tooLow && low) {
		if tooLow && small || !tooLow && large {
			s.Strength = max(s.Strength, Likely)
		}
		s.Symptoms = append(s.Symptoms, Symptom{Gauge: "update-to-weight ratio, median", Got: ratio, Limit: "1e-4 to 1e-2", Usual: !low && !high,
			Text: fmt.Sprintf("an update changes the weights by %.2g of their size", ratio)})
	}
	if !tooLow && s.Strength < Strong {
		if symptom, diverges := divergence(p); diverges {
			s.Strength = Likely
			s.Symptoms = append(s.Symptoms, symptom)
		}
	}
	return s
}

// divergence tells whether a run ends worse than at its start, or loses its loss on the way. One that has none from the first step on
// says nothing about the rate.
func divergence(p *Patient) (Symptom, bool) {
	if !progress.there(p) {
		return Symptom{}, false
	}
	if end := progress.of(p); end <= diverged && finite(end) {
		return Symptom{Gauge: "progress of the run", Got: end, Limit: fmt.Sprintf("above %d", diverged),
			Text: fmt.Sprintf("the run ends far above the loss of the best constant prediction: a progress of %.3g, where that has 0", end)}, true
	}
	if at := firstLost(p.Before.History.Steps); at > 0 {
		return Symptom{Gauge: "first step without a finite loss", Got: float64(at + 1), Limit: "none",
			Text: fmt.Sprintf("the loss is finite at first and no number from step %d on", at+1)}, true
	}
	return Symptom{}, false
}

// Update ratios, Karpathy's usual ones; beyond a decade outside of them a rate is suspect by itself.
const (
	usualUpdateLow  = 1e-4
	usualUpdateHigh = 1e-2
	lowUpdate       = usualUpdateLow / 10
	highUpdate      = usualUpdateHigh * 10
)

// diverged is the progress of a run that has lost as much as the best constant prediction gains.
const diverged = -1

// near tells whether a rate is tried already, within a factor of 2.
func (s *Suspicion) near(rate float64) bool {
	return slices.ContainsFunc(s.Treatments, func(t Treatment) bool {
		return math.Abs(math.Log(t.rate/rate)) < math.Log(2)
	})
}

// withRate changes the learning rate alone; a schedule is scaled.
func withRate(o optim.Optimizer, rate float64) Treatment {
	return Treatment{
		Text: exponent.Short(fmt.Sprintf("learning rate %.3g instead of %.3g", rate, o.Rate(0))),
		rate: rate,
		Apply: func(c training.Training) (training.Training, error) {
			c.Optimizer = c.Optimizer.WithRate(rate)
			return c, nil
		},
	}
}
