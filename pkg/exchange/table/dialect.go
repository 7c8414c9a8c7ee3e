package table

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"example.com/unstuck/pkg/dataset"
)

// delimiters are tried in this order; of equals the first is taken.
var delimiters = []rune{',', ';', '\t', '|', blanks}

// What is looked at to find the delimiter out.
const (
	sampleRows  = 100
	sampleBytes = 1 << 16
)

// delimiterOf finds out what separates the cells of a text: that by which most rows of the sample have the same number of cells, two
// at least, and the fewest cells still hold another separator. ',' where none does.
func delimiterOf(text []byte) rune {
	sample := text
	if len(sample) > sampleBytes {
		sample = sample[:sampleBytes]
		if at := bytes.LastIndexByte(sample, '\n'); at > 0 {
			sample = sample[:at]
		}
	}
	best, most := ',', 0.0
	for _, d := range delimiters {
		if score := separates(sample, d); score > most*1.0001 {
			best, most = d, score
		}
	}
	return best
}

// separates is the share of the rows with the most usual number of cells, less the share of cells that hold another separator still.
func separates(sample []byte, delimiter rune) float64 {
	r := newRecords(sample, delimiter, true)
	widths, rows, cells, holding := map[int]int{}, 0, 0, 0
	for rows < sampleRows {
		record, _, err := r.next()
		if err != nil {
			break
		}
		for len(record) > 1 && strings.TrimSpace(record[len(record)-1]) == "" {
			record = record[:len(record)-1] // no one counts the empty ends of lines
		}
		rows++
		widths[len(record)]++
		for _, cell := range record {
			cells++
			if strings.ContainsAny(cell, ";\t|") {
				holding++
			}
		}
	}
	usual, most := 0, 0
	for width, n := range widths {
		if n > most || n == most && width > usual {
			usual, most = width, n
		}
	}
	if usual < 2 || cells == 0 {
		return 0
	}
	score := float64(most)/float64(rows) - float64(holding)/float64(cells)
	if delimiter == blanks {
		score /= 2 // texts have blanks, too
	}
	return max(0, score)
}

// records reads a text row by row.
type records struct {
	csv   *csv.Reader
	lines [][]byte // of a text separated by blanks
	line  int
}

// newRecords reads a text; lazily, a quote may stand anywhere.
func newRecords(text []byte, delimiter rune, lazily bool) *records {
	if delimiter == blanks {
		return &records{lines: bytes.Split(text, []byte("\n"))}
	}
	r := csv.NewReader(bytes.NewReader(text))
	r.Comma, r.FieldsPerRecord, r.ReuseRecord, r.LazyQuotes, r.TrimLeadingSpace = delimiter, -1, true, lazily, delimiter != '\t'
	return &records{csv: r}
}

// next is the next row that isn't blank, and the line that it begins at.
func (r *records) next() ([]string, int, error) {
	if r.csv == nil {
		for r.line < len(r.lines) {
			r.line++
			if cells := strings.Fields(string(r.lines[r.line-1])); len(cells) > 0 {
				return cells, r.line, nil
			}
		}
		return nil, 0, io.EOF
	}
	record, err := r.csv.Read()
	if err != nil {
		return nil, 0, explained(err)
	}
	line, _ := r.csv.FieldPos(0)
	return record, line, nil
}

var errQuote = errors.New("a quote in the middle of a cell")

// explained says what the csv package says in the form of all others here.
func explained(err error) error {
	var parse *csv.ParseError
	if !errors.As(err, &parse) {
		return err
	}
	switch {
	case errors.Is(parse.Err, csv.ErrBareQuote):
		return fmt.Errorf("line %d, byte %d of it: %w", parse.Line, parse.Column, errQuote)
	case errors.Is(parse.Err, csv.ErrQuote):
		return fmt.Errorf("line %d: a quote that was opened in line %d isn't closed before a delimiter or the end", parse.Line, parse.StartLine)
	}
	return fmt.Errorf("line %d, byte %d of it: %w", parse.Line, parse.Column, parse.Err)
}

// usualWidth is how many cells most of the first rows have, the larger of equals.
func usualWidth(rows []row) (int, error) {
	counts := map[int]int{}
	for _, r := range rows[:min(len(rows), sampleRows)] {
		counts[len(r.cells)]++
	}
	widths := make([]int, 0, len(counts))
	for width := range counts {
		widths = append(widths, width)
	}
	slices.SortFunc(widths, func(a, b int) int {
		if counts[a] != counts[b] {
			return counts[b] - counts[a]
		}
		return b - a
	})
	if widths[0] > maxColumns {
		return 0, fmt.Errorf("%d columns: %w, at most %d are read", widths[0], dataset.ErrTooLarge, maxColumns)
	}
	return widths[0], nil
}
