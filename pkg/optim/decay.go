package optim

import "slices"

// LargestDecay is the largest weight decay of any weight, decoupled or by an [L2Decay]; 0: there is none.
func (o Optimizer) LargestDecay() float64 {
	largest := max(o.WeightDecay, l2Of(o.Transforms))
	for _, g := range o.Groups {
		if !g.Frozen {
			largest = max(largest, g.WeightDecay, l2Of(g.Transforms))
		}
	}
	return largest
}

func l2Of(chain []Transform) (largest float64) {
	for _, t := range chain {
		if d, ok := t.(L2Decay); ok {
			largest = max(largest, d.Decay)
		}
	}
	return largest
}

// WithoutDecay returns a copy that decays no weight.
func (o Optimizer) WithoutDecay() Optimizer {
	o.WeightDecay, o.Transforms = 0, withoutL2(o.Transforms)
	o.Groups = slices.Clone(o.Groups)
	for i := range o.Groups {
		o.Groups[i].WeightDecay, o.Groups[i].Transforms = 0, withoutL2(o.Groups[i].Transforms)
	}
	return o
}

func withoutL2(chain []Transform) []Transform {
	return slices.DeleteFunc(slices.Clone(chain), func(t Transform) bool {
		_, decays := t.(L2Decay)
		return decays
	})
}

// WithClip returns a copy with one more transformation, ahead of the [Maximize] and [L2Decay] at the end: PyTorch clips the
// gradients of the loss, and its optimizers do the rest.
func (o Optimizer) WithClip(t Transform) Optimizer {
	at := len(o.Transforms)
	for at > 0 && ofTheOptimizer(o.Transforms[at-1]) {
		at--
	}
	o.Transforms = slices.Insert(slices.Clone(o.Transforms), at, t)
	return o
}

// ofTheOptimizer reports whether a transformation is an argument of PyTorch's optimizers.
func ofTheOptimizer(t Transform) bool {
	switch t.(type) {
	case Maximize, L2Decay:
		return true
	}
	return false
}

// FrozenWeights are the paths of the weights in groups that are frozen.
func (o Optimizer) FrozenWeights() []string {
	var paths []string
	for _, g := range o.Groups {
		if g.Frozen {
			paths = append(paths, g.Weights...)
		}
	}
	return paths
}

// Thawed returns a copy that trains all weights: groups that are frozen are left out.
func (o Optimizer) Thawed() Optimizer {
	o.Groups = slices.DeleteFunc(slices.Clone(o.Groups), func(g Group) bool { return g.Frozen })
	if len(o.Groups) == 0 {
		o.Groups = nil
	}
	return o
}
