package loop

import (
	"math"
	"slices"

	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/loss"
)

// acrossAxes is what a loss is of where shapes such as (n, 1, days) and (n, days) are stretched to (n, n, days).
const acrossAxes = "that of outputs and targets whose shapes were stretched to fit each other"

// mostStretched bounds the numbers that a hypothesis of stretched shapes makes.
const mostStretched = 1 << 21

// stretchedLoss is the claimed loss of outputs and targets as arithmetic on arrays pairs them. Losses of single numbers alone come about so.
func stretchedLoss(r *Recording, all *replays, k int) (float64, bool) {
	outputs, targets := r.Steps[k].named("out"), r.Steps[k].named("y")
	if len(outputs) != 1 || len(targets) != 1 {
		return 0, false
	}
	o, t, ok := stretched(outputs[0], targets[0])
	if !ok {
		return 0, false
	}
	for _, c := range all.steps[k].claims {
		l := c.loss
		if s, summed := l.(loss.Summed); summed {
			l = s.Of
		}
		switch l.(type) {
		case loss.MSE, loss.MAE, loss.Huber, loss.BinaryCrossentropy:
		default:
			continue
		}
		if v, _, err := valueOf(all.backend, c.loss, []dataset.Array{o}, []dataset.Array{t}); err == nil && !math.IsNaN(v) {
			return v, true
		}
	}
	return 0, false
}

// stretched pairs two arrays as arithmetic does: axes are matched from the last, and those of length 1 are repeated. No where both have one
// shape already, where they don't go together, and where nothing of both is repeated.
func stretched(a, b dataset.Array) (x, y dataset.Array, ok bool) {
	if slices.Equal(a.Shape, b.Shape) {
		return x, y, false
	}
	axes := max(len(a.Shape), len(b.Shape))
	shape, total := make([]int, axes), 1
	for i := range axes {
		m, n := axis(a.Shape, axes, i), axis(b.Shape, axes, i)
		if m != n && m != 1 && n != 1 {
			return x, y, false
		}
		shape[i] = max(m, n)
		if total *= shape[i]; total > mostStretched {
			return x, y, false
		}
	}
	if total <= max(len(a.Values), len(b.Values)) {
		return x, y, false
	}
	return dataset.Array{Shape: []int{total, 1}, Values: repeated(a, shape, total)}, dataset.Array{Shape: []int{total, 1}, Values: repeated(b, shape, total)}, true
}

// axis is the length of an axis of a shape that is as long as others are; those that it lacks come first, and are 1.
func axis(shape []int, axes, i int) int {
	if i -= axes - len(shape); i < 0 {
		return 1
	}
	return shape[i]
}

// repeated are an array's numbers in a larger shape.
func repeated(a dataset.Array, shape []int, total int) []float32 {
	strides, step := make([]int, len(shape)), 1
	for i := len(shape) - 1; i >= 0; i-- {
		if n := axis(a.Shape, len(shape), i); n > 1 {
			strides[i], step = step, step*n
		}
	}
	values := make([]float32, total)
	for at := range values {
		from, rest := 0, at
		for i := len(shape) - 1; i >= 0; i-- {
			from += rest % shape[i] * strides[i]
			rest /= shape[i]
		}
		values[at] = a.Values[from]
	}
	return values
}
