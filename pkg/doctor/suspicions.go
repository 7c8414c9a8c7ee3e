package doctor

import "slices"

// suspicion is a rule's, with its place in the order.
type suspicion struct {
	*Suspicion
	rule *Rule
}

// suspect asks all rules, the strongest suspicion first.
func (e *examination) suspect() []suspicion { return e.suspectBy(rules) }

// suspectBy asks some of the rules.
func (e *examination) suspectBy(rules []*Rule) []suspicion {
	var all []suspicion
	for _, r := range rules {
		if s := r.suspect(e.patient); s != nil {
			if accusesAssumed(e.patient.Training, r.Cause) {
				s.Strength = Possible
			}
			if !e.patient.pointless(r, s) {
				all = append(all, suspicion{s, r})
			}
		}
	}
	slices.SortStableFunc(all, func(a, b suspicion) int { return int(b.Strength) - int(a.Strength) })
	return all
}

func symptomsOf(all []suspicion) []CauseSymptom {
	var out []CauseSymptom
	for _, s := range all {
		for _, symptom := range s.Symptoms {
			one := CauseSymptom{Cause: s.rule.Cause, Symptom: symptom, Strength: s.Strength}
			if symptom.Usual {
				one.Strength = 0
			}
			out = append(out, one)
		}
	}
	return out
}
