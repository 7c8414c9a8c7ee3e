package loop

import (
	"fmt"
	"math"
)

// mostValues is the share of different numbers in a weight that is rounded, at most, and fewestNumbers how many a weight must have to tell.
const (
	mostValues    = 0.5
	fewestNumbers = 32
)

// rounded is how weights are overwritten that are put on a grid.
const rounded = "rounded"

// roundedOff looks for weights that are rounded to few values ahead of each step, while the optimizer's are all different: steps that are
// shorter than half of the way between two of them are lost. Where less than half of an update is, it is a remark.
func roundedOff(r *Recording) (*Finding, string) {
	var first *Step
	var cuts []float64
	numbers, values, of := 0, 0, 0
	for k := 1; k < len(r.Steps); k++ {
		last, s := &r.Steps[k-1], &r.Steps[k]
		if !last.did("step") || len(s.before) == 0 {
			continue
		}
		of++
		var back products
		n, v := 0, 0
		for i, p := range r.Parameters {
			a, b, u := s.before[i].Values, last.weights[i].Values, last.update(i)
			if !p.Model || a == nil || b == nil || u == nil || len(a) < fewestNumbers {
				continue
			}
			few, kept := distinct(a)
			many, moved := distinct(b)
			if few == 0 || float64(few) > mostValues*float64(kept) || float64(many) <= mostValues*float64(moved) {
				continue
			}
			n, v = n+kept, v+few
			back.add(difference(a, b), u)
		}
		if n == 0 || back.bb == 0 || !back.finite() {
			continue
		}
		if first == nil {
			first, numbers, values = s, n, v
		}
		cuts = append(cuts, -back.ab/back.bb)
	}
	if len(cuts) < 3 || 3*len(cuts) < 2*of {
		return nil, ""
	}
	told := fmt.Sprintf("the weights are rounded ahead of each step, %d different numbers to %d values at step %d, which takes back %.0f %% of an update (%d of %d steps)",
		numbers, values, first.Number, 100*median(cuts), len(cuts), of)
	if median(cuts) < mostCutOff {
		return nil, told
	}
	return found(WeightsOverwritten, 0.93, first.Number, first.Line, "%s: steps that are shorter than half of the way from one value to the next are lost", told).by(rounded), ""
}

// distinct is how many different numbers there are, of how many, zeros aside: a mask puts them back, and a padding row is cleared.
func distinct(a []float32) (different, of int) {
	seen := map[float32]bool{}
	for _, v := range a {
		if v != 0 && !math.IsNaN(float64(v)) {
			seen[v] = true
			of++
		}
	}
	return len(seen), of
}
