package torch

import (
	"fmt"
	"slices"
)

// size is that of an axis: a number, or a multiple of how many rows the batch has.
type size struct {
	n     int
	batch bool
}

func (s size) String() string {
	switch {
	case !s.batch:
		return fmt.Sprint(s.n)
	case s.n == 1:
		return "batch"
	}
	return fmt.Sprintf("%d·batch", s.n)
}

// value is what an operation gives, or takes: a tensor that a node of the model gives, a tensor that is known, or a
// parameter of the model used by itself.
//
// PyTorch puts the batch on any axis and folds others into it, where this project's layers have it in front, by itself. So
// a value says how PyTorch's axes lie in the node's: [[1], [0], [2]] where time comes in front of the batch, [[0, 1], [2]]
// where the steps of all rows were put one behind the other. Turning axes around so needs no operation. An axis of PyTorch
// without any is one of size 1.
type value struct {
	ref       string  // of the node; empty: it isn't one
	row       []int   // shape of one row of the node's output
	axes      [][]int // by PyTorch's axis the node's axes, 0 being the batch
	known     *tensor
	parameter string // the name of the one that it is
	buffer    string // the name of the one that it is
	whole     bool   // it holds integers or truth values
	extent    []size // of a known number that fills a tensor; nil: known has its shape
}

// isNode reports whether it depends on the rows.
func (v value) isNode() bool { return v.ref != "" }

// of is the output of a node with the batch in front.
func of(ref string, row []int) value {
	v := value{ref: ref, row: row, axes: [][]int{{0}}}
	for i := range row {
		v.axes = append(v.axes, []int{i + 1})
	}
	return v
}

func knownValue(t tensor) value { return value{known: &t} }

// shape is PyTorch's.
func (v value) shape() []size {
	var shape []size
	if v.extent != nil {
		return v.extent
	}
	if v.known != nil {
		for _, n := range v.known.shape {
			shape = append(shape, size{n: n})
		}
		return shape
	}
	for _, axes := range v.axes {
		s := size{n: 1}
		for _, a := range axes {
			if a == 0 {
				s.batch = true
			} else {
				s.n *= v.row[a-1]
			}
		}
		shape = append(shape, s)
	}
	return shape
}

func (v value) rank() int {
	switch {
	case v.extent != nil:
		return len(v.extent)
	case v.known != nil:
		return len(v.known.shape)
	}
	return len(v.axes)
}

// batchAxis is PyTorch's axis that the batch is on, or a part of.
func (v value) batchAxis() int {
	return slices.IndexFunc(v.axes, func(axes []int) bool { return slices.Contains(axes, 0) })
}

// axis counts one of so many from the front.
func axisOf(axis, rank int) (int, error) {
	a := axis
	if a < 0 {
		a += rank
	}
	if a < 0 || a >= rank {
		return 0, fmt.Errorf("there is no axis %d in %d", axis, rank)
	}
	return a, nil
}

// permuted is the value with PyTorch's axes in another order.
func (v value) permuted(order []int) value {
	axes := make([][]int, len(order))
	for i, a := range order {
		axes[i] = v.axes[a]
	}
	v.axes = axes
	return v
}

// swapped is the value with two axes exchanged.
func (v value) swapped(a, b int) value {
	v.axes = slices.Clone(v.axes)
	v.axes[a], v.axes[b] = v.axes[b], v.axes[a]
	return v
}

// isPlain reports whether the node has PyTorch's axes as they are.
func (v value) isPlain() bool {
	if len(v.axes) != len(v.row)+1 {
		return false
	}
	for i, axes := range v.axes {
		if len(axes) != 1 || axes[0] != i {
			return false
		}
	}
	return true
}
