package loop

import (
	"fmt"
	"slices"

	"example.com/unstuck/pkg/dataset"
)

// What is seen of a step of Keras: all, only what the optimizer was given, or only the weights ahead of it and behind it.
const (
	viewGradients = "gradients"
	viewWeights   = "weights"
)

// compiled reports whether every step was compiled, with nothing seen of it but the weights.
func (r *Recording) compiled() bool {
	return len(r.Steps) > 0 && !slices.ContainsFunc(r.Steps, func(s Step) bool { return s.View != viewWeights })
}

// kerasSteps makes of the steps of Keras what the rules look at.
func (r *Recording) kerasSteps() {
	for k := range r.Steps {
		s := &r.Steps[k]
		if s.View != "" {
			s.Backwards = 1
		}
		r.carried(k)
	}
}

// carried works out what of earlier steps is in the gradient that the optimizer is given at step k, where a loop adds gradients up by
// hand: the gradients since the last update, or the ones that it has used already.
func (r *Recording) carried(k int) {
	s := &r.Steps[k]
	if k == 0 || !s.did("step") || !s.Arrayed || len(s.Stepped) == 0 {
		return
	}
	for _, i := range s.Stepped {
		if s.start(i) != nil { // it was seen
			return
		}
	}
	var whole products
	for _, i := range s.Stepped {
		if s.own(i) == nil {
			return
		}
		whole.add(s.seen(i), s.own(i))
	}
	if whole.cosine() > 0.9999 {
		return
	}
	since := func(i int) []float32 {
		var total []float32
		for j := k - 1; j >= 0 && !r.Steps[j].did("step"); j-- {
			total = added(total, r.Steps[j].own(i))
		}
		return total
	}
	used := func(i int) []float32 {
		for j := k - 1; j >= 0; j-- {
			if r.Steps[j].did("step") {
				return added(since(i), r.Steps[j].seen(i))
			}
		}
		return nil
	}
	for _, earlier := range []func(i int) []float32{since, used} {
		var with products
		carried := map[int][]float32{}
		for _, i := range s.Stepped {
			carried[i] = earlier(i)
			with.add(s.seen(i), added(s.own(i), carried[i]))
		}
		if with.cosine() <= 0.9999 {
			continue
		}
		for i, values := range carried {
			if values != nil {
				// What the optimizer saw is written only where it isn't the step's own.
				s.values[fmt.Sprintf("grad/%d", i)] = dataset.Array{Shape: r.Parameters[i].Shape, Values: s.seen(i)}
			}
		}
		for i, values := range carried {
			if values != nil {
				s.values[fmt.Sprintf("start/%d", i)] = dataset.Array{Shape: r.Parameters[i].Shape, Values: values}
			}
		}
		return
	}
}

func added(a, b []float32) []float32 {
	switch {
	case a == nil:
		return b
	case b == nil:
		return a
	}
	return sum(a, b)
}

// standIn takes the gradients that were computed here, by weight, for those of a step of which none were recorded.
func (r *Recording) standIn(s *Step, p *program, gradients map[string][]float32) {
	held := r.held()
	for i, parameter := range r.Parameters {
		places := p.model.places(i)
		if len(places) != 1 || !parameter.Trainable {
			continue
		}
		g, ok := gradients[places[0]]
		if !ok {
			continue
		}
		s.values[fmt.Sprintf("own/%d", i)] = dataset.Array{Shape: parameter.Shape, Values: g}
		if s.View == viewWeights && held[i] {
			s.Stepped = append(s.Stepped, i)
		}
	}
}

// takeAside takes the gradients that Keras computed of the claimed loss beside a compiled step for those that its optimizer was given.
func (r *Recording) takeAside(s *Step) {
	held := r.held()
	for i := range r.Parameters {
		if held[i] && s.own(i) != nil && !slices.Contains(s.Stepped, i) {
			s.Stepped = append(s.Stepped, i)
		}
	}
}
