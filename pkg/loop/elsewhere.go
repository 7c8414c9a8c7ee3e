package loop

import (
	"errors"
	"fmt"

	"example.com/unstuck/pkg/dataset"
)

const (
	ownAtMost       = 2.5 // standard deviations by which a row's own targets may follow x where they are thought to be of another row
	elsewhereLeast  = 8   // and those by which the other row's must. At most some hundred orders are tried, each by chance above 6 once in 1e9
	elsewhereShare  = 0.15
	elsewhereFactor = 4
	fewestAlone     = 96 // rows that a reordering in the program is believed with

	otherRow = "other rows"
)

// otherRows looks for targets that are those of other rows in one and the same way at each step, from the start: no row comes with two targets then, and
// each number is what loss and optimizer give. But what x tells of y, it tells of other rows' y. Rows that are a series in time are no fault: what lies
// ahead may be harder to tell than what is there, and it is a remark.
func otherRows(r *Recording) (*Finding, string) {
	if !r.claimsLoss() {
		return nil, ""
	}
	q := related(r)
	if q == nil {
		return nil, ""
	}
	orders := q.orders()
	own, ownShare := q.beyond(orders[0].rows)
	if own > ownAtMost { // as of nearly every loop: the hundreds of other orders needn't be tried
		return nil, ""
	}
	var best rowOrder
	most, mostShare := 0.0, 0.0
	for _, o := range orders[1:] {
		if z, share := q.beyond(o.rows); z > most {
			best, most, mostShare = o, z, share
		}
	}
	if most < elsewhereLeast || mostShare < max(elsewhereShare, elsewhereFactor*ownShare) {
		at, says, way := r.parted()
		if len(at) == 0 || len(q.x) < fewestAlone {
			return nil, ""
		}
		return found(MisalignedTargets, 0.7, q.first.Number, q.first.Line, "over %d rows of %d steps y doesn't follow x (%.2f, where 1 is as the nearest rows say and 0 chance), and %s",
			len(q.x), q.steps, ownShare, says).by(way), ""
	}
	evidence := fmt.Sprintf("over %d rows of %d steps y doesn't follow x (%.2f, where 1 is as the nearest rows say and 0 chance), but it does (%.2f) where %s", len(q.x), q.steps, ownShare, mostShare, best.says)
	if best.series && q.inOrder() || q.copied(best.rows) {
		return nil, evidence + ". In a series that may be what is to be forecast; else x and y are of different rows"
	}
	f := found(MisalignedTargets, 0.9, q.first.Number, q.first.Line, "%s: x and y are of different rows", evidence).by(otherRow)
	f.pairs = &pairs{q.of, q.rows, best.rows}
	return f, ""
}

// pairs say which row's target each row of some steps should have; rows below 0 have none.
type pairs struct {
	steps  []int
	rows   int
	target []int
}

// mended are the batches of those steps with the targets that belong to their rows, by step as the recorded ones are given.
func (p *pairs) mended(batches map[int]dataset.Data) (map[int]dataset.Data, error) {
	all := map[int]dataset.Data{}
	for at, k := range p.steps {
		batch, known := batches[k]
		if !known || batch.Rows() != p.rows {
			return nil, errors.New("a row of x isn't a row of what the model is given")
		}
		var own, theirs []int
		var targets []dataset.Data
		for i := range p.rows {
			t := p.target[at*p.rows+i]
			if t < 0 {
				continue
			}
			of, known := batches[p.steps[t/p.rows]]
			if !known {
				return nil, errors.New("a batch wasn't recorded")
			}
			own, theirs, targets = append(own, i), append(theirs, t%p.rows), append(targets, of)
		}
		if len(own) == 0 {
			continue
		}
		x, err := batch.Take(own)
		if err != nil {
			return nil, err
		}
		outputs := make([]dataset.Array, len(x.Outputs()))
		for o, a := range x.Outputs() {
			a.Values = nil
			for i, of := range targets {
				values := of.Outputs()[o].Values
				width := len(values) / p.rows
				a.Values = append(a.Values, values[theirs[i]*width:(theirs[i]+1)*width]...)
			}
			outputs[o] = a
		}
		all[k] = dataset.Of(x.Inputs(), outputs)
	}
	if len(all) == 0 {
		return nil, errors.New("no row has a target")
	}
	return all, nil
}

// rowOrder says which row's target each row of x is given.
type rowOrder struct {
	rows   []int // below 0: none
	says   string
	series bool // the row ahead or behind
}

// orders are those in which targets may have got beside their rows, their own first.
func (q *relation) orders() []rowOrder {
	var all []rowOrder
	add := func(says string, series bool, of func(k, i int) int) {
		rows := make([]int, len(q.x))
		for k := range q.steps {
			for i := range q.rows {
				if at := of(k, i); at >= 0 && at < len(rows) {
					rows[k*q.rows+i] = at
				} else {
					rows[k*q.rows+i] = -1
				}
			}
		}
		all = append(all, rowOrder{rows, says, series})
	}
	add("", false, func(k, i int) int { return k*q.rows + i })
	for by := 1; by <= 3; by++ {
		add(fmt.Sprintf("a step's x has the y of %s", ago(by, "step", "before")), false, func(k, i int) int { return (k-by)*q.rows + i })
		add(fmt.Sprintf("a step's x has the y of %s", ago(by, "step", "after")), false, func(k, i int) int { return (k+by)*q.rows + i })
		add(fmt.Sprintf("a row of x has the y of %s", ago(by, "row", "before")), true, func(k, i int) int { return k*q.rows + i - by })
		add(fmt.Sprintf("a row of x has the y of %s", ago(by, "row", "after")), true, func(k, i int) int { return k*q.rows + i + by })
	}
	add("y has the opposite order within its batch", false, func(k, i int) int { return (k+1)*q.rows - 1 - i })
	for by := 1; by < q.rows; by++ {
		add(fmt.Sprintf("y is turned by %d of %d rows within its batch", by, q.rows), by <= 3 || q.rows-by <= 3, func(k, i int) int { return k*q.rows + (i+by)%q.rows })
	}
	return all
}

// ago is "the step before", "the row 2 after".
func ago(by int, what, side string) string {
	if by == 1 {
		return fmt.Sprintf("the %s %s", what, side)
	}
	return fmt.Sprintf("%d %ss %s", by, what, side)
}
