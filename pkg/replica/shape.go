package replica

import (
	"slices"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/shapes"
)

func (f *function) Reshape(x compute.Value, dims ...int) (compute.Value, error) {
	v := x.(*value)
	if v.along {
		dims = with(f.replicas(), dims)
	}
	return f.made(v.along)(f.inner.Reshape(v.inner, dims...))
}

func (f *function) BroadcastInDim(x compute.Value, to shapes.Shape, axes []int) (compute.Value, error) {
	v := x.(*value)
	if v.along {
		axes = with(0, shifted(axes))
	}
	return f.made(v.along)(f.inner.BroadcastInDim(v.inner, f.wide(to, v.along), axes))
}

func (f *function) Transpose(x compute.Value, permutation ...int) (compute.Value, error) {
	v := x.(*value)
	if v.along {
		permutation = with(0, shifted(permutation))
	}
	return f.made(v.along)(f.inner.Transpose(v.inner, permutation...))
}

func (f *function) Reverse(x compute.Value, axes ...int) (compute.Value, error) {
	v := x.(*value)
	if v.along {
		axes = shifted(axes)
	}
	return f.made(v.along)(f.inner.Reverse(v.inner, axes...))
}

func (f *function) Slice(x compute.Value, starts, limits, strides []int) (compute.Value, error) {
	v := x.(*value)
	if v.along {
		starts, limits = with(0, starts), with(f.replicas(), limits)
		if len(strides) > 0 {
			strides = with(1, strides)
		}
	}
	return f.made(v.along)(f.inner.Slice(v.inner, starts, limits, strides))
}

// Pad fills with one value for all, or refuses.
func (f *function) Pad(x, fill compute.Value, axes ...compute.PadAxis) (compute.Value, error) {
	v, with := x.(*value), fill.(*value)
	if with.along {
		return nil, &UnsupportedError{Op: "Pad with a value of each replica's own"}
	}
	if v.along {
		axes = slices.Concat([]compute.PadAxis{{}}, axes)
	}
	return f.made(v.along)(f.inner.Pad(v.inner, with.inner, axes...))
}

func (f *function) Concatenate(axis int, operands ...compute.Value) (compute.Value, error) {
	values, along, err := f.eachOf(operands...)
	if err != nil {
		return nil, err
	}
	if along {
		axis++
	}
	return f.made(along)(f.inner.Concatenate(axis, inners(values)...))
}

// Where chooses element by element; scalars are repeated.
func (f *function) Where(condition, onTrue, onFalse compute.Value) (compute.Value, error) {
	values, along, err := f.alike(condition, onTrue, onFalse)
	if err != nil {
		return nil, err
	}
	return f.made(along)(f.inner.Where(values[0].inner, values[1].inner, values[2].inner))
}

func (f *function) Clamp(low, x, high compute.Value) (compute.Value, error) {
	values, along, err := f.alike(low, x, high)
	if err != nil {
		return nil, err
	}
	return f.made(along)(f.inner.Clamp(values[0].inner, values[1].inner, values[2].inner))
}

// alike are values along, scalars repeated to the shape of the others, where one of them is along. Scalars that are the same
// for all stay as they are.
func (f *function) alike(all ...compute.Value) (values []*value, along bool, err error) {
	var dims []int
	values = make([]*value, len(all))
	for i, v := range all {
		values[i] = v.(*value)
		along = along || values[i].along
		if values[i].rank() > len(dims) {
			dims = values[i].shape.Dimensions
		}
	}
	if !along {
		return values, false, nil
	}
	for i, v := range values {
		switch {
		case !v.along && v.rank() == 0:
		case v.rank() < len(dims):
			wide := shapes.Make(v.shape.DType, dims...)
			inner, err := f.inner.BroadcastInDim(v.inner, f.wide(wide, true), []int{0})
			if err != nil {
				return nil, false, err
			}
			values[i] = &value{inner: inner, shape: wide, along: true}
		default:
			if values[i], err = f.each(v); err != nil {
				return nil, false, err
			}
		}
	}
	return values, true, nil
}
