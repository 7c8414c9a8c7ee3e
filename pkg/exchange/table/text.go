package table

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/training"
)

// row is a row of a text as it stands.
type row struct {
	line  int
	cells []string
}

// readText reads a table in UTF-8.
func readText(text []byte, o Options) (*Table, error) {
	given, err := o.delimiter()
	if err != nil {
		return nil, err
	}
	if !bytes.Contains(text, []byte("\n")) { // an old Mac's ends of lines
		text = bytes.ReplaceAll(text, []byte("\r"), []byte("\n"))
	}
	text, before, remarks := behindRemarks(text)
	if cut, d, says := saidDelimiter(text); says {
		text, before = cut, before+1
		if given == 0 {
			given = d
		}
	}
	delimiter := given
	if given == 0 {
		delimiter = delimiterOf(text)
	}
	t, err := readRows(text, before, delimiter, remarks, o, false)
	if errors.Is(err, errQuote) {
		where := err
		if t, err = readRows(text, before, delimiter, remarks, o, true); err == nil {
			t.assume("quotes", "inside of cells as they stand", where.Error(), "")
		}
	}
	if err == nil && len(t.Names) == 1 && given == 0 {
		err = errOneColumn
	}
	if err != nil {
		return nil, err
	}
	if delimiter != ',' && given == 0 {
		name := map[rune]string{';': "semicolon", '\t': "tab", '|': "|", blanks: "blanks"}[delimiter]
		t.Assumed = slices.Insert(t.Assumed, 0, training.Assumption{Setting: "delimiter", Value: name, Why: fmt.Sprintf("it makes %d columns", len(t.Names)), Flag: "--delimiter names another"})
	}
	t.comma = delimiter == ';'
	if o.Decimal != "" {
		t.decimal = o.Decimal[0]
	}
	return t, nil
}

func (t *Table) assume(setting, value, why, flag string) {
	t.Assumed = append(t.Assumed, training.Assumption{Setting: setting, Value: value, Why: why, Flag: flag})
}

// behindRemarks takes lines off the head of a text that are blank or begin with # or //, and says how many, and what the last remark was.
func behindRemarks(text []byte) (rest []byte, lines int, remarks []string) {
	for {
		line, more, _ := bytes.Cut(text, []byte("\n"))
		trimmed := bytes.TrimSpace(line)
		switch {
		case len(trimmed) == 0 && len(more) > 0:
		case len(trimmed) > 0 && (trimmed[0] == '#' || bytes.HasPrefix(trimmed, []byte("//"))):
			remarks = append(remarks, string(bytes.TrimLeft(trimmed, "#/ ")))
			if len(remarks) > 1 {
				remarks = remarks[len(remarks)-1:]
			}
		default:
			return text, lines, remarks
		}
		if len(more) == 0 {
			return nil, lines, remarks
		}
		text, lines = more, lines+1
	}
}

// saidDelimiter understands the line "sep=;" that Excel writes.
func saidDelimiter(text []byte) ([]byte, rune, bool) {
	line, rest, _ := bytes.Cut(text, []byte("\n"))
	said, found := bytes.CutPrefix(bytes.TrimSpace(line), []byte("sep="))
	if r := []rune(string(said)); found && len(r) == 1 && strings.ContainsRune(",;|\t", r[0]) {
		return rest, r[0], true
	}
	return text, 0, false
}

