package optim

import (
	"fmt"
	"math"
)

// OneCycle rises from Max/Divisor to Max along half a cosine over the first part of the training, and falls
// to Max/(Divisor·FinalDivisor) over the rest, where it stays. Source: Smith & Topin 2019,
// arXiv:1708.07120, in the form and with the defaults of PyTorch's OneCycleLR. fastai's fit_one_cycle is
// OneCycle{Rise: 0.25, FinalDivisor: 1e5/25}. The momentum, which both move too, is left alone.
type OneCycle struct {
	Max          float64 // highest rate
	Steps        int     // steps of the whole training; at least 2
	Rise         float64 // fraction of the steps in which the rate rises; in (0, 1); 0 means 0.3
	Divisor      float64 // Max over the first rate; 0 means 25
	FinalDivisor float64 // first rate over the last; 0 means 1e4
	Linear       bool    // along straight lines: PyTorch's anneal_strategy="linear"
	ThreePhases  bool    // falls to the first rate in as many steps as it has risen in, and from there to the last
}

func (o OneCycle) defaults() OneCycle {
	if o.Rise == 0 {
		o.Rise = 0.3
	}
	if o.Divisor == 0 {
		o.Divisor = 25
	}
	if o.FinalDivisor == 0 {
		o.FinalDivisor = 1e4
	}
	return o
}

// At returns the rate of a step.
func (o OneCycle) At(step int) float64 {
	phases := o.phases()
	t, last := float64(step), phases[len(phases)-1]
	if t >= last.end {
		return last.to
	}
	for _, p := range phases {
		if t <= p.end {
			return o.between(p, (t-p.begin)/(p.end-p.begin))
		}
	}
	return last.to
}

// phase is a part of the training in which the rate goes one way.
type phase struct{ begin, end, from, to float64 }

func (o OneCycle) phases() []phase {
	o = o.defaults()
	first := o.Max / o.Divisor
	last := first / o.FinalDivisor
	peak, end := o.Rise*float64(o.Steps)-1, float64(o.Steps-1)
	rise := phase{0, peak, first, o.Max}
	if o.ThreePhases {
		return []phase{rise, {peak, 2 * peak, o.Max, first}, {2 * peak, end, first, last}}
	}
	return []phase{rise, {peak, end, o.Max, last}}
}

// between is the rate where x of a phase is over.
func (o OneCycle) between(p phase, x float64) float64 {
	if o.Linear {
		return linear(p.from, p.to, x)
	}
	return linear(p.to, p.from, cosine(x))
}

// Validate refuses fewer than 2 steps, a Rise outside (0, 1) or of no more than one step,
// divisors below 1, and
// a Max that is negative or not finite.
func (o OneCycle) Validate() error {
	d := o.defaults()
	if o.Steps < 2 {
		return fmt.Errorf("OneCycle.Steps is %d: must be at least 2", o.Steps)
	}
	if !(d.Rise > 0 && d.Rise < 1) {
		return fmt.Errorf("OneCycle.Rise is %g: must lie in (0, 1)", o.Rise)
	}
	if d.Rise*float64(o.Steps) <= 1 {
		return fmt.Errorf("OneCycle with Rise %g of %d steps has no step to rise in", d.Rise, o.Steps)
	}
	if o.ThreePhases && 2*(d.Rise*float64(o.Steps)-1) >= float64(o.Steps-1) {
		return fmt.Errorf("OneCycle with Rise %g has no step left for its third phase", d.Rise)
	}
	for _, s := range []setting{{"Divisor", d.Divisor}, {"FinalDivisor", d.FinalDivisor}} {
		if !(s.value >= 1) || math.IsInf(s.value, 1) {
			return fmt.Errorf("OneCycle.%s is %g: must be at least 1, and finite", s.name, s.value)
		}
	}
	return validateRates("OneCycle", setting{"Max", o.Max})
}
