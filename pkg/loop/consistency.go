package loop

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"example.com/unstuck/pkg/dataset"
)

// How far what belongs together may be apart, relative to its size, before it is said.
const (
	gradientApart = 1e-2 // a parameter's recorded gradient and the replayed one
	updateApart   = 2e-2 // a parameter's update and the one that the optimizer makes
	rounding      = 4e-7 // of a weight: what an update loses by being added to it
)

// disagreements are what of a recording doesn't agree with the rest of it, step by step. Of a loop with a fault it is what the fault
// does; where no fault is named, the steps concerned are none that were checked.
//
// explained says that of the losses it is told already that they aren't the claimed ones.
func (r *Recording) disagreements(all *replays, explained bool) []string {
	var said steps
	times := r.times(all)
	for k := range r.Steps {
		s, one := &r.Steps[k], &all.steps[k]
		if !s.Arrayed {
			said.add(s.Number, "all but the order of calls: no arrays were kept")
			continue
		}
		if s.Loss != nil && !math.IsNaN(one.value) && !explained && !near(*s.Loss, times*one.value, s.tolerance()) {
			said.add(s.Number, "the loss: it isn't the claimed one of the outputs and targets")
		}
		if scales := all.scales(); !math.IsNaN(one.scale) && len(scales) > 0 && (one.along < 0.999-s.unit || math.Abs(one.scale/median(scales)-1) > max(2e-2, 5*s.unit)) {
			said.add(s.Number, "the gradient at the outputs: it isn't that of the claimed loss")
		}
		if name := one.gradientOff(s.unit); name != "" {
			said.add(s.Number, "gradients: that of %s isn't the claimed loss's", r.nameOf(all.program.model, name))
		}
		if k > 0 {
			r.between(k, &said)
		}
		for i := range r.Parameters {
			if s.update(i) != nil && norm(s.update(i)) > 0 && !s.did("step") && len(r.Optimizers) > 0 {
				said.add(s.Number, "what moved the weights: the optimizer made no step")
				break
			}
		}
	}
	return said.text()
}

// times is the number that each loss is the claimed one times, where that makes a mean of accumulated steps; 1 otherwise.
func (r *Recording) times(all *replays) float64 {
	var ratios []float64
	for k := range r.Steps {
		if v := all.steps[k].value; r.Steps[k].Loss != nil && v != 0 && !math.IsNaN(v) {
			ratios = append(ratios, *r.Steps[k].Loss/v)
		}
	}
	if m := median(ratios); isMean(r, m) {
		return m
	}
	return 1
}

// nameOf is the parameter's name of a weight, by its path here; the path where it has several.
func (r *Recording) nameOf(of *recordedModel, path string) string {
	names := map[string]bool{}
	name := path
	for i, p := range r.Parameters {
		for _, one := range of.places(i) {
			if strings.Trim(one, "/") == path {
				names[p.Name], name = true, p.Name
			}
		}
	}
	if len(names) != 1 {
		return path
	}
	return name
}

// between compares the beginning of step k with the end of the one before.
func (r *Recording) between(k int, said *steps) {
	last, s := &r.Steps[k-1], &r.Steps[k]
	stepped := slices.ContainsFunc(r.Steps, func(s Step) bool { return s.did("step") })
	for i, p := range r.Parameters {
		a, b := s.before[i].Values, last.weights[i].Values
		if !stepped && len(r.Optimizers) > 0 && a != nil && b != nil && !slices.Equal(a, b) {
			said.add(s.Number, "updates: the watched optimizer made no step, and yet weights have moved: is another one made in the loop? One that is made anew at each step forgets what it has gathered, as Adam's averages and a momentum")
			break
		}
		if p.Model && a != nil && b != nil && !slices.Equal(a, b) {
			said.add(s.Number, "what moved weights ahead of the step: they aren't those that the step before has left")
			break
		}
	}
	for i := range r.Parameters {
		left := last.accumulated(i)
		start := s.start(i)
		if start == nil || norm(start) == 0 {
			continue
		}
		if slices.Contains(last.Stepped, i) {
			left = last.seen(i)
		}
		var p products
		p.add(start, left)
		if left == nil || p.bb == 0 || p.apart() > 1e-3 {
			said.add(s.Number, "where the gradients come from that were there ahead of %s: the step before has left others", r.spoken("backward", "this step's own"))
			break
		}
	}
}

