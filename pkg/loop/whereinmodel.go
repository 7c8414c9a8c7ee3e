package loop

import "strings"

// whereWithin are the places in the model's code where an activation is called, or, where a container calls it, those where it is made.
func (r *Recording) whereWithin(activation string) located {
	var called, made []*Place
	for i := range r.Source.Places {
		p := &r.Source.Places[i]
		switch {
		case !strings.EqualFold(p.How, activation):
		case p.Kind == "activation" && p.Forward:
			called = append(called, p)
		case p.Kind == "activation_made":
			made = append(made, p)
		}
	}
	if len(called) == 0 {
		return located{at: apart(made)}
	}
	return withoutActivation(apart(called))
}

// withoutActivation are the calls of an activation, with the change that takes it away where there is one of them.
func withoutActivation(found []*Place) located {
	if at := one(found); at != nil && at.Without != "" {
		return located{at: found, edits: []Edit{instead(at, at.Without)}}
	}
	return located{at: found}
}
