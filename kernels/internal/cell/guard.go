package cell

import (
	"strconv"
	"strings"
)

// span is where a line begins.
type span int

const (
	outside   span = iota
	inRaw          // within `…`
	inComment      // within /* … */
)

// guarded returns a cell in which no line of a raw string or of a comment is one of GoNB's commands: GoNB looks at the beginning of each
// line only, and would run !ls within a string. Its lines are as many as before. What doesn't end stays as it is.
func guarded(code string) string {
	if !strings.Contains(code, "\n%") && !strings.Contains(code, "\n!") && !strings.Contains(code, "\n//gonb:") || magic(code) {
		return code
	}
	var out strings.Builder
	state, began, threatened := outside, 0, false
	goesOn, from := false, 0 // from: what isn't in out yet
	for at := 0; at < len(code); {
		end := at + len(code[at:])
		if i := strings.IndexByte(code[at:], '\n'); i >= 0 {
			end = at + i + 1
		}
		line := strings.TrimSuffix(code[at:end], "\n")
		command := isCommand(line)
		switch {
		case state == outside && (goesOn || command):
			goesOn = strings.HasSuffix(line, `\`)
			at = end
			continue
		case state == inComment && command:
			out.WriteString(code[from:at] + " ")
			from = at
		case state == inRaw && command:
			threatened = true
		}
		for i := at; i < end; {
			var next int
			switch state {
			case outside:
				state, next = opening(code, i, end)
				if state == inRaw {
					began, threatened = next-1, false
				}
			case inRaw:
				if next = end; strings.IndexByte(code[i:end], '`') >= 0 {
					next = i + strings.IndexByte(code[i:end], '`') + 1
					if state = outside; threatened {
						out.WriteString(code[from:began] + quotedLines(code[began+1:next-1]))
						from = next
					}
				}
			case inComment:
				if next = end; strings.Contains(code[i:end], "*/") {
					state, next = outside, i+strings.Index(code[i:end], "*/")+2
				}
			}
			i = next
		}
		at = end
	}
	if state != outside {
		return code
	}
	return out.String() + code[from:]
}

// opening passes over a token of a line, and tells whether a raw string or a comment begins with it.
func opening(code string, i, end int) (state span, next int) {
	switch {
	case code[i] == '`':
		return inRaw, i + 1
	case strings.HasPrefix(code[i:end], "//"):
		return outside, end
	case strings.HasPrefix(code[i:end], "/*"):
		return inComment, i + 2
	case code[i] == '"' || code[i] == '\'':
		for j := i + 1; j < end; j++ {
			switch code[j] {
			case '\\':
				j++
			case code[i]:
				return outside, j + 1
			}
		}
		return outside, end
	}
	return outside, i + 1
}

// quotedLines writes a raw string's text as strings in quotes, one on each line.
func quotedLines(text string) string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		if i+1 < len(lines) {
			line += "\n"
		}
		lines[i] = strconv.Quote(line)
	}
	return "(" + strings.Join(lines, " +\n") + ")"
}

// magic tells whether a cell is another language's, as one that begins with %%bash is.
func magic(code string) bool {
	line, _, _ := strings.Cut(code, "\n")
	name, _, _ := strings.Cut(strings.ReplaceAll(line, "\t", " "), " ")
	return strings.HasPrefix(name, "%%") && name != "%%"
}

// isCommand tells whether GoNB takes a line for one of its own.
func isCommand(line string) bool {
	line = strings.TrimPrefix(line, "//gonb:")
	return len(line) > 1 && (line[0] == '%' || line[0] == '!')
}
