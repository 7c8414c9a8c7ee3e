package dataset

import (
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
)

// ReadCSVFrom is [ReadCSV] for a model whose inputs are made of columns, those of strings among them: each input is made of
// the columns that its Arrays name, each [rows, 1]. Where all inputs are made of one array that is no column, it stands for
// all columns that are no targets, [rows, columns]. Strings are read as they stand, with blanks around them taken away.
func ReadCSVFrom(path string, options CSVOptions, inputs []Source) (Data, error) {
	file, err := os.Open(path)
	if err != nil {
		return Data{}, fmt.Errorf("dataset: %w", err)
	}
	defer file.Close()
	d, err := readCSVFrom(file, options, inputs)
	if err != nil {
		return Data{}, fmt.Errorf("dataset: %s: %w", path, err)
	}
	return d, nil
}

func readCSVFrom(from io.Reader, options CSVOptions, inputs []Source) (Data, error) {
	t, err := newTable(from, options)
	if err != nil {
		return Data{}, err
	}
	columns, err := t.columnsOf(arraysOf(inputs))
	if err != nil {
		return Data{}, err
	}
	t.features = nil // no column is a number before it is asked to be one
	texts, room := map[string][]string{}, maxTextBytes
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
		for name, all := range columns {
			for _, column := range all {
				cell := strings.Clone(strings.TrimSpace(record[column])) // the record is one long string
				if room -= len(cell) + 16; room < 0 {
					return Data{}, fmt.Errorf("the strings have more than %d bytes: %w", maxTextBytes, ErrTooLarge)
				}
				texts[name] = append(texts[name], cell)
			}
		}
	}
	if t.rows == 0 {
		return Data{}, fmt.Errorf("only a header: %w", ErrNoRows)
	}
	of := func(name string) (Texts, error) {
		return Texts{Shape: []int{t.rows, len(columns[name])}, Values: texts[name]}, nil
	}
	xs := make([]Array, len(inputs))
	for i, s := range inputs {
		if xs[i], err = s.read(func(name string) (Array, error) { return numbers(name, t.rows, texts[name]) }, of); err != nil {
			return Data{}, err
		}
	}
	d := Of(xs, []Array{{Shape: []int{t.rows, len(t.targets)}, Values: t.y}})
	for _, column := range t.targets {
		if t.names != nil {
			d.Targets = append(d.Targets, t.names[column])
		}
	}
	return d, d.ValidateShapes()
}

// columnsOf are the columns that arrays of these names are.
func (t *table) columnsOf(arrays []string) (map[string][]int, error) {
	columns := map[string][]int{}
	for _, name := range arrays {
		found, err := t.find([]string{name})
		switch {
		case err == nil && slices.Contains(t.targets, found[0]):
			return nil, fmt.Errorf("the column %q is a target and an input: name another target", name)
		case err == nil:
			columns[name] = found
		case len(arrays) > 1:
			return nil, fmt.Errorf("the model takes %s: %w", list(arrays), err)
		default:
			columns[name] = t.features
		}
	}
	return columns, nil
}

// numbers are cells as numbers.
func numbers(name string, rows int, cells []string) (Array, error) {
	a := Array{Shape: []int{rows, len(cells) / rows}, Values: make([]float32, len(cells))}
	for i, cell := range cells {
		x, err := strconv.ParseFloat(cell, 32)
		if err != nil {
			return a, fmt.Errorf("row %d of the column %q: %q is not a number that fits float32", i/a.Shape[1], name, shorten(cell))
		}
		a.Values[i] = float32(x)
	}
	return a, nil
}
