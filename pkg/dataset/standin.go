package dataset

import (
	"math"
	"slices"
	"strconv"
	"strings"
)

// Limits on numbers that stand for missing values.
const (
	fewestStandIns = 2    // cells; a single one is more likely a slip
	mostStandIns   = 0.6  // of the cells that have a number; beyond that it is the usual value
	leastFill      = 1e19 // from here on it is a fill value, as 1e20 and 9.97e36 in grids of measurements: no square of it fits in float32
)

// StandIn finds a number that looks like a mark for values that nobody knows, and how many there are of it: one of nines, as −999, or
// beyond 1e19, further from all others than these are from each other; −999 among ages, and no 999 among house numbers. NaNs are passed
// over. 0 cells: there is none.
func StandIn(values []float64) (mark float64, cells int) {
	counts, all := map[float64]int{}, 0
	for _, v := range values {
		if !math.IsNaN(v) {
			counts[v]++
			all++
		}
	}
	for v, n := range counts {
		if !isMark(v) || n < fewestStandIns || float64(n) > mostStandIns*float64(all) || n < cells || n == cells && v > mark {
			continue
		}
		low, high := math.Inf(1), math.Inf(-1)
		for other := range counts {
			if other != v {
				low, high = min(low, other), max(high, other)
			}
		}
		if gap := max(low-v, v-high); low < high && gap > high-low {
			mark, cells = v, n
		}
	}
	return mark, cells
}

// isMark tells whether a number is 999 or 9999 and so on, or one of them, or −99, below 0; or a fill value.
func isMark(v float64) bool {
	switch {
	case math.IsInf(v, 0):
		return false
	case math.Abs(v) >= leastFill:
		return true
	case v != math.Trunc(v) || math.Abs(v) > 1e9:
		return false
	}
	digits := strconv.FormatInt(int64(math.Abs(v)), 10)
	return strings.Trim(digits, "9") == "" && (len(digits) >= 3 || len(digits) == 2 && v < 0)
}

// RowsWith lists the rows, counted from 0, that hold a value.
func (a Array) RowsWith(value float32) []int {
	var rows []int
	for row := range a.Rows() {
		if slices.Contains(a.Row(row), value) {
			rows = append(rows, row)
		}
	}
	return rows
}
