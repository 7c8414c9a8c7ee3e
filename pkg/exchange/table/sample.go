package table

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
)

// mostRows is how many rows are taken where [Options.Rows] says nothing.
const mostRows = 1_000_000

// sample draws rows where a table has more than are to be taken: each as likely as any other, the same ones every time, in their order.
func (t *Table) sample(o Options) {
	most := o.Rows
	if most == 0 {
		most = mostRows
	}
	all := t.Rows()
	if most < 0 || all <= most {
		return
	}
	r := rand.New(rand.NewPCG(1, uint64(all)))
	kept := make([]int, 0, most)
	for row := range all { // Knuth's algorithm S
		if r.IntN(all-row) < most-len(kept) {
			kept = append(kept, row)
		}
	}
	t.keep(kept)
	t.assume("rows", fmt.Sprintf("%d of %d", most, all), "drawn at random, each as likely as any other, and left in their order", "--rows takes another number, --rows -1 all")
}

// keep leaves these rows alone.
func (t *Table) keep(rows []int) {
	var text strings.Builder
	ends := make([]uint32, 0, len(rows)*len(t.Names))
	var lines []uint32
	for _, row := range rows {
		for at := range t.Names {
			text.WriteString(t.Cell(row, at))
			ends = append(ends, uint32(text.Len()))
		}
		if row < len(t.lines) {
			lines = append(lines, t.lines[row])
		}
	}
	t.text, t.ends, t.lines = strings.Builder{}, ends, lines
	t.text.WriteString(text.String())
}

// Append puts the rows of another table with the same columns behind a table's own, whatever the order of their columns. The error names columns that are missing; further ones
// are left out, and told.
func (t *Table) Append(more *Table) error {
	from := make([]int, len(t.Names))
	var missing []string
	for at, name := range t.Names {
		if from[at] = slices.Index(more.Names, name); from[at] < 0 {
			missing = append(missing, name)
		}
	}
	if missing != nil {
		return &MissingColumnsError{Names: missing, There: more.Names}
	}
	var left []string
	for _, name := range more.Names {
		if !slices.Contains(t.Names, name) {
			left = append(left, name)
		}
	}
	if left != nil {
		t.assume("columns "+listed(left)+" of the rows to validate on", "left out", "the rows to train on have none", "")
	}
	t.held = &held{from: t.Rows(), lines: more.lines, path: more.path}
	cells := make([]string, len(t.Names))
	for row := range more.Rows() {
		for at := range cells {
			cells[at] = more.Cell(row, from[at])
		}
		if err := t.add(0, cells); err != nil {
			return err
		}
	}
	return nil
}

// MissingColumnsError says which columns a table lacks that another has.
type MissingColumnsError struct{ Names, There []string }

// Error names them and those that are there.
func (e *MissingColumnsError) Error() string {
	return fmt.Sprintf("it has no column %s, as the rows to train on have; there are %s", listed(e.Names), listed(e.There))
}
