package loop

import (
	"math"
	"slices"
	"strings"

	"github.com/gomlx/compute"

	"example.com/unstuck/pkg/dataset"
)

// inOrder puts a step's batch into the order in which the model was given its rows, where the recorded loss is that of the targets in this
// order, too: the loop shuffles both alike, behind the batch that it watches. Where it shuffles x alone, the loss is that of the targets as
// they were watched, and the step is left as it is.
func (r *Recording) inOrder(s *Step, b compute.Backend) {
	x, y := s.named("x"), s.named("y")
	if s.Loss == nil || len(x) == 0 || len(y) == 0 {
		return
	}
	for _, a := range slices.Concat(x, y) {
		if !orders(s.XOrder, a) {
			return
		}
	}
	turned := make([]dataset.Array, len(y))
	for i := range y {
		turned[i] = inOrder(y[i], s.XOrder)
	}
	if off := r.lossOff(s, turned, b); !(off <= s.tolerance()) || off > r.lossOff(s, y, b) {
		return
	}
	for name, a := range s.values {
		if kind, _, _ := strings.Cut(name, "/"); kind == "x" || kind == "y" {
			s.values[name] = inOrder(a, s.XOrder)
		}
	}
	is := true
	s.XIsInput, s.XReordered = &is, false
}

// lossOff is how far the recorded loss is from the claimed one of the recorded outputs and these targets, relative to it, in the way of taking
// it that is the nearest; infinite: it can't be taken.
func (r *Recording) lossOff(s *Step, targets []dataset.Array, b compute.Backend) float64 {
	least := math.Inf(1)
	claims, _ := r.claims(s.named("out"), targets)
	for i := range claims {
		if v, _, err := claims[i].value(b); err == nil {
			least = min(least, math.Abs(v-*s.Loss)/max(math.Abs(v), math.Abs(*s.Loss), 1e-30))
		}
	}
	return least
}

// orders reports whether an order names each row of an array once.
func orders(order []int, a dataset.Array) bool {
	if len(a.Shape) == 0 || a.Shape[0] != len(order) {
		return false
	}
	named := make([]bool, len(order))
	for _, i := range order {
		if i < 0 || i >= len(order) || named[i] {
			return false
		}
		named[i] = true
	}
	return true
}

// inOrder is an array with its rows in an order: row i is what row order[i] was.
func inOrder(a dataset.Array, order []int) dataset.Array {
	turned := dataset.Array{Shape: slices.Clone(a.Shape), Values: make([]float32, 0, len(a.Values))}
	for _, i := range order {
		turned.Values = append(turned.Values, a.Row(i)...)
	}
	return turned
}
