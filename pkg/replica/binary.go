package replica

import (
	"slices"

	"github.com/gomlx/compute"
)

// binary combines element by element; axes of size 1 and scalars are repeated.
func (f *function) binary(op func(a, b compute.Value) (compute.Value, error), lhs, rhs compute.Value) (compute.Value, error) {
	a, b := lhs.(*value), rhs.(*value)
	along := a.along || b.along
	if along {
		rank := max(a.rank(), b.rank())
		var err error
		if a, err = f.combinable(a, rank); err != nil {
			return nil, err
		}
		if b, err = f.combinable(b, rank); err != nil {
			return nil, err
		}
	}
	return f.made(along)(op(a.inner, b.inner))
}

// combinable is v in a shape that combines with one of so many axes behind that of replicas.
func (f *function) combinable(v *value, rank int) (*value, error) {
	var dims []int
	switch {
	case v.along && v.rank() < rank: // a scalar
		dims = append([]int{f.replicas()}, slices.Repeat([]int{1}, rank)...)
	case !v.along && v.rank() > 0:
		dims = with(1, v.shape.Dimensions)
	default:
		return v, nil
	}
	inner, err := f.inner.Reshape(v.inner, dims...)
	return &value{inner: inner, shape: v.shape, along: v.along}, err
}

func (f *function) Add(lhs, rhs compute.Value) (compute.Value, error) {
	return f.binary(f.inner.Add, lhs, rhs)
}

func (f *function) Atan2(lhs, rhs compute.Value) (compute.Value, error) {
	return f.binary(f.inner.Atan2, lhs, rhs)
}

func (f *function) BitwiseAnd(lhs, rhs compute.Value) (compute.Value, error) {
	return f.binary(f.inner.BitwiseAnd, lhs, rhs)
}

func (f *function) BitwiseOr(lhs, rhs compute.Value) (compute.Value, error) {
	return f.binary(f.inner.BitwiseOr, lhs, rhs)
}

func (f *function) BitwiseXor(lhs, rhs compute.Value) (compute.Value, error) {
	return f.binary(f.inner.BitwiseXor, lhs, rhs)
}

func (f *function) Complex(lhs, rhs compute.Value) (compute.Value, error) {
	return f.binary(f.inner.Complex, lhs, rhs)
}

func (f *function) Div(lhs, rhs compute.Value) (compute.Value, error) {
	return f.binary(f.inner.Div, lhs, rhs)
}

func (f *function) Equal(lhs, rhs compute.Value) (compute.Value, error) {
	return f.binary(f.inner.Equal, lhs, rhs)
}

func (f *function) EqualTotalOrder(lhs, rhs compute.Value) (compute.Value, error) {
	return f.binary(f.inner.EqualTotalOrder, lhs, rhs)
}

func (f *function) GreaterOrEqual(lhs, rhs compute.Value) (compute.Value, error) {
	return f.binary(f.inner.GreaterOrEqual, lhs, rhs)
}

func (f *function) GreaterOrEqualTotalOrder(lhs, rhs compute.Value) (compute.Value, error) {
	return f.binary(f.inner.GreaterOrEqualTotalOrder, lhs, rhs)
}

func (f *function) GreaterThan(lhs, rhs compute.Value) (compute.Value, error) {
	return f.binary(f.inner.GreaterThan, lhs, rhs)
}

func (f *function) GreaterThanTotalOrder(lhs, rhs compute.Value) (compute.Value, error) {
	return f.binary(f.inner.GreaterThanTotalOrder, lhs, rhs)
}

func (f *function) LessOrEqual(lhs, rhs compute.Value) (compute.Value, error) {
	return f.binary(f.inner.LessOrEqual, lhs, rhs)
}

func (f *function) LessOrEqualTotalOrder(lhs, rhs compute.Value) (compute.Value, error) {
	return f.binary(f.inner.LessOrEqualTotalOrder, lhs, rhs)
}

func (f *function) LessThan(lhs, rhs compute.Value) (compute.Value, error) {
	return f.binary(f.inner.LessThan, lhs, rhs)
}

func (f *function) LessThanTotalOrder(lhs, rhs compute.Value) (compute.Value, error) {
	return f.binary(f.inner.LessThanTotalOrder, lhs, rhs)
}

func (f *function) LogicalAnd(lhs, rhs compute.Value) (compute.Value, error) {
	return f.binary(f.inner.LogicalAnd, lhs, rhs)
}

func (f *function) LogicalOr(lhs, rhs compute.Value) (compute.Value, error) {
	return f.binary(f.inner.LogicalOr, lhs, rhs)
}

func (f *function) LogicalXor(lhs, rhs compute.Value) (compute.Value, error) {
	return f.binary(f.inner.LogicalXor, lhs, rhs)
}

func (f *function) Max(lhs, rhs compute.Value) (compute.Value, error) {
	return f.binary(f.inner.Max, lhs, rhs)
}

func (f *function) Min(lhs, rhs compute.Value) (compute.Value, error) {
	return f.binary(f.inner.Min, lhs, rhs)
}

func (f *function) Mul(lhs, rhs compute.Value) (compute.Value, error) {
	return f.binary(f.inner.Mul, lhs, rhs)
}

func (f *function) NotEqual(lhs, rhs compute.Value) (compute.Value, error) {
	return f.binary(f.inner.NotEqual, lhs, rhs)
}

func (f *function) NotEqualTotalOrder(lhs, rhs compute.Value) (compute.Value, error) {
	return f.binary(f.inner.NotEqualTotalOrder, lhs, rhs)
}

func (f *function) Pow(lhs, rhs compute.Value) (compute.Value, error) {
	return f.binary(f.inner.Pow, lhs, rhs)
}

func (f *function) Rem(lhs, rhs compute.Value) (compute.Value, error) {
	return f.binary(f.inner.Rem, lhs, rhs)
}

func (f *function) ShiftLeft(lhs, rhs compute.Value) (compute.Value, error) {
	return f.binary(f.inner.ShiftLeft, lhs, rhs)
}

func (f *function) ShiftRightArithmetic(lhs, rhs compute.Value) (compute.Value, error) {
	return f.binary(f.inner.ShiftRightArithmetic, lhs, rhs)
}

func (f *function) ShiftRightLogical(lhs, rhs compute.Value) (compute.Value, error) {
	return f.binary(f.inner.ShiftRightLogical, lhs, rhs)
}

func (f *function) Sub(lhs, rhs compute.Value) (compute.Value, error) {
	return f.binary(f.inner.Sub, lhs, rhs)
}
