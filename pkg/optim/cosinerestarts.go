package optim

import (
	"fmt"
	"math"

	"example.com/unstuck/internal/codec"
)

// CosineRestarts falls along half a cosine again and again, over cycles that grow. Keras:
// CosineDecayRestarts. Source: Loshchilov & Hutter 2017, arXiv:1608.03983 (SGDR).
//
// With a Growth below 1 the cycles come to an end, after Steps/(1−Growth) in all; the rate is NaN from there on, as
// in Keras.
//
// A cycle begins exactly at steps Steps, Steps·(1+Growth), …; Keras computes those with a logarithm in
// float32, which may put a step that begins a cycle at the end of the one before.
type CosineRestarts struct {
	Initial  float64 `keras:"initial_learning_rate,required,from=0"`            // the rate at step 0
	Steps    int     `keras:"first_decay_steps,required,above=0,rest=Fraction"` // length of the first cycle; positive
	Fraction float64 `keras:"-"`                                                // of a step, on top of Steps: Keras' first_decay_steps need not be whole; in [0, 1)
	Growth   float64 `keras:"t_mul,default=2,above=0"`                          // each cycle's length over the one before, Keras' t_mul; positive; 0 means 2
	Decay    float64 `keras:"m_mul,default=1,from=0"`                           // each cycle's first rate over the one before, Keras' m_mul; 0 means 1
	Alpha    float64 `keras:"alpha,from=0"`                                     // lowest rate, as a fraction of Initial; above 1 it is the highest
}

func (c CosineRestarts) defaults() CosineRestarts {
	if c.Growth == 0 {
		c.Growth = 2
	}
	if c.Decay == 0 {
		c.Decay = 1
	}
	return c
}

var _ = schedules.Add(CosineRestarts{}, codec.Named("CosineDecayRestarts"))

// At returns the rate of a step.
func (c CosineRestarts) At(step int) float64 {
	c = c.defaults()
	cycle, x := c.position(float64(step) / length(c.Steps, c.Fraction))
	return c.Initial * ((1-c.Alpha)*math.Pow(c.Decay, cycle)*cosine(x) + c.Alpha)
}

// position is the number of the cycle and how much of it is over, at a time in units of the first cycle.
func (c CosineRestarts) position(time float64) (cycle, x float64) {
	if c.Growth == 1 {
		return math.Floor(time), time - math.Floor(time)
	}
	if c.Growth < 1 && time >= 1/(1-c.Growth) { // all cycles together are over
		return math.NaN(), math.NaN()
	}
	begin, length := 0.0, 1.0
	for begin+length <= time && length > 0 {
		begin += length
		length *= c.Growth
		cycle++
	}
	return cycle, (time - begin) / length
}

// Validate refuses Steps that aren't positive, a Growth that isn't, and an Alpha, rate or decay that is negative
// or not finite.
func (c CosineRestarts) Validate() error {
	if err := validateLength("CosineRestarts", c.Steps, c.Fraction); err != nil {
		return err
	}
	d := c.defaults()
	if !(d.Growth > 0) || math.IsInf(d.Growth, 1) {
		return fmt.Errorf("CosineRestarts.Growth is %g: must be positive, and finite", c.Growth)
	}
	return validateRates("CosineRestarts", setting{"Alpha", c.Alpha}, setting{"Initial", c.Initial}, setting{"Decay", c.Decay})
}
