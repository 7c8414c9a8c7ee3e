package dataset

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
)

// CSVOptions says what the columns of a CSV file mean. The zero value: comma-separated, names in the first
// row, the last column is the target and all others are features.
type CSVOptions struct {
	// Targets names the columns that become Y, in that order. Default: the last column.
	Targets []string
	// Features names the columns that become X, in that order. Default: all that are no targets.
	Features []string
	// Comma separates cells. Default ','.
	Comma rune
	// NoHeader says that the first row holds data already. Columns have no names then, so Targets and
	// Features must be empty.
	NoHeader bool
}

// ReadCSV reads a table of numbers: X is [rows, features] and Y [rows, targets]. It follows RFC 4180, quoted
// cells and line breaks inside them included; a byte order mark, blank lines and blanks around a cell are
// skipped. "NaN" and "Inf" are read as such, for [Data.Validate] to find; an empty cell is an error.
//
// Errors name the file, the line (counted from 1, as editors do), the column (from 1) and its name: a cell
// that is no number or doesn't fit float32, a row that is longer or shorter than the first, a name that is
// missing or there twice. A first row of numbers only is refused unless NoHeader is set. Files beyond 1 GiB,
// 65,536 columns or 2²⁸ cells are refused with [ErrTooLarge], a table without rows with [ErrNoRows].
func ReadCSV(path string, options CSVOptions) (Data, error) {
	file, err := os.Open(path)
	if err != nil {
		return Data{}, fmt.Errorf("dataset: %w", err)
	}
	defer file.Close()
	d, err := readCSV(file, options)
	if err != nil {
		return Data{}, &fileError{path, err}
	}
	return d, nil
}

func readCSV(from io.Reader, options CSVOptions) (Data, error) {
	t, err := newTable(from, options)
	if err != nil {
		return Data{}, err
	}
	for {
		record, err := t.reader.Read()
		if err == io.EOF {
			break
		}
		if err != nil {
			return Data{}, t.explain(err)
		}
		if err := t.add(record); err != nil {
			return Data{}, err
		}
	}
	return t.data()
}

// table collects the rows of a CSV file.
type table struct {
	reader            *csv.Reader
	names             []string // nil without a header
	columns           int
	features, targets []int // columns
	x, y              []float32
	rows              int
}

func newTable(from io.Reader, options CSVOptions) (*table, error) {
	text := bufio.NewReader(&limitedReader{r: from, left: maxFile})
	if mark, err := text.Peek(3); err == nil && string(mark) == "\ufeff" {
		text.Discard(3) // just peeked at
	}
	t := &table{reader: csv.NewReader(text)}
	t.reader.FieldsPerRecord = -1 // add says more about a ragged row
	t.reader.ReuseRecord = true
	if options.Comma != 0 {
		t.reader.Comma = options.Comma
	}
	first, err := t.reader.Read()
	if err == io.EOF {
		return nil, ErrNoRows
	}
	if err != nil {
		return nil, t.explain(err)
	}
	t.columns = len(first)
	if t.columns > maxColumns {
		return nil, fmt.Errorf("%d columns: %w, at most %d are read", t.columns, ErrTooLarge, maxColumns)
	}
	if err := t.assign(first, options); err != nil {
		return nil, err
	}
	if options.NoHeader {
		return t, t.add(first)
	}
	return t, nil
}

// assign decides which columns are features and which are targets.
func (t *table) assign(first []string, options CSVOptions) error {
	if options.NoHeader {
		if len(options.Targets)+len(options.Features) > 0 {
			return errors.New("columns can't be picked by name in a file without a header")
		}
	} else if err := t.takeNames(first); err != nil {
		return err
	}
	var err error
	if t.targets, err = t.find(options.Targets); err != nil {
		return err
	}
	if len(options.Targets) == 0 {
		t.targets = []int{t.columns - 1}
	}
	if t.features, err = t.find(options.Features); err != nil {
		return err
	}
	for column := range t.columns {
		if len(options.Features) == 0 && !slices.Contains(t.targets, column) {
			t.features = append(t.features, column)
		}
	}
	if len(t.features) == 0 {
		return fmt.Errorf("no column is left as a feature: the file has %d, and %d of them are targets; is the separator %q right?", t.columns, len(t.targets), t.reader.Comma)
	}
	return nil
}

func (t *table) takeNames(first []string) error {
	numbers := 0
	seen := make(map[string]int, len(first))
	for column, cell := range first {
		name := strings.TrimSpace(cell)
		if before, twice := seen[name]; twice {
			return fmt.Errorf("columns %d and %d are both called %q; give each a name of its own", before+1, column+1, shorten(name))
		}
		seen[name] = column
		if _, err := strconv.ParseFloat(name, 32); err == nil {
			numbers++
		}
		t.names = append(t.names, name)
	}
	if numbers == len(first) {
		return errors.New("the first row holds numbers only, so it is no header; set NoHeader or add one")
	}
	return nil
}

func (t *table) find(names []string) ([]int, error) {
	columns := make([]int, 0, len(names))
	for _, name := range names {
		column := slices.Index(t.names, name)
		if column < 0 {
			return nil, fmt.Errorf("there is no column %q; there are %s", name, list(t.names))
		}
		columns = append(columns, column)
	}
	return columns, nil
}
