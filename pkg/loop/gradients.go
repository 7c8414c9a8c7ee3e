package loop

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"example.com/unstuck/internal/exponent"
)

// cleared looks for gradients that were there behind backward and weren't when the optimizer looked.
func cleared(r *Recording, all *replays) *Finding {
	times, of := 0, 0
	var first *Step
	for k := range r.Steps {
		s := &r.Steps[k]
		if !s.hands() {
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
		if f := clearedApart(r); f != nil {
			return f
		}
		if f := clearedWhole(r, all); f != nil {
			return f
		}
		return thrownAway(r)
	}
	if masked(r) != nil || r.nothingClears() {
		return nil
	}
	why := r.spoken("zero_grad() stands between backward() and step()", "they are set to zero ahead of optimizer.apply")
	if slices.Index(first.Events, "step") < slices.Index(first.Events, "backward") {
		why = r.spoken("step() stands ahead of backward(), and zero_grad() clears between two steps what it should have used", "optimizer.apply stands ahead of the gradients that it should use")
	}
	return found(GradientsCleared, 0.97, first.Number, line(first), "step %d: "+r.spoken("backward() left", "there were")+" gradients of norm %s, the optimizer saw none of them (%d of %d steps): %s",
		first.Number, number(gradientNorm(r, first, first.own)), times, of, why)
}

// nothingClears reports whether gradients that the optimizer sees as zeros were multiplied by 0, or clipped at it: as arrays a clear leaves the same, so that
// the program must change them between backward and step, and clear none there.
func (r *Recording) nothingClears() bool {
	if r.Source == nil {
		return false
	}
	for k := range r.Steps {
		if len(r.Steps[k].Absent) > 0 {
			return false
		}
	}
	backward, step := r.steps()
	between := func(p *Place) bool {
		return backward == nil || step == nil || !p.beside(backward) || !p.beside(step) || p.Line.Line > backward.Line.Line && p.Line.Line < step.Line.Line
	}
	changes, clears := 0, 0
	for _, p := range where(r.Source.of("gradients", "zero_grad"), between) {
		switch {
		case p.Clears || p.Kind == "zero_grad":
			clears++
		case r.Framework != kerasFramework || strings.HasPrefix(p.How, "clip"): // in Keras lists of zeros are made in many ways
			changes++
		}
	}
	return changes > 0 && clears == 0
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
	var ratios, cosines, norms, lengths, scales, rows []float64
	var first, zeroed *Step
	zeros := 0
	for k := range r.Steps {
		s := &r.Steps[k]
		if !s.hands() {
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
		if p.bb > 0 && p.aa == 0 && p.finite() {
			if zeros++; zeroed == nil {
				zeroed = s
			}
		}
		if p.bb == 0 || p.aa == 0 || !p.finite() {
			continue
		}
		if scale > 0 && math.Abs(p.ratio()*scale-1) < 2e-2 { // what the loss was multiplied by is taken back
			continue
		}
		if scale > leastScale && p.ratio() > 0 && p.ratio()*scale < 1 { // or is, and a clip has shortened the rest
			p.bb, p.ab = p.bb/scale/scale, p.ab/scale
			scales = append(scales, scale)
		}
		if first == nil {
			first = s
		}
		ratios, cosines, norms = append(ratios, p.ratio()), append(cosines, p.cosine()), append(norms, math.Sqrt(p.aa))
		lengths, rows = append(lengths, math.Sqrt(p.bb)), append(rows, float64(s.rows()))
	}
	if f := masked(r); f != nil {
		return f
	}
	if f := misplaced(r); f != nil {
		return f
	}
	if zeroed != nil && 2*zeros > zeros+len(ratios) && r.nothingClears() {
		return found(GradientsChanged, 0.95, zeroed.Number, line(zeroed), r.spoken("between backward() and step()", "between their computation and optimizer.apply")+" every gradient becomes 0, of a norm of %s, at %d of %d steps, and nothing clears them: clipped at 0, or multiplied by it",
			number(gradientNorm(r, zeroed, zeroed.own)), zeros, zeros+len(ratios))
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
	case same && !steady && all.meansRows() && byRows(ratios, rows) != "":
		return found(GradientsChanged, 0.94, first.Number, line(first), between+" the gradient is %s (%s to %s of them), at each of %d steps, and the loss is their mean already", byRows(ratios, rows), number(slices.Min(rows)), number(slices.Max(rows)), len(ratios)).by(perRow)
	case median(norms) < 1e-3 && middle < 1e-2 && 2*len(scales) > len(ratios):
		return found(GradientsChanged, 0.94, first.Number, line(first), between+" the gradient is cut to a norm of %s, %s of the loss's own, over %d steps: it was clipped while it was still %s times too large, and then divided by that", number(median(norms)), number(middle), len(ratios), number(median(scales))).by(stillScaled)
	case median(norms) < 1e-3 && middle < 1e-2:
		return found(GradientsChanged, 0.93, first.Number, line(first), between+" the gradient is cut to a norm of %s, %s of what it was, over %d steps: clipped to next to nothing", number(median(norms)), number(middle), len(ratios))
	}
	if same && middle > 0 {
		if f := r.clippedTo(ratios, norms, first); f != nil {
			return f
		}
	}
	if by, is := byItsLength(ratios, lengths); same && is {
		return found(GradientsChanged, 0.92, first.Number, line(first), between+" the gradient is multiplied by %s times its own length, %s to %s, over %d steps: a short one becomes shorter still. A clip whose fraction is turned round does that: it is the limit by the length that a long one is multiplied by",
			number(by), number(slices.Min(lengths)), number(slices.Max(lengths)), len(ratios))
	}
	if f := drowned(r); f != nil {
		return f
	}
	return r.hooked(all)
}

// leastScale is what a scaler multiplies by at least, to tell it from a loss as it is, rounded: they double and halve.
const leastScale = 1.5

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

// detached looks for parameters that an optimizer has, whose module is called, or that the outputs depend on, and that no gradient
// reaches while others get one.
func detached(r *Recording) *Finding {
	reached := r.reached()
	if len(reached) == 0 || len(r.cutting()) > 0 { // of compiled steps gradients are those of the model as it is computed here, which nothing is cut off from
		return r.still()
	}
	var cut []int
	trainable, called := 0, false
	for i, p := range r.Parameters {
		if !p.Model || !p.Trainable {
			continue
		}
		trainable++
		calls := slices.Contains(r.Called, i)
		if !reached[i] && (calls || slices.Contains(r.Used, i)) && (r.held()[i] || r.Framework == kerasFramework) && !r.moved(i) {
			cut, called = append(cut, i), called || calls
		}
	}
	if len(cut) == 0 {
		return r.givenNothing()
	}
	if len(cut) == trainable {
		return nil
	}
	first := &r.Steps[0]
	if !called {
		return found(Detached, 0.93, first.Number, first.Line, "%d of %d parameters get no gradient at all over %d steps, though the model's outputs are others where they are changed (%s): "+r.spoken("they are taken without the graph, by .detach(), .data, torch.no_grad() or a tensor that is made anew", "they are taken by stop_gradient, .numpy() or outside of the tape"),
			len(cut), trainable, len(r.Steps), r.names(cut))
	}
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
func number(v float64) string { return exponent.Short(fmt.Sprintf("%.3g", v)) }
