package dataset

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"example.com/unstuck/internal/excerpt"
)

// add appends one row.
func (t *table) add(record []string) error {
	if len(record) != t.columns {
		line, _ := t.reader.FieldPos(0)
		return fmt.Errorf("line %d has %d cells, the first row has %d", line, len(record), t.columns)
	}
	if (t.rows+1)*t.columns > maxElements {
		return fmt.Errorf("more than %d cells: %w", maxElements, ErrTooLarge)
	}
	var err error
	if t.x, err = t.append(t.x, record, t.features); err != nil {
		return err
	}
	if t.y, err = t.append(t.y, record, t.targets); err != nil {
		return err
	}
	t.rows++
	return nil
}

func (t *table) append(values []float32, record []string, columns []int) ([]float32, error) {
	for _, column := range columns {
		cell := strings.TrimSpace(record[column])
		v, err := strconv.ParseFloat(cell, 32)
		if err != nil {
			return nil, t.badCell(column, cell, err)
		}
		values = append(values, float32(v))
	}
	return values, nil
}

func (t *table) badCell(column int, cell string, err error) error {
	what := fmt.Sprintf("%q is not a number", shorten(cell))
	switch {
	case cell == "":
		what = "the cell is empty; fill it or leave the row out"
	case errors.Is(err, strconv.ErrRange):
		what = fmt.Sprintf("%s doesn't fit float32, whose largest number is 3.4e38", shorten(cell))
	}
	line, _ := t.reader.FieldPos(column)
	name := ""
	if t.names != nil {
		name = fmt.Sprintf(" (%q)", shorten(t.names[column]))
	}
	return fmt.Errorf("line %d, column %d%s: %s", line, column+1, name, what)
}

// explain turns the csv package's own errors into the form of all others here.
func (t *table) explain(err error) error {
	var parse *csv.ParseError
	if errors.As(err, &parse) {
		return fmt.Errorf("line %d, byte %d of it: %w", parse.Line, parse.Column, parse.Err)
	}
	return err
}

func (t *table) data() (Data, error) {
	if t.rows == 0 {
		return Data{}, fmt.Errorf("only a header: %w", ErrNoRows)
	}
	d := Data{
		X: Array{Shape: []int{t.rows, len(t.features)}, Values: t.x},
		Y: Array{Shape: []int{t.rows, len(t.targets)}, Values: t.y},
	}
	for _, column := range t.features {
		if t.names != nil {
			d.Features = append(d.Features, t.names[column])
		}
	}
	for _, column := range t.targets {
		if t.names != nil {
			d.Targets = append(d.Targets, t.names[column])
		}
	}
	return d, nil
}

// shorten keeps a cell from filling the screen when a quote was never closed.
func shorten(cell string) string { return excerpt.Of(cell, 40) }

// list quotes the first names, shortened.
func list(names []string) string {
	const most = 20
	var b strings.Builder
	b.WriteString("[")
	for i, name := range names {
		if i == most {
			fmt.Fprintf(&b, " and %d more", len(names)-most)
			break
		}
		if i > 0 {
			b.WriteString(" ")
		}
		b.WriteString(strconv.Quote(shorten(name)))
	}
	b.WriteString("]")
	return b.String()
}

// limitedReader fails with ErrTooLarge where io.LimitReader would pretend that the file ends.
type limitedReader struct {
	r    io.Reader
	left int64
}

func (l *limitedReader) Read(p []byte) (int, error) {
	if l.left <= 0 {
		return 0, fmt.Errorf("the file has more than %d bytes: %w", int64(maxFile), ErrTooLarge)
	}
	if int64(len(p)) > l.left {
		p = p[:l.left]
	}
	n, err := l.r.Read(p)
	l.left -= int64(n)
	return n, err
}
