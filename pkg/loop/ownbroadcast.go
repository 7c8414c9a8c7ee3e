package loop

import (
	"cmp"
	"math"
	"slices"
)

// leastRows is how many rows a batch must have for the order of its gradients to tell something: of eight, one order in 40,320.
const leastRows = 8

// stretchedOwnLoss looks for a loss of the user's that compares each output with every target, as (n, 1) against (n) does. Then the gradient at an output
// goes by that output alone and grows with it, whatever its own target is; where each is compared with its own target, it goes by
// what is between the two.
func stretchedOwnLoss(r *Recording, all *replays) *Finding {
	var first *Step
	times, of := 0, 0
	for k := range r.Steps {
		s := &r.Steps[k]
		outputs, targets, by := s.named("out"), s.named("y"), s.named("cotangent")
		if s.Claimed == nil || len(all.steps[k].claims) > 0 || len(outputs) != 1 || len(targets) != 1 || len(by) != 1 || s.Forwards != 1 {
			continue
		}
		o, y, g := outputs[0], targets[0], by[0].Values
		n := len(o.Values)
		if n < leastRows || len(y.Values) != n || len(g) != n || !stretches(o.Shape, y.Shape) {
			continue
		}
		apart := make([]float32, n)
		for i := range apart {
			apart[i] = o.Values[i] - y.Values[i]
		}
		if of++; first == nil {
			first = s
		}
		if growsWith(o.Values, g) && !growsWith(apart, g) {
			times++
		}
	}
	if of < 2 || times < of {
		return nil
	}
	return found(Broadcast, 0.93, first.Number, first.Line, "the loss of your own is given outputs of shape %s and targets of shape %s, and its gradient at each output goes by that output alone, whatever its target is (%d steps): each output is compared with every target",
		shapesText([][]int{first.named("out")[0].Shape}), shapesText([][]int{first.named("y")[0].Shape}), of)
}

// Stretched is an operation that makes (n, n) of n numbers, one for each row.
type Stretched struct {
	From      []int  `json:"from"`
	To        []int  `json:"to"`
	Operation string `json:"operation"`
}

// stretchedWithin looks for a loss in which an operation sets each row's number against that of every other row, as weights of shape (n) do with
// errors of shape (n, 1), and that isn't the claimed one. A loss that compares rows with one another on purpose is the claimed one.
func stretchedWithin(r *Recording, all *replays, steps []int, at string) *Finding {
	looked, times := 0, 0
	var first *Step
	for _, k := range steps {
		s := &r.Steps[k]
		if s.Reached == nil {
			continue // the graph isn't known
		}
		if looked++; s.Stretched != nil && all.steps[k].along < sameWay && !near(*s.Loss, all.steps[k].value, s.tolerance()) {
			if times++; first == nil {
				first = s
			}
		}
	}
	if times == 0 || times < looked {
		return nil
	}
	return found(Broadcast, 0.85, first.Number, first.Line, "%s; on the way from outputs to loss an operation (%s) makes shape %s of %s: each row is set against every other. If that is intended, give watch the loss that is minimized, as a function", at, first.Stretched.Operation,
		shapesText([][]int{first.Stretched.To}), shapesText([][]int{first.Stretched.From}))
}

// stretches reports whether one of two shapes is (n) and the other (n, 1), so that their difference is (n, n).
func stretches(a, b []int) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	return len(a) == 1 && len(b) == 2 && b[0] == a[0] && b[1] == 1
}

// growsWith reports whether ys grow, or all fall, where xs grow, and aren't all alike.
func growsWith(xs, ys []float32) bool {
	order := make([]int, len(xs))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(i, j int) int { return cmp.Compare(xs[i], xs[j]) })
	most := float64(slices.Max(ys) - slices.Min(ys))
	if !(most > 0) || math.IsInf(most, 0) {
		return false
	}
	up, down := true, true
	for at := 1; at < len(order); at++ {
		step := float64(ys[order[at]] - ys[order[at-1]])
		up = up && step > -1e-5*most
		down = down && step < 1e-5*most
	}
	return up || down
}
