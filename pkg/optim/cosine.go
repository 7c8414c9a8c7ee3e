package optim

import (
	"fmt"

	"example.com/unstuck/internal/codec"
)

// Cosine falls from Initial to Alpha·Initial along half a cosine and stays there. Keras: CosineDecay.
// Source: Loshchilov & Hutter 2017, arXiv:1608.03983, without the restarts, for which see [CosineRestarts].
//
// With WarmupSteps the rate first rises in a line from Initial to WarmupTarget, and falls from there.
type Cosine struct {
	Initial        float64 `keras:"initial_learning_rate,required,from=0"`      // the rate at step 0
	Steps          int     `keras:"decay_steps,required,above=0,rest=Fraction"` // steps of the fall, after the warm-up; positive
	Fraction       float64 `keras:"-"`                                          // of a step, on top of Steps: Keras' decay_steps need not be whole; in [0, 1)
	Alpha          float64 `keras:"alpha,from=0"`                               // the last rate, as a fraction of the highest; above 1 the rate rises
	WarmupTarget   float64 `keras:"warmup_target,from=0"`                       // highest rate; used with WarmupSteps only
	WarmupSteps    int     `keras:"warmup_steps,from=0,rest=WarmupFraction"`    // 0: no warm-up
	WarmupFraction float64 `keras:"-"`                                          // of a step, on top of WarmupSteps; in [0, 1)
}

var _ = schedules.Add(Cosine{}, codec.Named("CosineDecay"), codec.Settled(func(from codec.Source, value any) any {
	c := value.(Cosine)
	switch {
	case !from.Has("warmup_target") || from.Null("warmup_target"): // Keras doesn't warm up then
		c.WarmupTarget, c.WarmupSteps, c.WarmupFraction = 0, 0, 0
	case length(c.WarmupSteps, c.WarmupFraction) == 0: // it falls from the target at once
		c.Initial, c.WarmupTarget = c.WarmupTarget, 0
	}
	return c
}))

// PythonCode names a target of 0 as well, without which Keras doesn't warm up.
func (c Cosine) PythonCode() string {
	call, err := codec.Python(c)
	if err == nil && c.WarmupTarget == 0 && length(c.WarmupSteps, c.WarmupFraction) > 0 {
		call.Arguments = append(call.Arguments, "warmup_target=0.0")
	}
	return call.String()
}

// At returns the rate of a step.
func (c Cosine) At(step int) float64 {
	from, t := c.Initial, float64(step)
	if warmup := length(c.WarmupSteps, c.WarmupFraction); warmup > 0 {
		if t < warmup {
			return linear(c.Initial, c.WarmupTarget, t/warmup)
		}
		t -= warmup
		from = c.WarmupTarget
	}
	steps := length(c.Steps, c.Fraction)
	x := min(t, steps) / steps
	return from * ((1-c.Alpha)*cosine(x) + c.Alpha)
}

// Validate refuses Steps that aren't positive, a negative warm-up, and an Alpha or rates that are
// negative or not finite.
func (c Cosine) Validate() error {
	if err := validateLength("Cosine", c.Steps, c.Fraction); err != nil {
		return err
	}
	if c.WarmupSteps < 0 {
		return fmt.Errorf("Cosine.WarmupSteps is %d: must not be negative", c.WarmupSteps)
	}
	if !(c.WarmupFraction >= 0 && c.WarmupFraction < 1) {
		return fmt.Errorf("Cosine.WarmupFraction is %g: must lie in [0, 1)", c.WarmupFraction)
	}
	return validateRates("Cosine", setting{"Alpha", c.Alpha}, setting{"Initial", c.Initial}, setting{"WarmupTarget", c.WarmupTarget})
}
