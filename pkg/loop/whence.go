package loop

import (
	"fmt"
	"slices"

	"example.com/unstuck/pkg/dataset"
)

// Where the first number of a step is that isn't finite.
const (
	inInputs  = "in the inputs"
	inTargets = "in the targets"
	inModel   = "in the model"
	inWeights = "in the weights"
	inLoss    = "in the loss"
)

// tooFast is how numbers stop being finite that have grown before.
const tooFast = "too fast"

// whence says where, of a step whose loss or gradient isn't finite, the first of it is, and how that is told; empty: what was recorded
// doesn't tell.
func (s *Step) whence() (where, told string) {
	for _, part := range []struct{ name, of, where string }{{"x", "inputs", inInputs}, {"y", "targets", inTargets}} {
		for _, a := range s.named(part.name) {
			if !anyNotFinite(a) || len(a.Shape) == 0 || a.Shape[0] == 0 {
				continue
			}
			rows, width := 0, len(a.Values)/a.Shape[0]
			for i := range a.Shape[0] {
				if anyNotFinite(dataset.Array{Values: a.Values[i*width : (i+1)*width]}) {
					rows++
				}
			}
			return part.where, fmt.Sprintf("; the batch's %s aren't numbers already, in %d of %d rows", part.of, rows, a.Shape[0])
		}
	}
	outputs, cotangents := s.named("out"), s.named("cotangent")
	switch {
	case len(outputs) == 0:
		return "", ""
	case slices.ContainsFunc(outputs, anyNotFinite):
		return inModel, "; the model's outputs aren't numbers, of inputs and weights that are"
	case s.LossNotFinite:
		return inLoss, "; the model's outputs are numbers: it arises between them and the loss"
	case slices.ContainsFunc(cotangents, anyNotFinite):
		return inLoss, "; at the model's outputs the gradient isn't one either: it arises in the loss"
	case len(cotangents) > 0 && s.Backwards == 1:
		return inModel, "; at the model's outputs the gradient is one: it arises on the way back through the model"
	}
	return "", ""
}

// whereNotFinite looks for what isn't finite first: the making of the loss, or that of the batch.
func whereNotFinite(r *Recording, f *Finding) located {
	switch f.way {
	case inLoss:
		all := r.lossPlaces()
		if returned := where(all, func(p *Place) bool { return p.Function > 0 && len(p.Loops) == 0 }); len(returned) > 0 { // a function of the user's own makes it
			all = returned
		}
		return located{at: all}
	case inInputs, inTargets:
		name, other := r.Source.Names["x"], r.Source.Names["y"]
		if f.way == inTargets {
			name, other = other, name
		}
		return located{at: apart(where(r.Source.of("rows"), func(p *Place) bool {
			return slices.Contains(p.Names, name) && !slices.Contains(p.Names, other) && len(p.Pairs) == 0
		}))}
	}
	return located{}
}
