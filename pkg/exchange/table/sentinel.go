package table

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"example.com/unstuck/pkg/dataset"
)

// standIn is a number that may stand for a value that nobody knows.
type standIn struct {
	value float64
	cells int
}

// standsIn finds the number of a column that looks like a mark for missing values, see [dataset.StandIn].
func (c *column) standsIn() (standIn, bool) {
	mark, cells := dataset.StandIn(c.values)
	return standIn{mark, cells}, cells > 0
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
		number := plainNumber(s.value)
		m.assume(number, "a number like the others", where+": it is far from all of them, as a mark for missing values is", "--missing-value "+number+" takes it as missing")
	}
}

// plainNumber is a number as people write it.
func plainNumber(v float64) string {
	if max(v, -v) >= 1e15 {
		return strconv.FormatFloat(v, 'g', -1, 64)
	}
	return strconv.FormatFloat(v, 'f', -1, 64)
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
