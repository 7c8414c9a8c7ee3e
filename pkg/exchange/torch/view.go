package torch

import (
	"fmt"
	"slices"

	"example.com/unstuck/pkg/nn"
)

// reshaped gives a value another shape with the same numbers in the same order. Axes are joined without an operation, and
// parted where they were joined; only a real cut needs one.
func (b *builder) reshaped(v value, to []size) (value, error) {
	from := v.shape()
	to, err := filled(from, to)
	if err != nil {
		return v, err
	}
	run := slices.Concat(v.axes...)
	axes, cut, err := b.parted(v, run, to)
	switch {
	case err != nil:
		return v, err
	case axes == nil:
		return b.reshaped(cut, to)
	}
	v.axes = axes
	return v, nil
}

// parted finds the axes of the node for PyTorch's new ones among those of a run, all of the old ones in their order. Where one
// has to be cut there are none, and the value that is returned is another one, cut there.
func (b *builder) parted(v value, run []int, to []size) ([][]int, value, error) {
	extent := func(a int) size {
		if a == 0 {
			return size{n: 1, batch: true}
		}
		return size{n: v.row[a-1]}
	}
	parts := make([][]int, len(to))
	k := 0
	for j, want := range to {
		have := size{n: 1}
		for have != want && k < len(run) {
			next := times(have, extent(run[k]))
			if divides(next, want) {
				have = next
				parts[j] = append(parts[j], run[k])
				k++
				continue
			}
			// This axis has to be cut: what is still wanted of it, and the rest.
			if run[k] == 0 || have.batch != want.batch {
				return nil, v, fmt.Errorf("the batch would be cut to make %v of %v", to, v.shape())
			}
			part := want.n / have.n
			n := v.row[run[k]-1]
			if part == 0 || want.n%have.n != 0 || n%part != 0 {
				return nil, v, fmt.Errorf("%v doesn't become %v", v.shape(), to)
			}
			cut, err := b.cut(v, run[k], part)
			return nil, cut, err
		}
		if have != want {
			return nil, v, fmt.Errorf("%v doesn't become %v", v.shape(), to)
		}
	}
	for ; k < len(run); k++ { // sizes of 1
		if extent(run[k]) != (size{n: 1}) {
			return nil, v, fmt.Errorf("%v doesn't become %v", v.shape(), to)
		}
		if len(parts) > 0 {
			parts[len(parts)-1] = append(parts[len(parts)-1], run[k])
		}
	}
	return parts, v, nil
}

// cut makes two axes of one of the node's, the first of that size.
func (b *builder) cut(v value, axis, first int) (value, error) {
	row := slices.Insert(slices.Clone(v.row), axis-1, first)
	row[axis] = v.row[axis-1] / first
	out := value{ref: b.plain(nn.Reshape{Target: row}, v.ref), row: row}
	for _, axes := range v.axes {
		var moved []int
		for _, a := range axes {
			switch {
			case a < axis:
				moved = append(moved, a)
			case a == axis:
				moved = append(moved, a, a+1)
			default:
				moved = append(moved, a+1)
			}
		}
		out.axes = append(out.axes, moved)
	}
	return out, nil
}

// filled replaces a size of −1 by what is left.
func filled(from, to []size) ([]size, error) {
	all, rest, open := size{n: 1}, size{n: 1}, -1
	for _, s := range from {
		all = times(all, s)
	}
	to = slices.Clone(to)
	for i, s := range to {
		if s.n == -1 && !s.batch {
			open = i
		} else {
			rest = times(rest, s)
		}
	}
	if open >= 0 && rest.n > 0 {
		to[open] = size{n: all.n / rest.n, batch: all.batch && !rest.batch}
		rest = times(rest, to[open])
	}
	if rest != all {
		return nil, fmt.Errorf("%v doesn't become %v", from, to)
	}
	return to, nil
}

func times(a, b size) size { return size{n: a.n * b.n, batch: a.batch || b.batch} }

func divides(a, b size) bool { return (b.batch || !a.batch) && a.n > 0 && b.n%a.n == 0 }