// readRows reads the rows behind the remarks.
func readRows(text []byte, before int, delimiter rune, remarks []string, o Options, lazily bool) (*Table, error) {
	from := newRecords(text, delimiter, lazily)
	head, end := []row(nil), false
	for len(head) < sampleRows && !end {
		cells, line, err := from.next()
		switch {
		case err == io.EOF:
			end = true
		case err != nil:
			return nil, shifted(err, before)
		default:
			head = append(head, row{before + line, slices.Clone(cells)})
		}
	}
	if len(head) == 0 {
		return nil, dataset.ErrNoRows
	}
	head, titles := behindTitles(head)
	width, err := usualWidth(head)
	if err != nil {
		return nil, err
	}
	t := &Table{}
	names, body := header(head, width, o.Header, remarksAsNames(remarks, delimiter, width))
	t.named = names != nil
	if names == nil {
		names = numbered(width)
		if o.Header == "" {
			t.assume("header", "none", "the first row reads like data", "--header yes takes it for names")
		}
	}
	if titles > 0 {
		t.assume("title", fmt.Sprintf("%d lines above the table left out", titles), "they have one cell", "")
	}
	c := &collector{t: t, width: len(names), names: names}
	t.take(names)
	for _, r := range body {
		if err := c.add(r.line, r.cells); err != nil {
			return nil, err
		}
	}
	for !end {
		cells, line, err := from.next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, shifted(err, before)
		}
		if err := c.add(before+line, cells); err != nil {
			return nil, err
		}
	}
	c.tell()
	t.dropEmptyEnd()
	return t, nil
}

// shifted tells an error's line with the lines that were taken off before.
func shifted(err error, before int) error {
	if before == 0 {
		return err
	}
	return fmt.Errorf("behind the first %d lines: %w", before, err)
}

// behindTitles leaves out lines at the head with one cell where the others have several.
func behindTitles(head []row) ([]row, int) {
	width, err := usualWidth(head)
	if err != nil || width < 2 {
		return head, 0
	}
	titles := 0
	for titles < len(head)-1 && filled(head[titles].cells) == 1 && (len(head[titles].cells) < width || titles == 0 && filled(head[titles+1].cells) > 2) {
		titles++
	}
	if titles > 10 {
		return head, 0
	}
	return head[titles:], titles
}

func filled(cells []string) int {
	n := 0
	for _, cell := range cells {
		if strings.TrimSpace(cell) != "" {
			n++
		}
	}
	return n
}

// collector takes rows into a table, and leaves out what is none.
type collector struct {
	t                        *Table
	names                    []string
	width                    int
	blank, repeated, remarks int
}

func (c *collector) add(line int, cells []string) error {
	for len(cells) > c.width && strings.TrimSpace(cells[len(cells)-1]) == "" {
		cells = cells[:len(cells)-1]
	}
	switch {
	case filled(cells) == 0:
		c.blank++
		return nil
	case len(cells) != c.width && strings.HasPrefix(strings.TrimSpace(cells[0]), "#"):
		c.remarks++
		return nil
	case c.t.named && len(cells) == c.width && slices.EqualFunc(cells, c.names, func(a, b string) bool { return strings.TrimSpace(a) == strings.TrimSpace(b) }):
		c.repeated++
		return nil
	case len(cells) != c.width:
		return fmt.Errorf("line %d has %d cells, the table has %d columns: a cell with the delimiter in it must be quoted, and every row must have each column", line, len(cells), c.width)
	}
	return c.t.add(line, cells)
}

// tell notes what was left out.
func (c *collector) tell() {
	for _, left := range []struct {
		n    int
		what string
	}{{c.blank, "rows of empty cells"}, {c.repeated, "rows that repeat the header"}, {c.remarks, "remarks"}} {
		if left.n > 0 {
			c.t.assume(left.what, strconv.Itoa(left.n)+" left out", "they hold no data", "")
		}
	}
}

// dropEmptyEnd takes columns off the end that have neither a name nor a single cell, as a delimiter at the end of each line makes them.
func (t *Table) dropEmptyEnd() {
	columns := len(t.Names)
	keep := columns
	for keep > 1 && strings.HasPrefix(t.Names[keep-1], "column ") && t.emptyColumn(keep-1) {
		keep--
	}
	if keep == columns {
		return
	}
	ends := t.ends[:0]
	for i, end := range t.ends {
		if i%columns < keep {
			ends = append(ends, end)
		}
	}
	t.ends, t.Names = ends, t.Names[:keep]
	t.assume("empty columns at the end", strconv.Itoa(columns-keep)+" left out", "they have neither a name nor a value", "")
}

func (t *Table) emptyColumn(column int) bool {
	for row := range t.Rows() {
		if t.Cell(row, column) != "" {
			return false
		}
	}
	return true
}
