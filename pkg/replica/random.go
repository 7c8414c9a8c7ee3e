package replica

import (
	"github.com/gomlx/compute"
	"github.com/gomlx/compute/shapes"
)

// mostGenerators is for how many replicas random bits are generated one after the other: each is an operation of its own to compile.
const mostGenerators = 32

// RNGBitGenerator generates the bits of each replica from its own state.
func (f *function) RNGBitGenerator(state compute.Value, shape shapes.Shape) (next, bits compute.Value, err error) {
	v := state.(*value)
	if !v.along {
		next, bits, err := f.inner.RNGBitGenerator(v.inner, shape)
		if err != nil {
			return nil, nil, err
		}
		return f.both(false, next, bits)
	}
	if f.replicas() > mostGenerators {
		return nil, nil, &UnsupportedError{Op: "RNGBitGenerator with states of more than 32 replicas"}
	}
	var states, values []compute.Value
	for i := range f.replicas() {
		own, err := f.inner.Slice(v.inner, with(i, make([]int, v.rank())), with(i+1, v.shape.Dimensions), nil)
		if err != nil {
			return nil, nil, err
		}
		if own, err = f.inner.Reshape(own, v.shape.Dimensions...); err != nil {
			return nil, nil, err
		}
		s, b, err := f.inner.RNGBitGenerator(own, shape)
		if err != nil {
			return nil, nil, err
		}
		if s, err = f.inner.Reshape(s, with(1, v.shape.Dimensions)...); err != nil {
			return nil, nil, err
		}
		if b, err = f.inner.Reshape(b, with(1, shape.Dimensions)...); err != nil {
			return nil, nil, err
		}
		states, values = append(states, s), append(values, b)
	}
	if next, err = f.inner.Concatenate(0, states...); err != nil {
		return nil, nil, err
	}
	if bits, err = f.inner.Concatenate(0, values...); err != nil {
		return nil, nil, err
	}
	return f.both(true, next, bits)
}

func (f *function) both(along bool, a, b compute.Value) (compute.Value, compute.Value, error) {
	first, err := f.made(along)(a, nil)
	if err != nil {
		return nil, nil, err
	}
	second, err := f.made(along)(b, nil)
	return first, second, err
}
