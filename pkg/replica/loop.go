package replica

import "github.com/gomlx/compute"

// While loops for all replicas together: as long as the condition says, which must be the same for all.
func (f *function) While(condition, body compute.Function, state ...compute.Value) ([]compute.Value, error) {
	test, turn := condition.(*function), body.(*function)
	known := f.builder.backend.closures
	single := make([]bool, len(state))
	values := make([]*value, len(state))
	for i, s := range state {
		values[i] = s.(*value)
		needs := values[i].along || turn.results[i].along
		for _, c := range []*function{turn, test} {
			if needs && !c.params[i].along {
				known[c.at] = f.builder.backend.grow(known[c.at], i)
			}
		}
		single[i] = !turn.params[i].along
		if single[i] || values[i].along {
			continue
		}
		var err error
		if values[i], err = f.each(values[i]); err != nil {
			return nil, err
		}
	}
	if f.builder.backend.grown {
		return nil, errAgain
	}
	if test.results[0].along {
		return nil, &UnsupportedError{Op: "a loop that ends for each replica at a time of its own"}
	}
	if err := turn.finish(single); err != nil {
		return nil, err
	}
	if err := test.finish([]bool{true}); err != nil {
		return nil, err
	}
	after, err := f.inner.While(test.inner, turn.inner, inners(values)...)
	if err != nil {
		return nil, err
	}
	out := make([]compute.Value, len(after))
	for i, v := range after {
		if out[i], err = f.made(!single[i])(v, nil); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// Sort sorts each replica's by the same comparison.
func (f *function) Sort(comparator compute.Function, axis int, stable bool, inputs ...compute.Value) ([]compute.Value, error) {
	c := comparator.(*function)
	if err := c.finish([]bool{true}); err != nil {
		return nil, err
	}
	values, along, err := f.eachOf(inputs...)
	if err != nil {
		return nil, err
	}
	if along {
		axis++
	}
	sorted, err := f.inner.Sort(c.inner, axis, stable, inners(values)...)
	if err != nil {
		return nil, err
	}
	out := make([]compute.Value, len(sorted))
	for i, v := range sorted {
		if out[i], err = f.made(along)(v, nil); err != nil {
			return nil, err
		}
	}
	return out, nil
}
