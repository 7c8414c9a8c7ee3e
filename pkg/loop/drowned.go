package loop

import "math"

// leastDrowning is how many times as long as a gradient what is added to it must be, to be said to drown it: noise that is meant, as for
// differential privacy, is shorter where a training gets on.
const leastDrowning = 10

// drownedIn is how gradients are changed by what is added to them.
const drownedIn = "drowned"

// drowned looks for something that is added to gradients between backward and step, has nothing to do with them or with what was added a step
// before, and is many times as long: noise.
func drowned(r *Recording) *Finding {
	var times []float64
	var first *Step
	var last [][]float32
	for k := range r.Steps {
		s := &r.Steps[k]
		if !s.did("step") || s.Closure || s.Backwards == 0 || !s.Arrayed || s.Autocast != "" {
			last = nil
			continue
		}
		noise := make([][]float32, len(r.Parameters))
		var by, ahead products
		for _, i := range s.Stepped {
			seen, there := s.seen(i), s.accumulated(i)
			if seen == nil || there == nil {
				continue
			}
			noise[i] = difference(seen, there)
			by.add(noise[i], there)
			if last != nil && last[i] != nil {
				ahead.add(noise[i], last[i])
			}
		}
		compared := last != nil
		last = noise
		if by.bb == 0 || by.aa == 0 || !by.finite() {
			continue
		}
		if math.Abs(by.cosine()) > 0.2 || compared && math.Abs(ahead.cosine()) > 0.2 {
			return nil
		}
		if times = append(times, math.Abs(by.ratio())); first == nil {
			first = s
		}
	}
	if len(times) < 3 || median(times) < leastDrowning {
		return nil
	}
	return found(GradientsChanged, 0.9, first.Number, line(first), r.spoken("between backward() and step()", "between their computation and optimizer.apply")+" something is added to the gradient that is %s times as long, over %d steps, and has neither its direction nor that of the step before: noise, in which it drowns",
		number(median(times)), len(times)).by(drownedIn)
}