// scales are those of all steps whose gradient at the outputs is known.
func (all *replays) scales() (scales []float64) {
	for _, one := range all.steps {
		if !math.IsNaN(one.scale) {
			scales = append(scales, one.scale)
		}
	}
	return scales
}

// gradientOff is a weight whose gradient isn't in keeping with the others', but for what numbers are rounded by on their way, a unit each;
// empty: none.
func (one *replayed) gradientOff(unit float64) string {
	if one.own.bb == 0 || !one.own.finite() {
		return ""
	}
	scale := one.scale
	if math.IsNaN(scale) || scale == 0 {
		scale = one.own.ab / one.own.bb
	}
	for _, part := range one.parts {
		scaled := products{part.aa, part.ab * scale, part.bb * scale * scale}
		if whole := one.own.bb * scale * scale; scaled.bb < 1e-10*whole && scaled.aa < 1e-10*whole {
			continue // such as a bias ahead of a normalization
		}
		if apart := math.Sqrt(max(0, scaled.aa-2*scaled.ab+scaled.bb)); apart > max(gradientApart, 20*unit)*math.Sqrt(max(scaled.aa, scaled.bb)) {
			return strings.Trim(part.name, "/")
		}
	}
	return ""
}

// part is the comparison of one weight.
type part struct {
	name string
	products
}

// strays reports whether an update isn't the replayed one, but for what adding it to the weight has rounded off.
func strays(recorded, replayed []float32, weight dataset.Array, of Parameter) bool {
	var p products
	p.add(recorded, replayed)
	apart := math.Sqrt(max(0, p.aa-2*p.ab+p.bb))
	return p.finite() && apart > max(updateApart, 10*of.unit())*math.Sqrt(p.bb)+rounding*norm(weight.Values)+of.lastBits(weight)
}

// steps gathers what is said of several steps.
type steps struct {
	order   []string
	numbers map[string][]int
}

func (s *steps) add(number int, format string, args ...any) {
	if s.numbers == nil {
		s.numbers = map[string][]int{}
	}
	text := fmt.Sprintf(format, args...)
	if s.numbers[text] == nil {
		s.order = append(s.order, text)
	}
	s.numbers[text] = append(s.numbers[text], number)
}

// text is each of them once, with its steps.
func (s *steps) text() (lines []string) {
	for _, text := range s.order {
		lines = append(lines, "at "+stepsText(s.numbers[text])+", "+text)
	}
	return lines
}

// textOf is text, without the steps where it is said of as many as there are.
func (s *steps) textOf(all int) (lines []string) {
	for _, text := range s.order {
		if numbers := s.numbers[text]; len(numbers) < all {
			text = "at " + stepsText(numbers) + ", " + text
		}
		lines = append(lines, text)
	}
	return lines
}

// arrayed counts the steps whose arrays were kept.
func (r *Recording) arrayed() (n int) {
	for k := range r.Steps {
		if r.Steps[k].Arrayed {
			n++
		}
	}
	return n
}

// stepsText lists steps, runs of them as one: "steps 1 to 4, 7 and 9".
func stepsText(numbers []int) string {
	if len(numbers) == 1 {
		return fmt.Sprintf("step %d", numbers[0])
	}
	var runs []string
	for at := 0; at < len(numbers); {
		end := at
		for end+1 < len(numbers) && numbers[end+1] == numbers[end]+1 {
			end++
		}
		switch end - at {
		case 0:
			runs = append(runs, fmt.Sprint(numbers[at]))
		case 1:
			runs = append(runs, fmt.Sprint(numbers[at]), fmt.Sprint(numbers[end]))
		default:
			runs = append(runs, fmt.Sprintf("%d to %d", numbers[at], numbers[end]))
		}
		at = end + 1
	}
	if len(runs) == 1 {
		return "steps " + runs[0]
	}
	return "steps " + strings.Join(runs[:len(runs)-1], ", ") + " and " + runs[len(runs)-1]
}
