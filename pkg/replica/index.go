package replica

import (
	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
)

// Gather takes slices at indices. Where operand and indices come along, the replica's number is one more index.
func (f *function) Gather(operand, indices compute.Value, vectorAxis int, offsets, collapsed, indexMap, sizes []int, sorted bool) (compute.Value, error) {
	x, at := operand.(*value), indices.(*value)
	var err error
	switch {
	case x.along && at.along:
		if at, vectorAxis, err = f.numbered(at, vectorAxis); err != nil {
			return nil, err
		}
		offsets, collapsed, indexMap, sizes = shifted(offsets), with(0, shifted(collapsed)), with(0, shifted(indexMap)), with(1, sizes)
	case x.along:
		offsets, collapsed, indexMap, sizes = with(0, shifted(offsets)), shifted(collapsed), shifted(indexMap), with(f.replicas(), sizes)
	case at.along:
		vectorAxis++
		offsets = shifted(offsets)
		sorted = false
	}
	return f.made(x.along || at.along)(f.inner.Gather(x.inner, at.inner, vectorAxis, offsets, collapsed, indexMap, sizes, sorted))
}

// numbered puts the number of the replica in front of each index vector.
func (f *function) numbered(at *value, vectorAxis int) (*value, int, error) {
	inner := at.inner
	dims := with(f.replicas(), at.shape.Dimensions)
	vectorAxis++
	if vectorAxis == len(dims) { // an axis of size 1 that isn't written
		dims = append(dims, 1)
		var err error
		if inner, err = f.inner.Reshape(inner, dims...); err != nil {
			return nil, 0, err
		}
	}
	one := append([]int{}, dims...)
	one[vectorAxis] = 1
	numbers, err := f.inner.Iota(shapes.Make(at.shape.DType, one...), 0)
	if err != nil {
		return nil, 0, err
	}
	inner, err = f.inner.Concatenate(vectorAxis, numbers, inner)
	return &value{inner: inner, along: true}, vectorAxis, err
}

type scatter func(operand, indices, updates compute.Value, vectorAxis int, window, inserted, axes []int, sorted, unique bool) (compute.Value, error)

func (f *function) scatter(op scatter, operand, indices, updates compute.Value, vectorAxis int, window, inserted, axes []int, sorted, unique bool) (compute.Value, error) {
	x, at, new := operand.(*value), indices.(*value), updates.(*value)
	if !x.along && !at.along && !new.along {
		return f.made(false)(op(x.inner, at.inner, new.inner, vectorAxis, window, inserted, axes, sorted, unique))
	}
	x, err := f.each(x)
	if err != nil {
		return nil, err
	}
	if new, err = f.each(new); err != nil {
		return nil, err
	}
	if at.along {
		if at, vectorAxis, err = f.numbered(at, vectorAxis); err != nil {
			return nil, err
		}
		window, inserted, axes = shifted(window), with(0, shifted(inserted)), with(0, shifted(axes))
	} else {
		window, inserted, axes = with(0, shifted(window)), shifted(inserted), shifted(axes)
	}
	return f.made(true)(op(x.inner, at.inner, new.inner, vectorAxis, window, inserted, axes, sorted, unique))
}

func (f *function) ScatterSum(operand, indices, updates compute.Value, vectorAxis int, window, inserted, axes []int, sorted, unique bool) (compute.Value, error) {
	return f.scatter(f.inner.ScatterSum, operand, indices, updates, vectorAxis, window, inserted, axes, sorted, unique)
}

func (f *function) ScatterMax(operand, indices, updates compute.Value, vectorAxis int, window, inserted, axes []int, sorted, unique bool) (compute.Value, error) {
	return f.scatter(f.inner.ScatterMax, operand, indices, updates, vectorAxis, window, inserted, axes, sorted, unique)
}

func (f *function) ScatterMin(operand, indices, updates compute.Value, vectorAxis int, window, inserted, axes []int, sorted, unique bool) (compute.Value, error) {
	return f.scatter(f.inner.ScatterMin, operand, indices, updates, vectorAxis, window, inserted, axes, sorted, unique)
}

// DynamicSlice takes a slice at a computed place, the same for all.
func (f *function) DynamicSlice(operand compute.Value, starts []compute.Value, sizes []int) (compute.Value, error) {
	x := operand.(*value)
	places, err := f.places("DynamicSlice", starts, x.along)
	if err != nil {
		return nil, err
	}
	if x.along {
		sizes = with(f.replicas(), sizes)
	}
	return f.made(x.along)(f.inner.DynamicSlice(x.inner, places, sizes))
}

// DynamicUpdateSlice puts a slice at a computed place, the same for all.
func (f *function) DynamicUpdateSlice(operand, update compute.Value, starts []compute.Value) (compute.Value, error) {
	values, along, err := f.eachOf(operand, update)
	if err != nil {
		return nil, err
	}
	places, err := f.places("DynamicUpdateSlice", starts, along)
	if err != nil {
		return nil, err
	}
	return f.made(along)(f.inner.DynamicUpdateSlice(values[0].inner, values[1].inner, places))
}

// places are start indices with that of the replicas.
func (f *function) places(op string, starts []compute.Value, along bool) ([]compute.Value, error) {
	var places []compute.Value
	dtype := dtypes.Int32
	for _, s := range starts {
		v := s.(*value)
		if v.along {
			return nil, &UnsupportedError{Op: op + " at a place of each replica's own"}
		}
		dtype = v.shape.DType
		places = append(places, v.inner)
	}
	if !along {
		return places, nil
	}
	zero, err := f.inner.Iota(shapes.Make(dtype, 1), 0)
	if err != nil {
		return nil, err
	}
	if zero, err = f.inner.Reshape(zero); err != nil {
		return nil, err
	}
	return append([]compute.Value{zero}, places...), nil
}
