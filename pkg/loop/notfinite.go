package loop

import (
	"math"

	"example.com/unstuck/pkg/dataset"
)

// notFinite looks for the first loss or weight that is NaN or infinite. Infinite gradients alone are none: a GradScaler passes over
// such steps.
func notFinite(r *Recording) *Finding {
	for k := range r.Steps {
		s := &r.Steps[k]
		for i, p := range r.Parameters {
			before, after := s.before[i], s.weights[i]
			switch {
			case k == 0 && anyNotFinite(before):
				return found(NotFinite, 0.97, s.Number, s.Line, "%s holds NaN or infinities ahead of the first step", p.Name)
			case !anyNotFinite(after):
			case s.LossNotFinite:
				where, told := s.whence()
				return found(NotFinite, 0.97, s.Number, s.Line, "step %d: the loss is NaN or infinite, and so is %s behind the step%s%s", s.Number, p.Name, told, lossesBefore(r, k)).by(where)
			default:
				where, told := s.whence()
				return found(NotFinite, 0.97, s.Number, s.Line, "step %d: the loss is a number, %s, and %s is NaN or infinite behind the step: the gradient isn't one, as that of a root at 0, of 0/0 or of a logarithm of 0%s%s",
					s.Number, lossOf(s), p.Name, told, lossesBefore(r, k)).by(where)
			}
		}
		if s.LossNotFinite {
			where, told := s.whence()
			if told == "" {
				told = ": a logarithm of 0, a division by 0, or a row of the batch that holds NaN"
			}
			return found(NotFinite, 0.97, s.Number, s.Line, "step %d: the loss is NaN or infinite, while the weights are numbers%s%s", s.Number, told, lossesBefore(r, k)).by(where)
		}
	}
	return nil
}

func lossOf(s *Step) string {
	if s.Loss == nil {
		return "as far as is known"
	}
	return number(*s.Loss)
}

// lossesBefore says how the loss went before step k, where it rose: then the rate is too high, and nothing is divided by 0.
func lossesBefore(r *Recording, k int) string {
	var before []float64
	for i := range k {
		if l := r.Steps[i].Loss; l != nil {
			before = append(before, *l)
		}
	}
	if n := len(before); n > 1 && before[n-1] > 10*math.Abs(before[0]) {
		return "; before that it rose from " + number(before[0]) + " to " + number(before[n-1]) + ", as with a learning rate that is too high"
	}
	return ""
}

func anyNotFinite(a dataset.Array) bool {
	for _, v := range a.Values {
		if f := float64(v); math.IsNaN(f) || math.IsInf(f, 0) {
			return true
		}
	}
	return false
}
