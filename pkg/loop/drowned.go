package loop

import "math"

// leastDrowning is how many times as long as a gradient what is added to it must be, to be said to drown it: noise that is meant, as for
// differential privacy, is shorter where a training gets on.
const leastDrowning = 10

// leastWhereItRises is the same where the loss rises over the recorded steps.
const leastWhereItRises = 4

// rises reports whether the losses of the last third of the recorded steps, or of all that are known, are above those of the first by a tenth, in
// their means: on a plateau chance alone has one of two above the other.
func rises(r *Recording) bool {
	var losses []float64
	for _, s := range r.Steps {
		if s.Loss != nil {
			losses = append(losses, *s.Loss)
		}
	}
	if risen(losses) {
		return true
	}
	for _, s := range r.Rates {
		if s.Loss != nil {
			losses = append(losses, *s.Loss)
		}
	}
	return risen(losses)
}

func risen(losses []float64) bool {
	first, last := 0.0, 0.0
	for i := range len(losses) / 3 {
		first, last = first+losses[i], last+losses[len(losses)-1-i]
	}
	return last > first+0.1*math.Abs(first)
}

// sideways is the cosine up to which what is added to a gradient doesn't go its way.
const sideways = 0.2

// drownedIn is how gradients are changed by what is added to them.
const drownedIn = "drowned"

// drowned looks for something that is added to gradients between backward and step, has nothing to do with them or with what was added a step
// before, and is many times as long: noise.
func drowned(r *Recording) *Finding {
	var times, along, again []float64
	var first *Step
	var last [][]float32
	for k := range r.Steps {
		s := &r.Steps[k]
		if !s.hands() || s.Autocast != "" {
			last = nil
			continue
		}
		noise := make([][]float32, len(r.Parameters))
		var by, ahead products
		size := 0
		for _, i := range s.Stepped {
			seen, there := s.seen(i), s.accumulated(i)
			if seen == nil || there == nil {
				continue
			}
			noise[i] = difference(seen, there)
			size += len(seen)
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
		most := max(2*sideways, 4/math.Sqrt(float64(size))) // what two vectors of few numbers have by chance, and what a clip ahead of it adds
		if math.Abs(by.cosine()) > most || compared && math.Abs(ahead.cosine()) > most {
			return nil
		}
		along = append(along, by.cosine())
		if compared {
			again = append(again, ahead.cosine())
		}
		if times = append(times, math.Abs(by.ratio())); first == nil {
			first = s
		}
	}
	least := float64(leastDrowning)
	if rises(r) {
		least = leastWhereItRises
	}
	if len(times) < 3 || median(times) < least || math.Abs(median(along)) > sideways || math.Abs(median(again)) > sideways {
		return nil
	}
	return found(GradientsChanged, 0.9, first.Number, line(first), r.spoken("between backward() and step()", "between their computation and optimizer.apply")+" something is added to the gradient that is %s times as long, over %d steps, and has neither its direction nor that of the step before: noise, in which it drowns",
		number(median(times)), len(times)).by(drownedIn)
}
