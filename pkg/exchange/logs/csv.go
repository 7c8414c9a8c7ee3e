package logs

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode"

	"example.com/unstuck/internal/excerpt"
)

// separatorOf is what the first line separates names by; 0: it isn't a table's head.
func separatorOf(text []byte) rune {
	line, _, _ := bytes.Cut(text, []byte("\n"))
	for _, r := range ",;\t" {
		if r == ',' && len(commas.FindAll(line, -1)) == bytes.Count(line, []byte(",")) { // decimal ones, or none
			continue
		}
		fields := strings.Split(string(line), string(r))
		names := 0
		for _, f := range fields {
			if _, is := number(f); !is && strings.ContainsFunc(f, unicode.IsLetter) && !strings.ContainsAny(f, ":=[]{}") {
				names++
			}
		}
		if len(fields) > 1 && names >= len(fields)-1 && numbersBehind(text, r) { // pandas leaves the index without a name
			return r
		}
	}
	if f := strings.TrimSpace(string(line)); axisOf(f) == "" && f != "" && isWord(f) { // one column with a name
		column, _, _ := bytes.Cut(bytes.TrimLeft(text[len(line):], " \r\n"), []byte("\n\n"))
		first := strings.TrimSpace(string(firstLine(column)))
		if _, is := number(first); is {
			return ','
		}
		if bare, _ := bareNumbers(first, nil); bare != nil && strings.Contains(first, ",") {
			lines := strings.Split(strings.TrimSpace(string(column)), "\n")
			if written, err := pointed(lines); err == nil && written[0] != lines[0] {
				return ';' // behind which commas are decimal ones
			}
		}
	}
	return 0
}

// tabbed puts tabs between the cells of a table that blanks line up, as terminals, reports and pandas show one; other text is left as
// it is. Without its head such a table would pass for a list of numbers, its counts among the losses.
func tabbed(text []byte) []byte {
	first, rest, _ := bytes.Cut(text, []byte("\n"))
	head, row := strings.Fields(string(first)), strings.Fields(string(firstLine(bytes.TrimLeft(rest, " \r\n"))))
	isLoss := func(name string) bool { return strings.Contains(strings.ToLower(name), "loss") }
	isNumber := func(cell string) bool { _, is := number(strings.Replace(cell, ",", ".", 1)); return is }
	if len(head) < 2 || slices.ContainsFunc(head, func(name string) bool { return !isWord(name) }) || !slices.ContainsFunc(head, isLoss) && !alike(rest, len(row)) {
		return text
	}
	switch extra := len(row) - len(head); {
	case slices.ContainsFunc(row, func(cell string) bool { return !isNumber(cell) }) || extra != 0 && extra != 1:
		return text
	case extra == 1: // pandas shows the index without a name
		head = append([]string{"index"}, head...)
	}
	lines := []string{strings.Join(head, "\t")}
	for line := range strings.Lines(string(rest)) {
		lines = append(lines, strings.Join(strings.Fields(line), "\t"))
	}
	return []byte(strings.Join(lines, "\n"))
}

// alike reports whether there are three lines or more and all of them have so many cells.
func alike(text []byte, cells int) bool {
	n := 0
	for line := range strings.Lines(string(text)) {
		switch len(strings.Fields(line)) {
		case 0:
		case cells:
			n++
		default:
			return false
		}
	}
	return n >= 3
}

// numbersBehind reports whether one of the lines behind the first has a cell with a number.
func numbersBehind(text []byte, separator rune) bool {
	_, rest, _ := bytes.Cut(text, []byte("\n"))
	for range 100 {
		line, behind, more := bytes.Cut(rest, []byte("\n"))
		for cell := range strings.SplitSeq(string(line), string(separator)) {
			if separator != ',' {
				cell = strings.Replace(cell, ",", ".", 1)
			}
			if _, is := number(cell); is {
				return true
			}
		}
		if rest = behind; !more {
			break
		}
	}
	return false
}

func firstLine(text []byte) []byte {
	line, _, _ := bytes.Cut(text, []byte("\n"))
	return line
}

func isWord(s string) bool {
	for _, r := range strings.Trim(s, `"`) {
		if !unicode.IsLetter(r) && !unicode.IsMark(r) && !strings.ContainsRune("_ /-.0123456789", r) {
			return false
		}
	}
	_, is := number(s)
	return !is
}

// readTable reads a table whose first line has the columns' names. Cells that are empty or hold no number are left out; where
// semicolons or tabs separate, a comma may be the decimal point.
func readTable(text []byte, separator rune) (*table, error) {
	in := csv.NewReader(bytes.NewReader(text))
	in.Comma, in.FieldsPerRecord, in.ReuseRecord, in.LazyQuotes, in.TrimLeadingSpace = separator, -1, true, true, separator != '\t'
	var t table
	var names, at []string
	var values []float64
	for {
		record, err := in.Read()
		if errors.Is(err, io.EOF) {
			return &t, nil
		}
		if err != nil {
			return nil, fmt.Errorf("as a table: %s", excerpt.Of(err.Error(), 200))
		}
		if names == nil || sameNames(names, record) { // the head again, of a file that was appended to
			if names, err = headOf(record); err != nil {
				return nil, err
			}
			continue
		}
		at, values = at[:0], values[:0]
		for i, cell := range record {
			if i == len(names) {
				break // a row that is longer than the head: its last, half-written lines
			}
			if separator != ',' {
				cell = strings.Replace(cell, ",", ".", 1)
			}
			if v, is := number(cell); is {
				at, values = append(at, names[i]), append(values, v)
			}
		}
		if err := t.add(at, values); err != nil {
			return nil, err
		}
	}
}

func headOf(record []string) (names []string, err error) {
	if len(record) > mostNames {
		return nil, fmt.Errorf("the table has %d columns, at most %d are read", len(record), mostNames)
	}
	for _, name := range record {
		names = append(names, strings.Clone(excerpt.Of(strings.TrimSpace(name), 100)))
	}
	return names, nil
}

func sameNames(names, record []string) bool {
	if len(names) != len(record) {
		return false
	}
	for i, name := range record {
		if excerpt.Of(strings.TrimSpace(name), 100) != names[i] {
			return false
		}
	}
	return true
}
