package optim

import (
	"fmt"
	"strconv"

	"example.com/unstuck/internal/codec"
)

// torchSchedule is implemented by schedules that can be written in Python.
type torchSchedule interface {
	// torchRate is the rate as an expression of the step, which is one, too: a name, or something in parentheses.
	torchRate(step string) (string, error)
}

func torchRate(s Schedule, step string) (string, error) {
	w, ok := s.(torchSchedule)
	if !ok {
		return "", fmt.Errorf("%T isn't written in PyTorch", s)
	}
	return w.torchRate(step)
}

var py = codec.PythonFloat

// pySteps is a number of steps, whole where it is.
func pySteps(steps int, fraction float64) string {
	if fraction == 0 {
		return strconv.Itoa(steps)
	}
	return py(length(steps, fraction))
}

// pyPeriods is step/steps.
func pyPeriods(step, steps string, staircase bool) string {
	if staircase {
		return fmt.Sprintf("(%s // %s)", step, steps)
	}
	return fmt.Sprintf("(%s / %s)", step, steps)
}

func pyCosine(x string) string { return "0.5 * (1 + math.cos(math.pi * " + x + "))" }

func (c ConstantRate) torchRate(string) (string, error) { return py(c.Rate), nil }

func (e Exponential) torchRate(step string) (string, error) {
	return fmt.Sprintf("%s * %s ** %s", py(e.Initial), py(e.Decay), pyPeriods(step, pySteps(e.Steps, e.Fraction), e.Staircase)), nil
}

func (s InverseTime) torchRate(step string) (string, error) {
	return fmt.Sprintf("%s / (1 + %s * %s)", py(s.Initial), py(s.Decay), pyPeriods(step, pySteps(s.Steps, s.Fraction), s.Staircase)), nil
}

func (p Polynomial) torchRate(step string) (string, error) {
	steps := pySteps(p.Steps, p.Fraction)
	x := fmt.Sprintf("min(%s, %s) / %s", step, steps, steps)
	if p.Cycle {
		x = fmt.Sprintf("%s / (%s * max(1, math.ceil(%s / %s)))", step, steps, step, steps)
	}
	power := ""
	if p.Power != 0 && p.Power != 1 {
		power = " ** " + py(p.Power)
	}
	text := fmt.Sprintf("%s * (1 - %s)%s", py(p.Initial-p.End), x, power)
	if p.End != 0 {
		text += " + " + py(p.End)
	}
	return text, nil
}

func (c Cosine) torchRate(step string) (string, error) {
	from, at := c.Initial, step
	warmup := length(c.WarmupSteps, c.WarmupFraction)
	if warmup > 0 {
		from, at = c.WarmupTarget, fmt.Sprintf("(%s - %s)", step, pySteps(c.WarmupSteps, c.WarmupFraction))
	}
	steps := pySteps(c.Steps, c.Fraction)
	fall := fmt.Sprintf("%s * (%s * %s + %s)", py(from), py(1-c.Alpha), pyCosine(fmt.Sprintf("min(%s, %s) / %s", at, steps, steps)), py(c.Alpha))
	if warmup == 0 {
		return fall, nil
	}
	return fmt.Sprintf("%s + %s * %s / %s if %s < %s else %s", py(c.Initial), py(c.WarmupTarget-c.Initial), step, py(warmup), step, py(warmup), fall), nil
}

func (p Piecewise) torchRate(step string) (string, error) {
	text := ""
	for i, b := range p.Boundaries {
		text += fmt.Sprintf("%s if %s <= %d else ", py(p.Rates[i]), step, b)
	}
	return text + py(p.Rates[len(p.Rates)-1]), nil
}

func (o OneCycle) torchRate(step string) (string, error) {
	phases, text := o.phases(), ""
	for i, p := range phases {
		at, last := step, i == len(phases)-1
		if last {
			at = fmt.Sprintf("min(%s, %s)", step, py(p.end))
		}
		x := fmt.Sprintf("(%s - %s) / %s", at, py(p.begin), py(p.end-p.begin))
		if p.begin == 0 {
			x = fmt.Sprintf("%s / %s", at, py(p.end))
		}
		if o.Linear {
			text += fmt.Sprintf("%s + %s * %s", py(p.from), py(p.to-p.from), x)
		} else {
			text += fmt.Sprintf("%s + %s * %s", py(p.to), py(p.from-p.to), pyCosine(x))
		}
		if !last {
			text += fmt.Sprintf(" if %s <= %s else ", step, py(p.end))
		}
	}
	return text, nil
}

func (c CosineRestarts) torchRate(step string) (string, error) {
	c = c.defaults()
	steps, growth := pySteps(c.Steps, c.Fraction), py(c.Growth)
	if c.Growth < 1 {
		return "", fmt.Errorf("%T with cycles that shrink isn't written in PyTorch", c)
	}
	cycle, x := fmt.Sprintf("(%s // %s)", step, steps), fmt.Sprintf("(%s %% %s) / %s", step, steps, steps)
	if c.Growth > 1 { // a little is added for the logarithm's rounding
		cycle = fmt.Sprintf("int(math.log(%s / %s * (%s - 1) + 1, %s) + 1e-9)", step, steps, growth, growth)
		x = fmt.Sprintf("((%s / %s * (%s - 1) + 1) / %s ** %s - 1) / (%s - 1)", step, steps, growth, growth, cycle, growth)
	}
	high := py(c.Initial * (1 - c.Alpha))
	if c.Decay != 1 {
		high += fmt.Sprintf(" * %s ** %s", py(c.Decay), cycle)
	}
	return fmt.Sprintf("%s + %s * %s", py(c.Initial*c.Alpha), high, pyCosine("("+x+")")), nil
}

func (w Warmup) torchRate(step string) (string, error) {
	then, err := torchRate(w.Then, fmt.Sprintf("(%s - %d)", step, w.Steps))
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%s + %s * %s / %d if %s < %d else %s", py(w.From), py(w.Then.At(0)-w.From), step, w.Steps, step, w.Steps, then), nil
}

func (j Join) torchRate(step string) (string, error) {
	text, begin := "", 0
	for i, s := range j.Schedules {
		at := step
		if begin > 0 {
			at = fmt.Sprintf("(%s - %d)", step, begin)
		}
		rate, err := torchRate(s, at)
		if err != nil {
			return "", err
		}
		if i == len(j.Boundaries) {
			return text + rate, nil
		}
		begin = j.Boundaries[i]
		text += fmt.Sprintf("(%s) if %s < %d else ", rate, step, begin)
	}
	return text, nil
}
