package table

import (
	"bytes"
	"fmt"

	"example.com/unstuck/pkg/dataset"
)

// Format is a kind of files, other than text, that hold tables. Packages register theirs: see package parquet.
type Format struct {
	Name  string
	Magic string // what a file begins with
	// Read adds columns and rows. Its errors go on from the file's name: "is damaged".
	Read func(raw []byte, into *Filling) error
}

var registered []Format

// Register adds a format, while packages are initialized.
func Register(f Format) { registered = append(registered, f) }

// known are the formats that a program without their package can't read, but name.
var known = map[string]string{"PAR1": "a Parquet file, which this program doesn't read: import example.com/unstuck/pkg/exchange/table/parquet in it, or write the table as CSV"}

// isFormat tells whether a file is none of text.
func isFormat(raw []byte) bool {
	for magic := range known {
		if bytes.HasPrefix(raw, []byte(magic)) {
			return true
		}
	}
	return false
}

// readFormat reads a table of a registered format.
func readFormat(raw []byte) (*Table, error) {
	for _, f := range registered {
		if !bytes.HasPrefix(raw, []byte(f.Magic)) {
			continue
		}
		into := &Filling{t: &Table{named: true, decimal: '.'}}
		if err := f.Read(raw, into); err != nil {
			return nil, err
		}
		if into.t.Rows() == 0 {
			return nil, dataset.ErrNoRows
		}
		return into.t, nil
	}
	for magic, what := range known {
		if bytes.HasPrefix(raw, []byte(magic)) {
			return nil, fmt.Errorf("is %s", what)
		}
	}
	return nil, fmt.Errorf("is no table")
}

// Filling is a table that a [Format] reads.
type Filling struct{ t *Table }

// Columns sets the names of the columns, those that can't be taken and the number of rows to come.
func (f *Filling) Columns(names, left []string, rows int64) error {
	switch {
	case len(names) == 0:
		return fmt.Errorf("no column holds single values; there are %s", listed(left))
	case len(names) > maxColumns || rows > int64(maxCells/len(names)):
		return fmt.Errorf("%d rows of %d columns: %w", rows, len(names), dataset.ErrTooLarge)
	}
	f.t.take(names)
	if len(left) > 0 {
		f.t.assume("columns "+listed(left), "left out", "they hold lists or groups", "")
	}
	return nil
}

// Row adds a row: a text for each column, empty where there is no value.
func (f *Filling) Row(cells []string) error {
	if len(cells) != len(f.t.Names) {
		return fmt.Errorf("a row of %d cells in a table of %d columns", len(cells), len(f.t.Names))
	}
	return f.t.add(0, cells)
}

// Rows counts the rows so far.
func (f *Filling) Rows() int { return f.t.Rows() }
