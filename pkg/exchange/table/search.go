package table

import (
	"math"
	"slices"
)

// mostWork bounds the search for forms column by column.
const mostWork = 1 << 24

// forms chooses a form for each column, such that they make width inputs together; 0 stands for any width: then each takes its most
// usual form. It tries columns of a kind alike first, the most usual forms first, and then each column for itself. false: no choice
// makes so many.
func forms(columns []column, width int) ([]form, bool) {
	chosen := make([]form, len(columns))
	options := make([][]choice, len(columns))
	for i := range columns {
		options[i] = columns[i].choices()
		chosen[i] = options[i][0].form
	}
	if width == 0 || total(columns, chosen) == width {
		return chosen, true
	}
	if alike := alike(columns, width); alike != nil {
		return alike, true
	}
	each := each(columns, options, width)
	return each, each != nil
}

func total(columns []column, chosen []form) int {
	n := 0
	for i := range columns {
		n += columns[i].width(chosen[i])
	}
	return n
}

// alike is the cheapest choice of one form for each kind.
func alike(columns []column, width int) []form {
	var kinds []kind
	for _, c := range columns {
		if !slices.Contains(kinds, c.kind) {
			kinds = append(kinds, c.kind)
		}
	}
	widths := map[kind]map[form]int{}
	can := map[kind][]choice{}
	for _, k := range kinds {
		widths[k] = map[form]int{}
		can[k] = slices.Clone(choices[k])
		for i := range columns {
			if columns[i].kind != k {
				continue
			}
			own := columns[i].choices()
			can[k] = slices.DeleteFunc(can[k], func(x choice) bool {
				return !slices.ContainsFunc(own, func(y choice) bool { return x.form == y.form })
			})
			for _, x := range can[k] {
				widths[k][x.form] += columns[i].width(x.form)
			}
		}
	}
	best, least := map[kind]form(nil), math.MaxInt
	now := map[kind]form{}
	var try func(at, n, cost int)
	try = func(at, n, cost int) {
		if n > width || cost >= least {
			return
		}
		if at == len(kinds) {
			if n == width {
				best, least = map[kind]form{}, cost
				for k, f := range now {
					best[k] = f
				}
			}
			return
		}
		k := kinds[at]
		for _, x := range can[k] {
			now[k] = x.form
			try(at+1, n+widths[k][x.form], cost+x.cost)
		}
	}
	try(0, 0, 0)
	if best == nil {
		return nil
	}
	chosen := make([]form, len(columns))
	for i := range columns {
		chosen[i] = best[columns[i].kind]
	}
	return chosen
}

// each is the cheapest choice of a form for each column that makes width inputs; nil: there is none, or it would take too long to find.
func each(columns []column, options [][]choice, width int) []form {
	if width < 0 || len(columns)*(width+1) > mostWork {
		return nil
	}
	const never = math.MaxInt32
	costs := make([]int32, width+1) // of the columns so far, by the inputs that they make
	for n := 1; n <= width; n++ {
		costs[n] = never
	}
	took := make([][]int8, len(columns))
	for i := range columns {
		next := make([]int32, width+1)
		took[i] = make([]int8, width+1)
		for n := range next {
			next[n] = never
			for k, x := range options[i] {
				from := n - columns[i].width(x.form)
				if from >= 0 && costs[from] < never && costs[from]+int32(x.cost) < next[n] {
					next[n], took[i][n] = costs[from]+int32(x.cost), int8(k)
				}
			}
		}
		costs = next
	}
	if costs[width] == never {
		return nil
	}
	chosen := make([]form, len(columns))
	for i, n := len(columns)-1, width; i >= 0; i-- {
		chosen[i] = options[i][took[i][n]].form
		n -= columns[i].width(chosen[i])
	}
	return chosen
}
