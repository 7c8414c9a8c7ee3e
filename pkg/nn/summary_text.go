package nn

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// String draws the table as Keras does in a terminal of 80 columns; long names make it wider.
func (s Summary) String() string {
	rows := [][]textLine{{{"Layer (type)", "Output Shape", "Param #"}}}
	widths := textWidths
	for _, r := range s.Rows {
		lines := r.lines()
		rows = append(rows, lines)
		for _, line := range lines {
			for i, cell := range line {
				widths[i] = max(widths[i], utf8.RuneCountInString(cell))
			}
		}
	}
	var b strings.Builder
	fmt.Fprintf(&b, "Model: %q\n", s.Model)
	writeRule(&b, widths, "┏━┳┓")
	for i, lines := range rows {
		side, below := "│", "├─┼┤"
		if i == 0 {
			side, below = "┃", "┡━╇┩"
		}
		if i == len(rows)-1 {
			below = "└─┴┘"
		}
		for _, line := range lines {
			fmt.Fprintf(&b, "%[1]s %-[2]*[3]s %[1]s %-[4]*[5]s %[1]s %[6]*[7]s %[1]s\n",
				side, widths[0], line[0], widths[1], line[1], widths[2], line[2])
		}
		writeRule(&b, widths, below)
	}
	for _, total := range []struct {
		name  string
		count int
	}{{"Total", s.Total()}, {"Trainable", s.Trainable}, {"Non-trainable", s.NonTrainable}} {
		fmt.Fprintf(&b, " %s params: %s (%s)\n", total.name, thousands(total.count), memory(4*total.count))
	}
	return b.String()
}

// textLine is one line of the table's three columns.
type textLine [3]string

// textWidths are the columns that Keras draws in a terminal of 80.
var textWidths = [3]int{31, 22, 13}

// lines are the row as text; a type that doesn't fit beside the name goes below it.
func (r SummaryRow) lines() []textLine {
	name, kind := r.Layer, "("+r.Type+")"
	if utf8.RuneCountInString(name+" "+kind) <= textWidths[0] {
		return []textLine{{name + " " + kind, r.OutputShape(), thousands(r.Params)}}
	}
	return []textLine{{name, r.OutputShape(), thousands(r.Params)}, {kind}}
}

// writeRule draws a line between rows; marks are its left end, line, crossing and right end.
func writeRule(b *strings.Builder, widths [3]int, marks string) {
	m := []rune(marks)
	for i, w := range widths {
		mark := m[2]
		if i == 0 {
			mark = m[0]
		}
		b.WriteRune(mark)
		b.WriteString(strings.Repeat(string(m[1]), w+2))
	}
	b.WriteRune(m[3])
	b.WriteByte('\n')
}

// thousands writes a count as 12,345.
func thousands(n int) string {
	digits := strconv.Itoa(n)
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}

// memory writes a size in memory as Keras does.
func memory(n int) string {
	size, unit := float64(n), "B"
	for _, larger := range []string{"KB", "MB", "GB", "TB"} {
		if size < 1024 {
			break
		}
		size, unit = size/1024, larger
	}
	return fmt.Sprintf("%.2f %s", size, unit)
}
