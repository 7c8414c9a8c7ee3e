package replica

import (
	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
)

// reduce reduces over axes, or all of a replica's where none are given.
func (f *function) reduce(op func(compute.Value, ...int) (compute.Value, error), x compute.Value, axes []int) (compute.Value, error) {
	v := x.(*value)
	if !v.along {
		return f.made(false)(op(v.inner, axes...))
	}
	if len(axes) == 0 {
		for axis := range v.rank() {
			axes = append(axes, axis)
		}
	}
	if len(axes) == 0 { // scalars
		return v, nil
	}
	return f.made(true)(op(v.inner, shifted(axes)...))
}

func (f *function) ReduceBitwiseAnd(x compute.Value, axes ...int) (compute.Value, error) {
	return f.reduce(f.inner.ReduceBitwiseAnd, x, axes)
}

func (f *function) ReduceBitwiseOr(x compute.Value, axes ...int) (compute.Value, error) {
	return f.reduce(f.inner.ReduceBitwiseOr, x, axes)
}

func (f *function) ReduceBitwiseXor(x compute.Value, axes ...int) (compute.Value, error) {
	return f.reduce(f.inner.ReduceBitwiseXor, x, axes)
}

func (f *function) ReduceLogicalAnd(x compute.Value, axes ...int) (compute.Value, error) {
	return f.reduce(f.inner.ReduceLogicalAnd, x, axes)
}

func (f *function) ReduceLogicalOr(x compute.Value, axes ...int) (compute.Value, error) {
	return f.reduce(f.inner.ReduceLogicalOr, x, axes)
}

func (f *function) ReduceLogicalXor(x compute.Value, axes ...int) (compute.Value, error) {
	return f.reduce(f.inner.ReduceLogicalXor, x, axes)
}

func (f *function) ReduceMax(x compute.Value, axes ...int) (compute.Value, error) {
	return f.reduce(f.inner.ReduceMax, x, axes)
}

func (f *function) ReduceMin(x compute.Value, axes ...int) (compute.Value, error) {
	return f.reduce(f.inner.ReduceMin, x, axes)
}

func (f *function) ReduceProduct(x compute.Value, axes ...int) (compute.Value, error) {
	return f.reduce(f.inner.ReduceProduct, x, axes)
}

func (f *function) ReduceSum(x compute.Value, axes ...int) (compute.Value, error) {
	return f.reduce(f.inner.ReduceSum, x, axes)
}

// ofAxis does something on one axis.
func (f *function) ofAxis(op func(x compute.Value, axis int) (compute.Value, error), x compute.Value, axis int) (compute.Value, error) {
	v := x.(*value)
	if v.along {
		axis++
	}
	return f.made(v.along)(op(v.inner, axis))
}

func (f *function) ArgMinMax(x compute.Value, axis int, output dtypes.DType, isMin bool) (compute.Value, error) {
	return f.ofAxis(func(x compute.Value, axis int) (compute.Value, error) {
		return f.inner.ArgMinMax(x, axis, output, isMin)
	}, x, axis)
}

func (f *function) CumSum(x compute.Value, axis int, o compute.CumSumOptions) (compute.Value, error) {
	return f.ofAxis(func(x compute.Value, axis int) (compute.Value, error) { return f.inner.CumSum(x, axis, o) }, x, axis)
}
