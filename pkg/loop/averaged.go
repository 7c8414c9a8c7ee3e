package loop

import "math"

const (
	averageBack   = 0.6  // as wayBack, of what is known to be an average: of anything else that takes back so little there may be other reasons
	averageLeft   = 1e-2 // what the steps' weights may leave unexplained, of the distance that it is put back by
	fewestOfMean  = 3
	shareRounding = 2e-2
)

// averaged reports whether the weights at the beginning of step k are an average of those that the steps ahead of it have left, one that
// follows slowly: each of at least three counts, so that halfway back from the last to the first, as an optimizer that looks ahead goes, is none.
func (r *Recording) averaged(k int) bool {
	if k < fewestOfMean {
		return false
	}
	// The way from the first weights in pieces, and where the average lies: a sum of the pieces, each times the share of the weights behind it.
	pieces := make([][]float32, k)
	var target, last []float32
	for i, p := range r.Parameters {
		at, from, end := r.Steps[k].before[i].Values, r.Steps[0].before[i].Values, r.Steps[k-1].weights[i].Values
		if !p.Model || at == nil || from == nil || end == nil {
			continue
		}
		target, last = append(target, difference(at, from)...), append(last, difference(at, end)...)
		for j := range k {
			left := r.Steps[j].weights[i].Values
			if left == nil {
				return false
			}
			pieces[j], from = append(pieces[j], difference(left, from)...), left
		}
	}
	if len(target) < k {
		return false
	}
	shares := leastSquares(pieces, target)
	if shares == nil {
		return false
	}
	unexplained := 0.0
	for n, v := range target {
		rest := float64(v)
		for j, s := range shares {
			rest -= s * float64(pieces[j][n])
		}
		unexplained += rest * rest
	}
	if math.Sqrt(unexplained) > averageLeft*norm(last) {
		return false
	}
	for j, s := range shares {
		if s < -shareRounding || s > 1+shareRounding || j > 0 && s > shares[j-1]+shareRounding {
			return false
		}
	}
	counting, before := 0, 1.0
	for _, s := range shares {
		if before-s > 1e-3 {
			counting++
		}
		before = s
	}
	if before > 1e-3 {
		counting++
	}
	return counting >= fewestOfMean
}
