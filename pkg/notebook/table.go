package notebook

import (
	"fmt"
	"html"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Table is a table of words and numbers, such as the layers of a model or the
// runs of a sweep. Columns that hold only numbers are aligned to the right.
type Table struct {
	Title   string
	Columns []string
	Rows    [][]any // floats are written with four significant digits
}

// ShowTable displays t as the output of the cell, in text and as an HTML table
// without scripts. It is an error when a row has not one cell for each column.
func ShowTable(t Table) error { return ShowTableOn(Default(), t) }

// ShowTableOn is [ShowTable] on a display of the caller's choice.
func ShowTableOn(d Display, t Table) error {
	for i, row := range t.Rows {
		if len(row) != len(t.Columns) {
			return fmt.Errorf("notebook: row %d of the table has %d cells for %d columns", i+1, len(row), len(t.Columns))
		}
	}
	return d.Show(Bundle{Data: map[string][]byte{Plain: []byte(t.Text()), HTML: []byte(t.html())}})
}

// Text writes the table with columns padded by spaces.
func (t Table) Text() string {
	rows := append([][]string{t.Columns}, t.cells()...)
	widths := make([]int, len(t.Columns))
	for _, row := range rows {
		for j, cell := range row {
			if j < len(widths) {
				widths[j] = max(widths[j], utf8.RuneCountInString(cell))
			}
		}
	}
	right := t.numeric()
	var lines []string
	if t.Title != "" {
		lines = append(lines, t.Title)
	}
	for i, row := range rows {
		var b strings.Builder
		for j, cell := range row {
			if j >= len(widths) {
				break
			}
			pad := strings.Repeat(" ", widths[j]-utf8.RuneCountInString(cell))
			if j > 0 {
				b.WriteString("  ")
			}
			if right[j] {
				b.WriteString(pad + cell)
			} else {
				b.WriteString(cell + pad)
			}
		}
		lines = append(lines, strings.TrimRight(b.String(), " "))
		if i == 0 {
			rule := make([]string, len(widths))
			for j, w := range widths {
				rule[j] = strings.Repeat("─", w)
			}
			lines = append(lines, strings.Join(rule, "  "))
		}
	}
	return strings.Join(lines, "\n")
}

// longestWord is how many letters of a word never stand on two lines of a cell. A longer one, such as
// keras.initializers.RandomNormal(stddev=2.0), would make a table wider than a notebook, and breaks behind its marks.
// JupyterLab leaves no style that breaks words to a notebook that isn't trusted.
const longestWord = 16

var marks = regexp.MustCompile(`[._(=/,]|\b-\b`)

// breakable writes a cell's text as HTML.
func breakable(text string) string {
	words := strings.Split(text, " ")
	for i, word := range words {
		words[i] = html.EscapeString(word)
		if utf8.RuneCountInString(word) > longestWord {
			parts := marks.ReplaceAllString(word, "$0\n")
			words[i] = strings.ReplaceAll(html.EscapeString(parts), "\n", "<wbr>")
		}
	}
	return strings.Join(words, " ")
}

func (t Table) html() string {
	right := t.numeric()
	align := func(j int) string {
		if j < len(right) && right[j] {
			return ` style="text-align:right"`
		}
		return ` style="text-align:left"`
	}
	var b strings.Builder
	b.WriteString("<table>")
	if t.Title != "" {
		fmt.Fprintf(&b, `<caption style="text-align:left;font-weight:bold">%s</caption>`, html.EscapeString(t.Title))
	}
	b.WriteString("<thead><tr>")
	for j, name := range t.Columns {
		fmt.Fprintf(&b, "<th%s>%s</th>", align(j), breakable(name))
	}
	b.WriteString("</tr></thead><tbody>")
	for _, row := range t.cells() {
		b.WriteString("<tr>")
		for j, cell := range row {
			fmt.Fprintf(&b, "<td%s>%s</td>", align(j), breakable(cell))
		}
		b.WriteString("</tr>")
	}
	b.WriteString("</tbody></table>")
	return b.String()
}

func (t Table) cells() [][]string {
	out := make([][]string, len(t.Rows))
	for i, row := range t.Rows {
		out[i] = make([]string, len(row))
		for j, cell := range row {
			out[i][j] = cellText(cell)
		}
	}
	return out
}

// cellText writes one cell on one line.
func cellText(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case float64:
		return strconv.FormatFloat(v, 'g', 4, 64)
	case float32:
		return strconv.FormatFloat(float64(v), 'g', 4, 32)
	default:
		return strings.Join(strings.Fields(fmt.Sprint(v)), " ")
	}
}

// numeric reports for each column whether all its cells that are not empty are
// numbers.
func (t Table) numeric() []bool {
	out := make([]bool, len(t.Columns))
	for j := range out {
		seen := false
		out[j] = true
		for _, row := range t.Rows {
			if j >= len(row) || row[j] == nil {
				continue
			}
			seen = true
			switch row[j].(type) {
			case int, int8, int16, int32, int64, uint, uint8, uint16, uint32, uint64, float32, float64:
			default:
				out[j] = false
			}
		}
		out[j] = out[j] && seen
	}
	return out
}
