package loop

import (
	"fmt"
	"slices"
	"strings"

	"example.com/unstuck/pkg/dataset"
)

// follow works out the weights at the beginning and the end of each step: what isn't written is as it was before.
func (r *Recording) follow() {
	latest := make([]dataset.Array, len(r.Parameters))
	for k := range r.Steps {
		s := &r.Steps[k]
		for i := range r.Parameters {
			if a, ok := s.of("before", i); ok {
				latest[i] = a
			}
		}
		s.before = slices.Clone(latest)
		for i := range r.Parameters {
			if a, ok := s.of("after", i); ok {
				latest[i] = a
			} else if d, ok := s.of("delta", i); ok && latest[i].Values != nil {
				latest[i] = dataset.Array{Shape: latest[i].Shape, Values: sum(latest[i].Values, d.Values)}
			}
		}
		s.weights = slices.Clone(latest)
	}
}

func arrayName(kind string, parameter int) string { return fmt.Sprintf("%s/%d", kind, parameter) }

func (s *Step) of(kind string, parameter int) (dataset.Array, bool) {
	a, ok := s.values[arrayName(kind, parameter)]
	return a, ok
}

// own is the gradient of the step's own backward passes, start what was there before; nil: none.
func (s *Step) own(i int) []float32 {
	a, _ := s.of("own", i)
	return a.Values
}

func (s *Step) start(i int) []float32 {
	a, _ := s.of("start", i)
	return a.Values
}

// accumulated is what lies in .grad behind the backward passes where nobody touches it.
func (s *Step) accumulated(i int) []float32 {
	own, start := s.own(i), s.start(i)
	switch {
	case own == nil:
		return start
	case start == nil:
		return own
	}
	return sum(own, start)
}

// seen is the gradient as the optimizer saw it; nil: none, or no step.
func (s *Step) seen(i int) []float32 {
	if a, ok := s.of("grad", i); ok {
		return a.Values
	}
	if slices.Contains(s.Stepped, i) {
		return s.accumulated(i)
	}
	return nil
}

// update is how a weight was moved by the optimizer's step; nil: there was none.
func (s *Step) update(i int) []float32 {
	if d, ok := s.of("delta", i); ok {
		return d.Values
	}
	if a, ok := s.of("after", i); ok && s.before[i].Values != nil {
		return difference(a.Values, s.before[i].Values)
	}
	return nil
}

// hands reports whether the step gives an optimizer gradients of its own backward passes, and both are known: in a closure several passes may
// go by.
func (s *Step) hands() bool { return s.did("step") && !s.Closure && s.Backwards > 0 && s.Arrayed }

// did reports whether an event is among the step's.
func (s *Step) did(event string) bool { return slices.Contains(s.Events, event) }

// named are the arrays "x", or "x/0", "x/1", … in their order.
func (s *Step) named(name string) []dataset.Array {
	if a, ok := s.values[name]; ok {
		return []dataset.Array{a}
	}
	var all []dataset.Array
	for i := 0; ; i++ {
		a, ok := s.values[fmt.Sprintf("%s/%d", name, i)]
		if !ok {
			return all
		}
		all = append(all, a)
	}
}

// held are the parameters that an optimizer has.
func (r *Recording) held() map[int]bool {
	held := map[int]bool{}
	for _, o := range r.Optimizers {
		for _, group := range o.Holds {
			for _, i := range group {
				held[i] = true
			}
		}
	}
	return held
}

// moved reports whether a parameter changed at all over the recorded steps.
func (r *Recording) moved(i int) bool {
	var first []float32
	for _, s := range r.Steps {
		for _, a := range []dataset.Array{s.before[i], s.weights[i]} {
			switch {
			case a.Values == nil:
			case first == nil:
				first = a.Values
			case !slices.Equal(first, a.Values):
				return true
			}
		}
	}
	return false
}

// names lists parameters, the first few of many.
func (r *Recording) names(indices []int) string {
	var names []string
	for _, i := range indices {
		if len(names) == 4 && len(indices) > 5 {
			return fmt.Sprintf("%s and %d more", strings.Join(names, ", "), len(indices)-4)
		}
		names = append(names, r.Parameters[i].Name)
	}
	return strings.Join(names, ", ")
}
