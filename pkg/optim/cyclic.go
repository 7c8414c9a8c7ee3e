package optim

import (
	"fmt"
	"math"
)

// Cyclic rises from Low to High along a straight line in Up steps and falls back in Down, again and again: PyTorch's CyclicLR. Source:
// Smith 2017, arXiv:1506.01186. The momentum, which it moves the other way there unless told not to, is left alone.
type Cyclic struct {
	Low, High float64
	Up        int     // steps from Low to High; positive
	Down      int     // steps back; 0 means Up
	PerCycle  float64 // each cycle's height over the one before, ½ in PyTorch's mode "triangular2"; 0 means 1
	PerStep   float64 // each step's height over the one before, PyTorch's gamma in its mode "exp_range"; 0 means 1
}

func (c Cyclic) defaults() Cyclic {
	if c.Down == 0 {
		c.Down = c.Up
	}
	if c.PerCycle == 0 {
		c.PerCycle = 1
	}
	if c.PerStep == 0 {
		c.PerStep = 1
	}
	return c
}

// At returns the rate of a step.
func (c Cyclic) At(step int) float64 {
	c = c.defaults()
	cycle, at := step/(c.Up+c.Down), step%(c.Up+c.Down)
	height := float64(at) / float64(c.Up)
	if at > c.Up {
		height = float64(c.Up+c.Down-at) / float64(c.Down)
	}
	return c.Low + (c.High-c.Low)*height*math.Pow(c.PerCycle, float64(cycle))*math.Pow(c.PerStep, float64(step))
}

// Validate refuses an Up that isn't positive, a negative Down, and rates and factors that are negative or not finite.
func (c Cyclic) Validate() error {
	if c.Up <= 0 || c.Down < 0 {
		return fmt.Errorf("Cyclic goes up in %d steps and down in %d: must be positive", c.Up, c.Down)
	}
	return validateRates("Cyclic", setting{"Low", c.Low}, setting{"High", c.High}, setting{"PerCycle", c.PerCycle}, setting{"PerStep", c.PerStep})
}

func (c Cyclic) torchRate(step string) (string, error) {
	c = c.defaults()
	all := c.Up + c.Down
	height := fmt.Sprintf("min(%s %% %d / %d, (%d - %s %% %d) / %d)", step, all, c.Up, all, step, all, c.Down)
	if c.PerCycle != 1 {
		height += fmt.Sprintf(" * %s ** (%s // %d)", py(c.PerCycle), step, all)
	}
	if c.PerStep != 1 {
		height += fmt.Sprintf(" * %s ** %s", py(c.PerStep), step)
	}
	return fmt.Sprintf("%s + %s * %s", py(c.Low), py(c.High-c.Low), height), nil
}
