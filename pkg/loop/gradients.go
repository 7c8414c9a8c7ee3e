package loop

import (
	"fmt"
	"math"
	"slices"
)

// cleared looks for gradients that were there behind backward and weren't when the optimizer looked.
func cleared(r *Recording) *Finding {
	times, of := 0, 0
	var first *Step
	for k := range r.Steps {
		s := &r.Steps[k]
		if !s.did("step") || s.Closure || s.Backwards == 0 || !s.Arrayed {
			continue
		}
		there, left := 0.0, 0.0
		for i := range r.Parameters {
			if slices.Contains(s.Absent, i) || slices.Contains(s.Stepped, i) {
				there += norm(s.own(i))
				left += norm(s.seen(i))
			}
		}
		if there == 0 {
			continue
		}
		of++
		if left == 0 {
			if times++; first == nil {
				first = s
			}
		}
	}
	if times == 0 || 2*times < of {
		if f := clearedBetween(r); f != nil {
			return f
		}
		return thrownAway(r)
	}
	why := r.spoken("zero_grad() stands between backward() and step()", "they are set to zero ahead of optimizer.apply")
	if slices.Index(first.Events, "step") < slices.Index(first.Events, "backward") {
		why = r.spoken("step() stands ahead of backward(), and zero_grad() clears between two steps what it should have used", "optimizer.apply stands ahead of the gradients that it should use")
	}
	return found(GradientsCleared, 0.97, first.Number, line(first), "step %d: "+r.spoken("backward() left", "there were")+" gradients of norm %s, the optimizer saw none of them (%d of %d steps): %s",
		first.Number, number(gradientNorm(r, first, first.own)), times, of, why)
}

func gradientNorm(r *Recording, s *Step, gradient func(i int) []float32) float64 {
	total := 0.0
	for i := range r.Parameters {
		n := norm(gradient(i))
		total += n * n
	}
	return math.Sqrt(total)
}

// changed looks for gradients that something scaled, or clipped to next to nothing, between backward and step.
func changed(r *Recording, all *replays) *Finding {
	var ratios, cosines, norms, scales []float64
	var first *Step
	for k := range r.Steps {
		s := &r.Steps[k]
		if !s.did("step") || s.Closure || s.Backwards == 0 || !s.Arrayed {
			continue
		}
		scale := all.steps[k].scale
		if s.Autocast != "" && math.IsNaN(scale) { // a scaler's may be part of the gradients, and isn't known
			continue
		}
		var p products
		for _, i := range s.Stepped {
			if s.accumulated(i) != nil && s.seen(i) != nil {
				p.add(s.seen(i), s.accumulated(i))
			}
		}
		if p.bb == 0 || p.aa == 0 || !p.finite() {
			continue
		}
		if scale > 0 && math.Abs(p.ratio()*scale-1) < 2e-2 { // what the loss was multiplied by is taken back
			continue
		}
		if scale > 1 && p.ratio() > 0 && p.ratio()*scale < 1 { // or is, and a clip has shortened the rest
			p.bb, p.ab = p.bb/scale/scale, p.ab/scale
			scales = append(scales, scale)
		}
		if first == nil {
			first = s
		}
		ratios, cosines, norms = append(ratios, p.ratio()), append(cosines, p.cosine()), append(norms, math.Sqrt(p.aa))
	}
	if len(ratios) < 2 {
		return r.hooked(all)
	}
	lo, hi := slices.Min(ratios), slices.Max(ratios)
	middle := median(ratios)
	steady := hi-lo <= 1e-2*math.Abs(middle)
	same := median(cosines) > 0.999
	between := r.spoken("between backward() and step()", "between their computation and optimizer.apply")
	switch {
	case middle < 0 && median(cosines) < -0.9:
		return found(GradientsChanged, 0.95, first.Number, line(first), between+" the gradient is turned around: it is %s times what it was, and each step goes uphill", number(middle))
	case steady && same && math.Abs(middle-1) > 1e-2 && !isMean(r, middle) && (middle < 0.1 || middle > 10):
		return found(GradientsChanged, 0.95, first.Number, line(first), between+" the gradient is multiplied by %s, at each of %d steps alike", number(middle), len(ratios))
	case median(norms) < 1e-3 && middle < 1e-2 && 2*len(scales) > len(ratios):
		return found(GradientsChanged, 0.94, first.Number, line(first), between+" the gradient is cut to a norm of %s, %s of the loss's own, over %d steps: it was clipped while it was still %s times too large, and then divided by that", number(median(norms)), number(middle), len(ratios), number(median(scales))).by(stillScaled)
	case median(norms) < 1e-3 && middle < 1e-2:
		return found(GradientsChanged, 0.93, first.Number, line(first), between+" the gradient is cut to a norm of %s, %s of what it was, over %d steps: clipped to next to nothing", number(median(norms)), number(middle), len(ratios))
	}
	if f := drowned(r); f != nil {
		return f
	}
	return r.hooked(all)
}

// stillScaled is how gradients are clipped ahead of what divides them by a scaler's factor.
const stillScaled = "still scaled"

// backwardsSince is how many backward passes a step makes use of.
func (s *Step) backwardsSince(r *Recording, k int) int {
	n := s.Backwards
	for k--; k >= 0 && !r.Steps[k].did("step"); k-- {
		n += r.Steps[k].Backwards
	}
	return max(1, n)
}

// isMean reports whether a factor is that of a mean over the backward passes of a step.
func isMean(r *Recording, factor float64) bool {
	for k := range r.Steps {
		if n := r.Steps[k].backwardsSince(r, k); n > 1 && math.Abs(factor*float64(n)-1) < 1e-2 {
			return true
		}
	}
	return false
}

// detached looks for parameters that an optimizer has, whose module is called, and that no gradient reaches while others get
// one.
func detached(r *Recording) *Finding {
	reached := r.reached()
	if len(reached) == 0 {
		return r.still()
	}
	var cut []int
	trainable := 0
	for i, p := range r.Parameters {
		if !p.Model || !p.Trainable {
			continue
		}
		trainable++
		if !reached[i] && slices.Contains(r.Called, i) && (r.held()[i] || r.Framework == kerasFramework) && !r.moved(i) {
			cut = append(cut, i)
		}
	}
	if len(cut) == 0 || len(cut) == trainable {
		return nil
	}
	first := &r.Steps[0]
	return found(Detached, 0.93, first.Number, first.Line, "%d of %d parameters get no gradient at all over %d steps, though their "+r.spoken("modules are called (%s): between them and the loss something cuts the graph, .detach(), .data, torch.no_grad() or a tensor that is made anew",
		"layers are called (%s): between them and the loss something cuts it off, stop_gradient, .numpy(), a tape that begins behind them, or a tensor that is made anew"),
		len(cut), trainable, len(r.Steps), r.names(cut))
}

func median(values []float64) float64 {
	if len(values) == 0 {
		return math.NaN()
	}
	sorted := slices.Sorted(slices.Values(values))
	return sorted[len(sorted)/2]
}

// number prints a number for evidence.
func number(v float64) string { return fmt.Sprintf("%.3g", v) }
