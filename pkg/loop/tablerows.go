package loop

import (
	"fmt"
	"math"
	"slices"

	"example.com/unstuck/pkg/dataset"
)

// rowsOf are the rows of arrays that belong together, one behind the other; nil where they have different numbers of them, or none.
func rowsOf(arrays []dataset.Array) [][]float64 {
	if len(arrays) == 0 || len(arrays[0].Shape) == 0 {
		return nil
	}
	rows := make([][]float64, arrays[0].Shape[0])
	for _, a := range arrays {
		if len(a.Shape) == 0 || a.Shape[0] != len(rows) || len(rows) == 0 {
			return nil
		}
		width := len(a.Values) / len(rows)
		stride := 1 + (width-1)/mostColumns
		for i := range rows {
			for c := 0; c < width; c += stride {
				rows[i] = append(rows[i], float64(a.Values[i*width+c]))
			}
		}
	}
	return rows
}

// plain reports whether rows have equally many numbers, at least one, and all of them finite.
func plain(rows [][]float64) bool {
	for _, r := range rows {
		if len(r) != len(rows[0]) || slices.ContainsFunc(r, func(v float64) bool { return math.IsNaN(v) || math.IsInf(v, 0) }) {
			return false
		}
	}
	return len(rows) > 0 && len(rows[0]) > 0
}

func different(rows [][]float64) int {
	known := map[string]bool{}
	for _, r := range rows {
		known[fmt.Sprint(r)] = true
	}
	return len(known)
}

// classesOf is a column for each class of rows that are one whole number each, of few different ones; else nil.
func classesOf(y [][]float64) [][]float64 {
	var known []float64
	for _, v := range y {
		if len(v) != 1 || v[0] != math.Trunc(v[0]) {
			return nil
		}
		if !slices.Contains(known, v[0]) {
			known = append(known, v[0])
		}
		if len(known) > mostClasses {
			return nil
		}
	}
	classes := make([][]float64, len(y))
	for i, v := range y {
		classes[i] = make([]float64, len(known))
		classes[i][slices.Index(known, v[0])] = 1
	}
	return classes
}

// standardize brings each column to mean 0 and standard deviation 1, and takes out those that don't vary.
func standardize(rows [][]float64) {
	n, kept := float64(len(rows)), 0
	for c := range rows[0] {
		sum, squares := 0.0, 0.0
		for _, r := range rows {
			sum += r[c]
		}
		mean := sum / n
		for _, r := range rows {
			squares += (r[c] - mean) * (r[c] - mean)
		}
		sd := math.Sqrt(squares / n)
		if !(sd > 1e-9*math.Abs(mean)) {
			continue
		}
		for _, r := range rows {
			r[kept] = (r[c] - mean) / sd
		}
		kept++
	}
	for i := range rows {
		rows[i] = rows[i][:kept]
	}
}
