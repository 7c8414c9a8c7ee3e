package doctor

// Certainty is what stands behind a finding. It is a fact about what was done, not an estimate of how often such findings are right:
// there are too few trainings with known causes, and rules were written on them, to calibrate a number.
type Certainty string

// From the most to the least.
const (
	Proved    Certainty = "proved"    // the treatment was tried, alone or with those of the other findings, and the training learns with it
	Seen      Certainty = "seen"      // something was measured that is out of its range, or the description contradicts itself
	Suspected Certainty = "suspected" // nothing was measured that is out of its range
)

// Certainty is what stands behind the finding.
func (f Finding) Certainty() Certainty {
	if f.Verified {
		return Proved
	}
	for _, s := range f.Symptoms {
		if !s.Usual {
			return Seen
		}
	}
	return Suspected
}

// Standing is the certainty in words for a report.
func (f Finding) Standing() string {
	switch c := f.Certainty(); {
	case c == Proved && f.Together:
		return "proved together with the others"
	case c == Proved:
		return "proved by its treatment"
	case f.Cause == NoSignal:
		return "measured on held-out rows"
	case c == Seen:
		return "seen, not proved"
	}
	return "suspected, not proved"
}
