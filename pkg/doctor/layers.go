package doctor

import (
	"example.com/unstuck/pkg/nn"
)

// mapLayers returns a copy of net with each layer replaced by what f makes of it; nil drops it. Layers inside
// nn.Frozen, nn.Renamed and a nested Sequential are visited, their wrapping kept.
func mapLayers(net nn.Sequential, f func(nn.Layer) nn.Layer) nn.Sequential {
	return nn.MapLeaves(net, func(l nn.Leaf) nn.Edit { return nn.Edit{Layer: f(l.Layer)} })
}

// mapBefore is mapLayers on the leaves before one; the others stay.
func mapBefore(net nn.Sequential, end int, f func(nn.Layer) nn.Layer) nn.Sequential {
	return nn.MapLeaves(net, func(l nn.Leaf) nn.Edit {
		if l.At >= end {
			return nn.Edit{Layer: l.Layer}
		}
		return nn.Edit{Layer: f(l.Layer)}
	})
}

// hiddenEnd is the leaf at which the hidden layers end: the one that makes the output, and the last where none
// does.
func hiddenEnd(net nn.Sequential) int {
	if at := nn.OutputAt(net); at >= 0 {
		return at
	}
	return len(nn.Leaves(net))
}

// slot says which weight an initializer belongs to.
type slot int

const (
	kernel slot = iota
	recurrentKernel
	bias
	other // scales, shifts and statistics of normalizations
)

// mapInitializers replaces every initializer that is set; changed tells whether one was replaced by another
// value. Layers that the doctor doesn't know are left alone.
func mapInitializers(net nn.Sequential, f func(nn.Layer, slot, nn.Initializer) nn.Initializer) (out nn.Sequential, changed bool) {
	set := func(l nn.Layer, s slot, field *nn.Initializer) {
		if *field == nil {
			return
		}
		next := f(l, s, *field)
		changed = changed || next != *field
		*field = next
	}
	out = mapLayers(net, func(l nn.Layer) nn.Layer {
		switch l := l.(type) {
		case nn.Dense:
			set(l, kernel, &l.KernelInitializer)
			set(l, bias, &l.BiasInitializer)
			return l
		case nn.SimpleRNN:
			set(l, kernel, &l.KernelInitializer)
			set(l, recurrentKernel, &l.RecurrentInitializer)
			set(l, bias, &l.BiasInitializer)
			return l
		case nn.GRU:
			set(l, kernel, &l.KernelInitializer)
			set(l, recurrentKernel, &l.RecurrentInitializer)
			set(l, bias, &l.BiasInitializer)
			return l
		case nn.LSTM:
			set(l, kernel, &l.KernelInitializer)
			set(l, recurrentKernel, &l.RecurrentInitializer)
			set(l, bias, &l.BiasInitializer)
			return l
		case nn.BatchNormalization:
			set(l, other, &l.GammaInitializer)
			set(l, other, &l.BetaInitializer)
			set(l, other, &l.MovingMeanInitializer)
			set(l, other, &l.MovingVarianceInitializer)
			return l
		case nn.LayerNormalization:
			set(l, other, &l.GammaInitializer)
			set(l, other, &l.BetaInitializer)
			return l
		}
		return l
	})
	return out, changed
}
