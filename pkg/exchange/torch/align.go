package torch

import (
	"fmt"
	"slices"

	"example.com/unstuck/pkg/nn"
)

// aligned are tensors that an operation combines, as it broadcasts them: the nodes have as many axes each, the batch in
// front, then what lies on the batch's axis besides it, then PyTorch's other axes in their order.
type aligned struct {
	values []value   // nodes; the known ones are in constants
	consts []*tensor // beside values: what is known, with PyTorch's axes but that of the batch; nil: a node
	rank   int       // of PyTorch's result
	batch  int       // PyTorch's axis with the batch
	parts  []int     // sizes of what lies on it besides
	free   bool      // nothing of it depends on the rows: PyTorch\'s result has no axis for the batch
}

// align makes ready what is broadcast, all axes but the last tail ones, which are taken as they are.
func (b *builder) align(tail int, all ...value) (aligned, error) {
	a := aligned{batch: -1}
	for _, v := range all {
		a.rank = max(a.rank, v.rank())
	}
	for _, v := range all {
		if !v.isNode() || v.batchAxis() < 0 {
			continue
		}
		at := v.batchAxis() + a.rank - v.rank()
		if at >= a.rank-tail {
			return a, fmt.Errorf("it combines rows of the batch with each other: shapes %v", shapesOf(all))
		}
		var parts []int
		for i, axis := range v.axes[v.batchAxis()] {
			if axis != 0 && v.row[axis-1] != 1 {
				parts = append(parts, v.row[axis-1])
			} else if axis == 0 && i > 0 {
				return a, fmt.Errorf("the batch lies within an axis of %v", v.shape())
			}
		}
		switch {
		case a.batch < 0:
			a.batch, a.parts = at, parts
		case a.batch != at || !slices.Equal(a.parts, parts):
			return a, fmt.Errorf("it combines rows of the batch with each other: the batch lies on other axes of %v", shapesOf(all))
		}
	}
	if a.batch < 0 {
		a.batch, a.free = 0, true
		if a.rank == 0 {
			return a, fmt.Errorf("it takes nothing that depends on the input")
		}
		for _, v := range all {
			a.rank = max(a.rank, v.rank()+1)
		}
	}
	for _, v := range all {
		node, known, err := b.alignOne(v, a)
		if err != nil {
			return a, err
		}
		a.values, a.consts = append(a.values, node), append(a.consts, known)
	}
	return a, nil
}

func shapesOf(all []value) [][]size {
	var shapes [][]size
	for _, v := range all {
		shapes = append(shapes, v.shape())
	}
	return shapes
}

func (b *builder) alignOne(v value, a aligned) (value, *tensor, error) {
	missing := a.rank - v.rank()
	front := slices.Repeat([]int{1}, len(a.parts))
	if !v.isNode() || v.batchAxis() < 0 { // along the batch it must be 1
		shape := slices.Repeat([]int{1}, missing)
		for _, s := range v.shape() {
			if s.batch && v.extent == nil {
				return v, nil, fmt.Errorf("a size of the batch has no place in it")
			}
			shape = append(shape, s.n)
		}
		if v.extent != nil { // the same number everywhere
			t := *v.known
			t.shape = slices.Repeat([]int{1}, a.rank-1+len(front))
			return value{}, &t, nil
		}
		if shape[a.batch] != 1 {
			return v, nil, fmt.Errorf("a tensor of %d rows meets the batch", shape[a.batch])
		}
		row := append(front, slices.Delete(slices.Clone(shape), a.batch, a.batch+1)...)
		if !v.isNode() {
			t := *v.known
			t.shape = row
			return value{}, &t, nil
		}
		node, err := b.merged(v)
		if err != nil {
			return v, nil, err
		}
		return b.withRow(node, row), nil, nil
	}
	node, err := b.tidy(v)
	if err != nil {
		return v, nil, err
	}
	row := slices.Clone(a.parts)
	at := v.batchAxis() + missing
	for i := range a.rank {
		switch {
		case i == at:
		case i < missing:
			row = append(row, 1)
		default:
			row = append(row, node.shape()[i-missing].n)
		}
	}
	return b.withRow(node, row), nil, nil
}

// merged brings a node without the batch into PyTorch's order.
func (b *builder) merged(v value) (value, error) {
	v.axes = append([][]int{{0}}, v.axes...)
	v, err := b.tidy(v)
	return v, err
}

// withRow is the node with another shape of its rows, as [value] of its own.
func (b *builder) withRow(v value, row []int) value {
	if slices.Equal(v.row, row) {
		return of(v.ref, row)
	}
	if len(row) == 0 {
		row = []int{1}
	}
	return of(b.plain(nn.Reshape{Target: row}, v.ref), row)
}

// result says how PyTorch's axes lie in what comes of aligned nodes.
func (a aligned) result(v value) value {
	axes := make([][]int, a.rank)
	axes[a.batch] = []int{0}
	for i := range a.parts {
		axes[a.batch] = append(axes[a.batch], i+1)
	}
	next := len(a.parts) + 1
	for i := range axes {
		if i != a.batch {
			axes[i] = []int{next}
			next++
		}
	}
	if v.axes = axes; a.free {
		v.axes = axes[1:]
	}
	return v
}

// floats are the numbers of a known tensor.
func (t tensor) floats() []float64 {
	all := make([]float64, len(t.values))
	for i, v := range t.values {
		all[i] = float64(v)
	}
	return all
}
