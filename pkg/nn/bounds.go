package nn

import (
	"math"

	"example.com/unstuck/internal/codec"
)

// Bounded is implemented by layers and activations whose outputs can't be any number.
type Bounded interface {
	Bounds() (low, high float64)
}

// Bounds is the range of the values that a layer or an activation can put out; infinite where it isn't known or
// there is none. That of a layer with an activation is the activation's, that of a [Sequential] the last layer's.
func Bounds(l any) (low, high float64) {
	if l, ok := l.(Layer); ok {
		return boundsOf(Bare(l))
	}
	return boundsOf(l)
}

func boundsOf(l any) (low, high float64) {
	if b, ok := l.(Bounded); ok {
		return b.Bounds()
	}
	if _, itself := l.(Activation); !itself {
		if a := ActivationOf(l); a != nil {
			return Bounds(a)
		}
	}
	return math.Inf(-1), math.Inf(1)
}

// Saturating is implemented by activations that are flat on both sides.
type Saturating interface {
	Activation
	// FlatBeyond are the outputs outside of which the slope is less than 6% of the steepest, 1 − 0.97² as for a tanh
	// beyond ±0.97.
	FlatBeyond() (low, high float32)
}

// FlatBeyond is [Saturating] for the activation that a layer's output went through last, that of a [Sequential] its
// last layer's; false where that isn't flat on both sides.
func FlatBeyond(l Layer) (low, high float32, ok bool) {
	l = Bare(l)
	if s, isSequential := l.(Sequential); isSequential && len(s) > 0 {
		return FlatBeyond(s[len(s)-1])
	}
	if _, gated := l.(interface{ Gated() bool }); gated {
		return 0, 0, false // the output is a product or a mixture
	}
	s, ok := ActivationOf(l).(Saturating)
	if !ok {
		return 0, 0, false
	}
	low, high = s.FlatBeyond()
	return low, high, true
}

// ActivationOf is the activation that a layer applies to what it puts out, nil when it has none. An activation
// applies itself.
func ActivationOf(l any) Activation {
	if a, ok := l.(Activation); ok {
		return a
	}
	for _, s := range codec.Settings[Activation](l) {
		if s.Field == "Activation" {
			return s.Means
		}
	}
	return nil
}

// KeepsRange reports whether what a layer puts out lies within the range of what it is given: a mean or the largest of its values, or
// the same values in another shape.
func KeepsRange(l Layer) bool {
	switch Bare(l).(type) {
	case Flatten, Reshape, Permute, RepeatVector,
		GlobalAveragePooling1D, GlobalAveragePooling2D, GlobalAveragePooling3D, GlobalMaxPooling1D, GlobalMaxPooling2D, GlobalMaxPooling3D,
		AveragePooling1D, AveragePooling2D, AveragePooling3D, MaxPooling1D, MaxPooling2D, MaxPooling3D:
		return true
	}
	return false
}
