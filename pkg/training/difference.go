package training

import (
	"fmt"
	"strings"
	"unicode"
)

// Difference is what changes between two trainings, as code.
type Difference struct {
	Go    string
	Keras string // empty where Keras has nothing like it
	Torch string // PyTorch; empty where it has nothing like it
}

// Compare prints what is different in the program of after, line by line; a remark at the end of a line tells what stood
// in its place. Of a training of PyTorch's, whose program somebody has, Torch are lines for that program, each under a comment that
// says where they belong. Of long differences the first lines are printed.
func Compare(before, after Training) Difference {
	d := Difference{Go: difference(before.goLines(), after.goLines(), " // ")}
	python := func(lines func(Training) ([]string, error)) string {
		b, err := lines(before)
		if err != nil {
			return ""
		}
		a, err := lines(after)
		if err != nil {
			return ""
		}
		return difference(b, a, "  # ")
	}
	if d.Keras = python(Training.kerasLines); before.OfTorch() {
		d.Torch = torchEdits(before, after)
	} else {
		d.Torch = python(Training.torchLines)
	}
	return d
}

// mostLines is how many lines a difference has at most.
const mostLines = 40

// difference is what b has and a hasn't, in the order of b.
func difference(a, b []string, comment string) string {
	var lines []string
	for _, h := range hunks(a, b) {
		gone, come := trimmed(h.gone), trimmed(h.come)
		for i, line := range come {
			if len(gone) == len(come) {
				line += comment + "instead of " + strings.TrimPrefix(strings.TrimSpace(gone[i]), setting(strings.TrimSpace(line)))
			}
			lines = append(lines, line)
		}
		if len(come) == 0 {
			for _, line := range gone {
				lines = append(lines, strings.TrimSpace(comment)+" without "+strings.TrimSpace(line))
			}
		}
	}
	lines = counted(lines, comment)
	if len(lines) > mostLines {
		lines = append(lines[:mostLines-1], fmt.Sprintf("%s … and %d more lines", strings.TrimSpace(comment), len(lines)-mostLines+1))
	}
	return strings.Join(lines, "\n")
}

// counted has lines that follow each other and are alike once, with how many there are.
func counted(lines []string, comment string) []string {
	var out []string
	for i := 0; i < len(lines); {
		n := 1
		for i+n < len(lines) && lines[i+n] == lines[i] {
			n++
		}
		line := lines[i]
		if n > 1 {
			if !strings.Contains(line, strings.TrimSpace(comment)+" ") {
				line += strings.TrimRight(comment, " ")
			}
			line += fmt.Sprintf(" (%d times)", n)
		}
		out = append(out, line)
		i += n
	}
	return out
}

// setting is what stands in front of a value: "epochs=" or "Epochs: ".
func setting(line string) string {
	end := strings.IndexFunc(line, func(r rune) bool { return r != '_' && !unicode.IsLetter(r) })
	if end < 0 {
		return ""
	}
	for _, separator := range []string{": ", "=", " = "} {
		if strings.HasPrefix(line[end:], separator) {
			return line[:end+len(separator)]
		}
	}
	return ""
}

// trimmed are the lines that aren't empty, without the indent that all have, nor the comma of an argument alone.
func trimmed(lines []string) []string {
	const blank = "\t "
	var out []string
	shared := -1
	for _, line := range lines {
		if bare := strings.TrimLeft(line, blank); bare != "" {
			out = append(out, strings.TrimRight(line, ","))
			if indent := len(line) - len(bare); shared < 0 || indent < shared {
				shared = indent
			}
		}
	}
	for i, line := range out {
		out[i] = line[shared:]
	}
	return out
}

// hunk is a place where lines have gone and others have come.
type hunk struct{ gone, come []string }

// hunks is the smallest difference of two texts, by their longest common subsequence.
func hunks(a, b []string) []hunk {
	// The table below grows with the product of what is left of the two.
	for len(a) > 0 && len(b) > 0 && a[0] == b[0] {
		a, b = a[1:], b[1:]
	}
	for len(a) > 0 && len(b) > 0 && a[len(a)-1] == b[len(b)-1] {
		a, b = a[:len(a)-1], b[:len(b)-1]
	}
	common := make([][]int, len(a)+1) // of a[i:] and b[j:]
	for i := range common {
		common[i] = make([]int, len(b)+1)
	}
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			if a[i] == b[j] {
				common[i][j] = common[i+1][j+1] + 1
			} else {
				common[i][j] = max(common[i+1][j], common[i][j+1])
			}
		}
	}
	same := func(i, j int) bool { return i < len(a) && j < len(b) && a[i] == b[j] }
	var all []hunk
	for i, j := 0, 0; ; i, j = i+1, j+1 {
		var h hunk
		for (i < len(a) || j < len(b)) && !same(i, j) {
			if j == len(b) || i < len(a) && common[i+1][j] >= common[i][j+1] {
				h.gone, i = append(h.gone, a[i]), i+1
			} else {
				h.come, j = append(h.come, b[j]), j+1
			}
		}
		if h.gone != nil || h.come != nil {
			all = append(all, h)
		}
		if i == len(a) && j == len(b) {
			return all
		}
	}
}
