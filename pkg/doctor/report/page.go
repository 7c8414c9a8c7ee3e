package report

import (
	"regexp"
	"strings"
)

// Page lays out a page in Markdown, such as those of the causes, for a terminal: paragraphs, lists, quotes and tables within its
// width, code as it is, links as their words. Pictures and comments are left out. Without a width it is 80 columns wide, for pages are
// read, in a pipe too.
func Page(markdown string, o TerminalOptions) string {
	if o.Width == 0 {
		o.Width = 80
	}
	s := newSheet(o)
	for block := range blocks(markdown) {
		s.block(block)
	}
	return strings.TrimLeft(s.String(), "\n")
}

// blocks are the paragraphs, lists, tables and code of a page, each as its lines.
func blocks(markdown string) func(yield func([]string) bool) {
	return func(yield func([]string) bool) {
		var block []string
		fenced := false
		for line := range strings.Lines(comments.ReplaceAllString(markdown, "")) {
			line = strings.TrimRight(line, "\n")
			fence := strings.HasPrefix(line, "```")
			switch {
			case fence && !fenced, !fenced && strings.TrimSpace(line) == "", !fenced && strings.HasPrefix(line, "#"):
				if len(block) > 0 && !yield(block) {
					return
				}
				block = nil
			}
			if fence {
				fenced = !fenced
			}
			if fenced || strings.TrimSpace(line) != "" {
				block = append(block, line)
			}
			if !fenced && (fence || strings.HasPrefix(line, "#")) {
				if !yield(block) {
					return
				}
				block = nil
			}
		}
		if len(block) > 0 {
			yield(block)
		}
	}
}

var (
	comments = regexp.MustCompile(`(?s)<!--.*?-->`)
	pictures = regexp.MustCompile(`!\[[^\]]*\]\([^)]*\)`)
	links    = regexp.MustCompile(`\[([^\]]+)\]\(([^)]+)\)`)
	item     = regexp.MustCompile(`^\s*(?:[-*]|\d+\.) `)
	ruled    = regexp.MustCompile(`^\|[-:| ]+\|$`)
)

func (s *sheet) block(lines []string) {
	switch first := lines[0]; {
	case strings.HasPrefix(first, "#"):
		s.heading(s.inline(strings.TrimLeft(first, "# ")))
	case strings.HasPrefix(first, "```"):
		s.line("")
		for _, line := range lines[1 : len(lines)-1] {
			s.line(strings.TrimRight("    "+line, " "))
		}
	case strings.HasPrefix(first, "    "):
		s.line("\n" + strings.Join(lines, "\n"))
	case strings.HasPrefix(first, "|") && len(lines) > 1 && ruled.MatchString(lines[1]):
		s.line("")
		var rows [][]any
		for _, line := range lines[2:] {
			row := make([]any, 0, len(lines))
			for _, cell := range cells(line) {
				row = append(row, s.inline(cell))
			}
			rows = append(rows, row)
		}
		s.grid(cells(lines[0]), rows)
	case strings.HasPrefix(first, ">"):
		s.line("")
		for i := range lines {
			lines[i] = strings.TrimSpace(strings.TrimPrefix(lines[i], ">"))
		}
		s.paragraph("  │ ", "  │ ", s.inline(strings.Join(lines, " ")))
	default:
		s.text(lines)
	}
}

// text is a paragraph or a list, whose items may go on in further lines.
func (s *sheet) text(lines []string) {
	var items []string
	for _, line := range lines {
		if len(items) == 0 || item.MatchString(line) {
			items = append(items, line)
		} else {
			items[len(items)-1] += " " + strings.TrimSpace(line)
		}
	}
	between := "\n"
	for _, one := range items {
		mark := item.FindString(one)
		text := strings.TrimSpace(s.inline(one[len(mark):]))
		if mark+text == "" { // a picture
			continue
		}
		s.WriteString(between)
		s.paragraph(mark, strings.Repeat(" ", len(mark)), text)
		between = ""
	}
}

// inline is text without the marks of links, and with those of emphasis where there is nothing else to tell it by.
func (s *sheet) inline(text string) string {
	return links.ReplaceAllString(pictures.ReplaceAllString(text, ""), "$1")
}

func cells(row string) []string {
	row = strings.ReplaceAll(row, `\|`, "\x00")
	all := strings.Split(strings.Trim(strings.TrimSpace(row), "|"), "|")
	for i := range all {
		all[i] = strings.ReplaceAll(strings.TrimSpace(all[i]), "\x00", "|")
	}
	return all
}
