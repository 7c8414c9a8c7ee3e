package replica

import (
	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
)

// unary does element by element what doesn't care for axes.
func (f *function) unary(op func(compute.Value) (compute.Value, error), x compute.Value) (compute.Value, error) {
	v := x.(*value)
	return f.made(v.along)(op(v.inner))
}

func (f *function) Abs(x compute.Value) (compute.Value, error) { return f.unary(f.inner.Abs, x) }

func (f *function) BitCount(x compute.Value) (compute.Value, error) {
	return f.unary(f.inner.BitCount, x)
}

func (f *function) BitwiseNot(x compute.Value) (compute.Value, error) {
	return f.unary(f.inner.BitwiseNot, x)
}

func (f *function) Ceil(x compute.Value) (compute.Value, error) { return f.unary(f.inner.Ceil, x) }

func (f *function) Clz(x compute.Value) (compute.Value, error) { return f.unary(f.inner.Clz, x) }

func (f *function) Conj(x compute.Value) (compute.Value, error) { return f.unary(f.inner.Conj, x) }

func (f *function) Cos(x compute.Value) (compute.Value, error) { return f.unary(f.inner.Cos, x) }

func (f *function) Erf(x compute.Value) (compute.Value, error) { return f.unary(f.inner.Erf, x) }

func (f *function) Exp(x compute.Value) (compute.Value, error) { return f.unary(f.inner.Exp, x) }

func (f *function) Expm1(x compute.Value) (compute.Value, error) { return f.unary(f.inner.Expm1, x) }

func (f *function) Floor(x compute.Value) (compute.Value, error) { return f.unary(f.inner.Floor, x) }

func (f *function) Identity(x compute.Value) (compute.Value, error) {
	return f.unary(f.inner.Identity, x)
}

func (f *function) Imag(x compute.Value) (compute.Value, error) { return f.unary(f.inner.Imag, x) }

func (f *function) IsFinite(x compute.Value) (compute.Value, error) {
	return f.unary(f.inner.IsFinite, x)
}

func (f *function) IsNaN(x compute.Value) (compute.Value, error) { return f.unary(f.inner.IsNaN, x) }

func (f *function) Log(x compute.Value) (compute.Value, error) { return f.unary(f.inner.Log, x) }

func (f *function) Log1p(x compute.Value) (compute.Value, error) { return f.unary(f.inner.Log1p, x) }

func (f *function) LogicalNot(x compute.Value) (compute.Value, error) {
	return f.unary(f.inner.LogicalNot, x)
}

func (f *function) Logistic(x compute.Value) (compute.Value, error) {
	return f.unary(f.inner.Logistic, x)
}

func (f *function) Neg(x compute.Value) (compute.Value, error) { return f.unary(f.inner.Neg, x) }

func (f *function) Real(x compute.Value) (compute.Value, error) { return f.unary(f.inner.Real, x) }

func (f *function) Round(x compute.Value) (compute.Value, error) { return f.unary(f.inner.Round, x) }

func (f *function) Rsqrt(x compute.Value) (compute.Value, error) { return f.unary(f.inner.Rsqrt, x) }

func (f *function) Sign(x compute.Value) (compute.Value, error) { return f.unary(f.inner.Sign, x) }

func (f *function) Sin(x compute.Value) (compute.Value, error) { return f.unary(f.inner.Sin, x) }

func (f *function) Sqrt(x compute.Value) (compute.Value, error) { return f.unary(f.inner.Sqrt, x) }

func (f *function) Tanh(x compute.Value) (compute.Value, error) { return f.unary(f.inner.Tanh, x) }

func (f *function) ConvertDType(x compute.Value, to dtypes.DType) (compute.Value, error) {
	return f.unary(func(x compute.Value) (compute.Value, error) { return f.inner.ConvertDType(x, to) }, x)
}

// Bitcast changes the last axis at most. A scalar that would get or lose one is refused along with its replicas' axis in its place.
func (f *function) Bitcast(x compute.Value, to dtypes.DType) (compute.Value, error) {
	if v := x.(*value); v.along && v.rank() == 0 && to.Size() > v.shape.DType.Size() {
		return nil, &UnsupportedError{Op: "Bitcast of a scalar to a larger type"}
	}
	return f.unary(func(x compute.Value) (compute.Value, error) { return f.inner.Bitcast(x, to) }, x)
}

func (f *function) OptimizationBarrier(operands ...compute.Value) ([]compute.Value, error) {
	values := make([]*value, len(operands))
	for i, o := range operands {
		values[i] = o.(*value)
	}
	inner, err := f.inner.OptimizationBarrier(inners(values)...)
	if err != nil {
		return nil, err
	}
	out := make([]compute.Value, len(inner))
	for i, v := range inner {
		if out[i], err = f.made(values[i].along)(v, nil); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// Iota is the same for all.
func (f *function) Iota(shape shapes.Shape, axis int) (compute.Value, error) {
	return f.made(false)(f.inner.Iota(shape, axis))
}
