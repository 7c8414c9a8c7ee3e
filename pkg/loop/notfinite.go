package loop

import (
	"fmt"
	"math"
	"slices"

	"example.com/unstuck/pkg/dataset"
)

// earlierFirst puts a fault of the loop that was there before ahead of a loss that grew until it was no number: the first step that leaves the path is
// the cause, and what came of it follows. A loss that was a number of the usual size until then has a cause of its own.
func earlierFirst(findings []Finding) []Finding {
	if len(findings) < 2 || findings[0].Cause != NotFinite || !findings[0].grew {
		return findings
	}
	at := slices.IndexFunc(findings, func(f Finding) bool { return f.Cause != NotFinite && f.Step > 0 && f.Step < findings[0].Step })
	if at < 0 {
		return findings
	}
	return slices.Concat(findings[at:at+1], findings[:at], findings[at+1:])
}

// notFinite looks for the first loss or weight that is NaN or infinite. Infinite gradients alone are none: a GradScaler passes over
// such steps.
func notFinite(r *Recording) *Finding {
	f, k := firstNotFinite(r)
	if f == nil {
		return outputsPassedOver(r)
	}
	if f.grew = lossesBefore(r, k) != ""; f.grew && f.way != inInputs && f.way != inTargets {
		f.Torch, f.Keras = remediesBy[tooFast][0], remediesBy[tooFast][1]
	}
	return f
}

// outputsPassedOver looks for outputs that are NaN in most rows while loss and weights are numbers: something replaces NaN by a number behind the model,
// or leaves it out, and what is trained on is next to nothing. Infinite outputs alone are none: a mask sets those that mustn't be chosen to -inf.
func outputsPassedOver(r *Recording) *Finding {
	var first *Step
	steps, of, rows, none := 0, 0, 0, 0
	for k := range r.Steps {
		s := &r.Steps[k]
		outputs := s.named("out")
		if len(outputs) == 0 || len(outputs[0].Shape) == 0 || outputs[0].Shape[0] == 0 {
			continue
		}
		of++
		n, width := outputs[0].Shape[0], len(outputs[0].Values)/outputs[0].Shape[0]
		nan := 0
		for i := range n {
			if row := outputs[0].Values[i*width : (i+1)*width]; width > 0 && !slices.ContainsFunc(row, func(v float32) bool { return v == v }) {
				nan++
			}
		}
		if 2*nan < n {
			continue
		}
		if steps++; first == nil {
			first = s
		}
		rows, none = rows+n, none+nan
	}
	if first == nil || 2*steps < of {
		return nil
	}
	_, _, at := r.begins(slices.IndexFunc(r.Steps, func(s Step) bool { return s.Number == first.Number }))
	return found(NotFinite, 0.95, first.Number, at, "step %d: the model's outputs are NaN, in %d of %d rows of %d steps, and the loss is a number, %s: NaN is replaced, or left out, behind the model, and these rows teach nothing",
		first.Number, none, rows, steps, lossOf(first)).by(inModel)
}

func firstNotFinite(r *Recording) (*Finding, int) {
	for k := range r.Steps {
		s := &r.Steps[k]
		for i, p := range r.Parameters {
			before, after := s.before[i], s.weights[i]
			switch {
			case k == 0 && anyNotFinite(before):
				return found(NotFinite, 0.97, s.Number, s.Line, "%s holds NaN or infinities ahead of the first step", p.Name).by(inWeights), k
			case !anyNotFinite(after):
			case s.LossNotFinite:
				where, told, at := r.begins(k)
				return found(NotFinite, 0.97, s.Number, at, "step %d: the loss is NaN or infinite, and so is %s behind the step%s%s", s.Number, p.Name, told, lossesBefore(r, k)).by(where), k
			default:
				where, told, at := r.begins(k)
				return found(NotFinite, 0.97, s.Number, at, "step %d: the loss is a number, %s, and %s is NaN or infinite behind the step: the gradient isn't one, as that of a root at 0, of 0/0 or of a logarithm of 0%s%s",
					s.Number, lossOf(s), p.Name, told, lossesBefore(r, k)).by(where), k
			}
		}
		if s.LossNotFinite {
			where, told, at := r.begins(k)
			if told == "" {
				told = ": a logarithm of 0, a division by 0, or a row of the batch that holds NaN"
			}
			return found(NotFinite, 0.97, s.Number, at, "step %d: the loss is NaN or infinite, while the weights are numbers%s%s", s.Number, told, lossesBefore(r, k)).by(where), k
		}
	}
	return nil, 0
}

func lossOf(s *Step) string {
	if s.Loss == nil {
		return "as far as is known"
	}
	return number(*s.Loss)
}

// lossesBefore says how the loss, or else the weights, went before step k, where they grew: then the rate is too high, and nothing is divided by 0.
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
	var start, there products
	for i, p := range r.Parameters {
		if a, b := r.Steps[0].before[i].Values, r.Steps[k].before[i].Values; p.Model && a != nil && b != nil {
			start.add(a, a)
			there.add(b, b)
		}
	}
	if start.aa > 0 && there.finite() && there.aa > farGrown*farGrown*start.aa {
		return fmt.Sprintf("; before that the weights grew to %s times their size, as with a learning rate that is too high", number(math.Sqrt(there.aa/start.aa)))
	}
	return ""
}

// farGrown is how many times as long as at the start weights are that no training of a usual rate has made in the few recorded steps.
const farGrown = 100

func anyNotFinite(a dataset.Array) bool {
	for _, v := range a.Values {
		if f := float64(v); math.IsNaN(f) || math.IsInf(f, 0) {
			return true
		}
	}
	return false
}
