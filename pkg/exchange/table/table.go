package table

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"

	"example.com/unstuck/internal/excerpt"
	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/training"
)

// Table is a table of texts, rectangular, as a file has it.
type Table struct {
	// Names of the columns: those of the header, "column 3" where there is none, each another.
	Names []string
	// Assumed says what was found out of the file to read it.
	Assumed []training.Assumption

	named   bool            // the names are the file's
	comma   bool            // semicolons separate cells, as where numbers have decimal commas
	decimal byte            // '.' or ',' where that is known; 0: it is found out
	text    strings.Builder // all cells, one behind the other, row by row
	ends    []uint32        // where each cell ends
	lines   []uint32        // where each row stands in the file; nil: rows are counted
	path    string          // of the file; empty: it isn't known
	held    *held           // the rows behind these; nil: there are none
}

// held says where rows that were appended come from.
type held struct {
	from  int // the first of them
	lines []uint32
	path  string
}

// Rows returns how many rows there are, the header not counted.
func (t *Table) Rows() int {
	if len(t.Names) == 0 {
		return 0
	}
	return len(t.ends) / len(t.Names)
}

// Cell returns a cell without the blanks around it. It panics where there is none.
func (t *Table) Cell(row, column int) string {
	at := row*len(t.Names) + column
	from := uint32(0)
	if at > 0 {
		from = t.ends[at-1]
	}
	return t.text.String()[from:t.ends[at]]
}

// add appends a row of as many cells as there are columns.
func (t *Table) add(line int, cells []string) error {
	if len(t.ends)+len(cells) > maxCells {
		return fmt.Errorf("more than %d cells: %w", maxCells, dataset.ErrTooLarge)
	}
	for _, cell := range cells {
		t.text.WriteString(strings.TrimSpace(cell))
		if t.text.Len() > math.MaxUint32 {
			return fmt.Errorf("more than %d bytes of text: %w", int64(math.MaxUint32), dataset.ErrTooLarge)
		}
		t.ends = append(t.ends, uint32(t.text.Len()))
	}
	if line > 0 {
		t.lines = append(t.lines, uint32(min(line, math.MaxUint32)))
	}
	return nil
}

// where says where a row stands: "line 7", or "row 6" of a file without lines; with the file where rows of another were appended.
func (t *Table) where(row int) string {
	switch h := t.held; {
	case h == nil:
		return placeIn(t.lines, row)
	case row >= h.from:
		return placeIn(h.lines, row-h.from) + " of " + or(h.path, "the rows to validate on")
	}
	return placeIn(t.lines, row) + " of " + or(t.path, "the rows to train on")
}

func placeIn(lines []uint32, row int) string {
	if row < len(lines) {
		return fmt.Sprintf("line %d", lines[row])
	}
	return fmt.Sprintf("row %d", row+1)
}

// take names the columns: those without a name by their number, and those whose name came before by their number besides.
func (t *Table) take(names []string) {
	seen := map[string]bool{}
	for i, name := range names {
		name = strings.TrimSpace(name)
		if name == "" {
			name = "column " + strconv.Itoa(i+1)
		}
		for seen[name] {
			name += " (column " + strconv.Itoa(i+1) + ")"
		}
		seen[name] = true
		t.Names = append(t.Names, name)
	}
}

// list quotes the first names, shortened.
func (t *Table) list() string { return listed(t.Names) }

func listed(names []string) string {
	const most = 20
	var all []string
	for i, name := range names {
		if i == most {
			all = append(all, fmt.Sprintf("and %d more", len(names)-most))
			break
		}
		all = append(all, strconv.Quote(short(name)))
	}
	return strings.Join(all, ", ")
}

func short(text string) string { return excerpt.Of(text, maxQuote) }

// numbered is the numbers of columns without names.
func numbered(columns int) []string { return make([]string, columns) }

// Open reads a table: of a registered [Format], such as package parquet's, or text. Errors name the file, and the line where there is one.
func Open(path string, o Options) (*Table, error) {
	t, err := open(path, o)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	t.path = path
	return t, nil
}

func open(path string, o Options) (*Table, error) {
	if err := o.check(); err != nil {
		return nil, err
	}
	raw, err := content(path)
	if err != nil {
		return nil, err
	}
	return Read(raw, o)
}

// Read is [Open] of what a file holds.
func Read(raw []byte, o Options) (*Table, error) {
	if err := o.check(); err != nil {
		return nil, err
	}
	if isFormat(raw) {
		t, err := readFormat(raw)
		if err == nil {
			t.sample(o)
			t.withoutMarks(o)
		}
		return t, err
	}
	text, assumed, err := decoded(raw, o.Encoding)
	if err != nil {
		return nil, err
	}
	t, err := readText(text, o)
	if err != nil {
		return nil, err
	}
	if assumed != nil {
		t.Assumed = append([]training.Assumption{*assumed}, t.Assumed...)
	}
	if t.Rows() == 0 {
		return nil, fmt.Errorf("only a header: %w", dataset.ErrNoRows)
	}
	t.sample(o)
	t.withoutMarks(o)
	return t, nil
}

var errOneColumn = errors.New("there is one column only, and inputs and targets are needed: is the --delimiter right?")
