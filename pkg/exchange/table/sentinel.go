package table

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// standIn is a number that may stand for a value that nobody knows.
type standIn struct {
	value float64
	cells int
}

// Limits on numbers that stand for missing values.
const (
	fewestStandIns = 2   // cells; a single one is more likely a slip
	mostStandIns   = 0.6 // of the cells that have a number; beyond that it is the usual value
)

// standsIn finds a number of nines, 999 or −99, that is further from all the others than these are from each other: −999 among ages, and
// no 999 among house numbers.
func (c *column) standsIn() (standIn, bool) {
	counts, cells := map[float64]int{}, 0
	for _, v := range c.values {
		if !math.IsNaN(v) {
			counts[v]++
			cells++
		}
	}
	var best standIn
	for v, n := range counts {
		if !nines(v) || n < fewestStandIns || float64(n) > mostStandIns*float64(cells) || n <= best.cells {
			continue
		}
		low, high := math.Inf(1), math.Inf(-1)
		for other := range counts {
			if other != v {
				low, high = min(low, other), max(high, other)
			}
		}
		if gap := max(low-v, v-high); low < high && gap > high-low {
			best = standIn{v, n}
		}
	}
	return best, best.cells > 0
}

// nines tells whether a number is 999 or 9999 and so on, or one of them, or −99, below 0.
func nines(v float64) bool {
	if v != math.Trunc(v) || math.Abs(v) > 1e9 {
		return false
	}
	digits := strconv.FormatInt(int64(math.Abs(v)), 10)
	return strings.Trim(digits, "9") == "" && (len(digits) >= 3 || len(digits) == 2 && v < 0)
}

// tellStandIns notes numbers that look like marks for missing values. They stay numbers: that is what a program had that read the table
// without being told.
func (m *maker) tellStandIns(parts [][]part) {
	at := slices.Clone(m.targets)
	for _, of := range parts {
		for _, p := range of {
			if p.form == oneNumber {
				at = append(at, p.at)
			}
		}
	}
	columns := map[standIn][]string{}
	var order []standIn
	for _, i := range at {
		c := &m.columns[i]
		if c.kind != isNumber {
			continue
		}
		if s, is := c.standsIn(); is {
			key := standIn{value: s.value}
			if columns[key] == nil {
				order = append(order, key)
			}
			columns[key] = append(columns[key], fmt.Sprintf("%s of column %q", counted(s.cells, "cell"), short(c.name)))
		}
	}
	for _, s := range order {
		all := columns[s]
		where := strings.Join(all[:min(3, len(all))], ", ")
		if len(all) > 3 {
			where += fmt.Sprintf(" and of %d more", len(all)-3)
		}
		number := strconv.FormatFloat(s.value, 'f', -1, 64)
		m.assume(number, "a number like the others", where+": it is far from all of them, as a mark for missing values is", "--missing-value "+number+" takes it as missing")
	}
}

// withoutMarks empties the cells that the options say to stand for missing values, as they are written or as numbers.
func (t *Table) withoutMarks(o Options) {
	if len(o.MissingValues) == 0 {
		return
	}
	numbers := map[float64]bool{}
	for _, mark := range o.MissingValues {
		if v, _, ok := parseNumber(strings.TrimSpace(mark), '.'); ok {
			numbers[v] = true
		}
	}
	says := func(cell string) bool {
		if slices.ContainsFunc(o.MissingValues, func(mark string) bool { return strings.EqualFold(strings.TrimSpace(mark), cell) }) {
			return true
		}
		if len(numbers) == 0 {
			return false
		}
		v, _, ok := parseNumber(cell, '.')
		return ok && numbers[v]
	}
	var text strings.Builder
	ends := make([]uint32, len(t.ends))
	for row := range t.Rows() {
		for at := range t.Names {
			if cell := t.Cell(row, at); !says(cell) {
				text.WriteString(cell)
			}
			ends[row*len(t.Names)+at] = uint32(text.Len())
		}
	}
	t.text, t.ends = strings.Builder{}, ends
	t.text.WriteString(text.String())
}
