package report

import (
	"fmt"
	"slices"
	"strings"

	"charm.land/lipgloss/v2"
	"charm.land/lipgloss/v2/table"

	"example.com/unstuck/pkg/doctor"
)

// sheet is text that is laid out for a terminal.
type sheet struct {
	strings.Builder
	width int // 0: as wide as it comes
	color bool
}

// narrowest is the width below which nothing is broken any more: a word a line helps nobody.
const narrowest = 20

func newSheet(o TerminalOptions) *sheet {
	s := &sheet{width: o.Width, color: o.Color}
	if s.width < narrowest {
		s.width = 0
	}
	return s
}

// width is how many columns a text takes.
func width(text string) int { return lipgloss.Width(text) }

func (s *sheet) line(text string) { s.WriteString(text + "\n") }

// paragraph breaks a text between words, its first line behind one indent and the others behind another.
func (s *sheet) paragraph(first, other, text string) {
	for line := range strings.SplitSeq(s.wrapped(text, s.width-len(other)), "\n") {
		s.line(strings.TrimRight(first+line, " "))
		first = other
	}
}

func (s *sheet) wrapped(text string, columns int) string {
	if s.width == 0 {
		return text
	}
	// A word that is too wide by itself, such as a path, is copied: only words are parted.
	return wordwrap(text, columns)
}

func (s *sheet) heading(text string) { s.line("\n" + s.bold(text)) }

func (s *sheet) bold(text string) string { return s.styled(lipgloss.NewStyle().Bold(true), text) }

func (s *sheet) faint(text string) string { return s.styled(lipgloss.NewStyle().Faint(true), text) }

// verdict is coloured by what it says: well, ill, or not known.
func (s *sheet) verdict(cause doctor.Cause, text string) string {
	color := lipgloss.Red
	switch cause {
	case doctor.Healthy:
		color = lipgloss.Green
	case doctor.Undecided, doctor.LookAtTheLoop:
		color = lipgloss.Yellow
	}
	return s.styled(lipgloss.NewStyle().Bold(true).Foreground(color), text)
}

func (s *sheet) styled(style lipgloss.Style, text string) string {
	if !s.color {
		return text
	}
	return style.Render(text)
}

// grid is a table without lines but one below its head.
func (s *sheet) grid(columns []string, rows [][]any) {
	const gap = 2
	t := table.New().Wrap(true).
		Border(lipgloss.Border{Top: "─", Bottom: "─"}).
		BorderTop(false).BorderBottom(false).BorderLeft(false).BorderRight(false).BorderColumn(false).BorderRow(false).
		StyleFunc(func(row, column int) lipgloss.Style {
			style := lipgloss.NewStyle()
			if column < len(columns)-1 {
				style = style.PaddingRight(gap)
			}
			if row == table.HeaderRow && s.color {
				style = style.Faint(true)
			}
			return style
		})
	all, natural := [][]string{slices.Clone(columns)}, gap*(len(columns)-1)
	for _, row := range rows {
		cells := make([]string, len(row))
		for i, cell := range row {
			cells[i] = fmt.Sprint(cell)
		}
		all = append(all, cells)
	}
	for i := range columns {
		widest := 0
		for _, row := range all {
			widest = max(widest, width(row[i]))
		}
		natural += widest
	}
	if s.width > 0 && natural > s.width {
		if fitted := columnWidths(all, s.width-gap*(len(columns)-1)); fitted != nil {
			for _, row := range all {
				for i := range row {
					row[i] = wordwrap(row[i], fitted[i])
				}
			}
		} else {
			t.Width(s.width)
		}
	}
	t.Headers(all[0]...).Rows(all[1:]...)
	for line := range strings.SplitSeq(t.Render(), "\n") {
		s.line(strings.TrimRight(line, " "))
	}
}

// wordwrap breaks a text at spaces alone. A hyphen is part of a name here, such as learning-rate-too-low.
func wordwrap(text string, columns int) string {
	var lines []string
	for paragraph := range strings.SplitSeq(text, "\n") {
		line, at := "", 0
		for word := range strings.SplitSeq(paragraph, " ") {
			w := width(word)
			if at > 0 && at+1+w > columns {
				lines, line, at = append(lines, line), "", 0
			}
			if at > 0 {
				line, at = line+" ", at+1
			}
			line, at = line+word, at+w
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}

// Wrapped breaks a line between words so that none of its lines is wider than width, in columns; those behind the first are indented
// as the first is. A word that is wider stays whole. With a width of 0 the line stays as it is.
func Wrapped(line string, width int) string {
	if width <= 0 {
		return line
	}
	text := strings.TrimLeft(line, " ")
	indent := line[:len(line)-len(text)]
	return indent + strings.ReplaceAll(wordwrap(text, max(1, width-len(indent))), "\n", "\n"+indent)
}
