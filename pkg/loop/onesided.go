package loop

// oneSided looks for gradients that the optimizer has seen without numbers of one sign, where those of the recorded loss have them: clipped from 0
// up, squared, or their absolute values taken. Weights can then only move one way.
func oneSided(r *Recording, all *replays) *Finding {
	var first *Step
	times, of := 0, 0
	sign := ""
	for k := range r.Steps {
		s, one := &r.Steps[k], &all.steps[k]
		against := one.seen
		if against.aa == 0 {
			against = one.own
		}
		if s.Loss == nil || !near(*s.Loss, one.value, s.tolerance()) || against.aa == 0 || against.bb == 0 || !against.finite() {
			continue
		}
		above, below := 0, 0
		for _, i := range s.Stepped {
			for _, v := range s.seen(i) {
				switch {
				case v > 0:
					above++
				case v < 0:
					below++
				}
			}
		}
		of++
		if above+below < fewestSigns || above > 0 && below > 0 || against.cosine() > 0.98 {
			continue
		}
		if times++; first == nil {
			first, sign = s, "negative"
			if above == 0 {
				sign = "positive"
			}
		}
	}
	if times < 2 || 2*times <= of {
		return nil
	}
	return found(GradientsChanged, 0.94, first.Number, line(first), "step %d: the gradients that the optimizer saw have no %s number, where those of the loss have (%d of %d steps): weights can move one way only", first.Number, sign, times, of).by(oneSignOnly)
}

// fewestSigns is how many numbers of gradients must have one sign for that to tell something.
const fewestSigns = 12

// oneSignOnly is how gradients are changed that have one sign.
const oneSignOnly = "one sign only"
