package optim

import (
	"slices"
	"strconv"

	"example.com/unstuck/internal/codec"
)

// torchScheduler is a scheduler of PyTorch that has a schedule's rates, and the rate of the optimizer that it begins with; false
// where there is none, and a function of the step says it.
func torchScheduler(s Schedule) (call codec.Call, rate float64, ok bool) {
	of := func(class string, rate float64, arguments ...[]string) (codec.Call, float64, bool) {
		return codec.Call{Function: "torch.optim.lr_scheduler." + class, Arguments: append([]string{"optimizer"}, slices.Concat(arguments...)...)}, rate, true
	}
	whole := func(name string, n int) []string { return []string{name + "=" + strconv.Itoa(n)} }
	number := func(name string, x float64) []string { return []string{name + "=" + pyShort(x)} }
	switch s := s.(type) {
	case Exponential:
		switch {
		case s.Fraction != 0:
		case s.Steps == 1:
			return of("ExponentialLR", s.Initial, number("gamma", s.Decay))
		case s.Staircase:
			return of("StepLR", s.Initial, whole("step_size", s.Steps), codec.PythonArgument("gamma", s.Decay, 0.1))
		}
	case CosineAnnealing:
		return of("CosineAnnealingLR", s.Initial, whole("T_max", s.Steps), codec.PythonArgument("eta_min", s.Last, 0))
	case CosineRestarts:
		if d := s.defaults(); d.Fraction == 0 && d.Decay == 1 && d.Growth == float64(int(d.Growth)) {
			arguments := whole("T_0", d.Steps)
			if d.Growth != 1 {
				arguments = append(arguments, whole("T_mult", int(d.Growth))...)
			}
			if d.Alpha != 0 {
				arguments = append(arguments, number("eta_min", d.Alpha*d.Initial)...)
			}
			return of("CosineAnnealingWarmRestarts", d.Initial, arguments)
		}
	case Polynomial:
		high := max(s.Initial, s.End)
		switch {
		case s.Cycle || s.Fraction != 0 || high == 0:
		case s.End == 0:
			power := s.Power
			if power == 0 {
				power = 1
			}
			return of("PolynomialLR", s.Initial, whole("total_iters", s.Steps), codec.PythonArgument("power", power, 1))
		case (s.Power == 0 || s.Power == 1) && s.Initial > 0:
			return of("LinearLR", high, number("start_factor", s.Initial/high), number("end_factor", s.End/high), whole("total_iters", s.Steps))
		}
	}
	return call, 0, false
}

// pyShort is a number without what rounding has left behind its twelfth digit.
func pyShort(x float64) string {
	short, err := strconv.ParseFloat(strconv.FormatFloat(x, 'g', 12, 64), 64)
	if err != nil {
		return py(x)
	}
	return py(short)
}
