package doctor

import (
	"slices"

	"example.com/unstuck/internal/exponent"
)

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

// readable has the numbers of a suspicion's words as people write them, 1e-5 for 1e-05.
func readable(s *Suspicion) *Suspicion {
	if s == nil {
		return nil
	}
	out := *s
	out.Symptoms, out.Treatments = slices.Clone(s.Symptoms), slices.Clone(s.Treatments)
	for i := range out.Symptoms {
		one := &out.Symptoms[i]
		one.Text, one.Limit = exponent.Short(one.Text), exponent.Short(one.Limit)
	}
	for i := range out.Treatments {
		out.Treatments[i].Text = exponent.Short(out.Treatments[i].Text)
	}
	return &out
}
