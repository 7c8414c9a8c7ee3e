package logs

import (
	"errors"
	"regexp"
	"strings"
)

// errCommas is the error of numbers whose commas may be decimal ones or part thousands.
var errCommas = errors.New("the commas in its numbers may be decimal points, part thousands (1,234) or part numbers: write decimal points and blanks between numbers, or give a table with a first line of names and semicolons between its columns")

var (
	cellEnds    = regexp.MustCompile(`[\s;|\[\]()]+`)
	oneComma    = regexp.MustCompile(`^[-+]?\d+,\d+(?:[eE][-+]?\d+)?%?$`)   // which may be a decimal one
	moreCommas  = regexp.MustCompile(`^[-+]?\d+(?:,\d+){2,}$`)              // numbers, decimal or whole, or thousands
	thousands   = regexp.MustCompile(`^[-+]?[1-9]\d{0,2},\d{3}$`)           // or a decimal comma
	pointBehind = regexp.MustCompile(`^[-+]?[1-9]\d{0,2}(?:,\d{3})+\.\d*$`) // thousands, and a decimal point
)

// leastCounts is how many lines must count up to be known for it: fewer do so by chance.
const leastCounts = 3

// pointed gives lines of numbers alone decimal points for decimal commas, and takes away commas that part thousands. All lines decide.
// Commas stand between numbers where there are decimal points beside them, or where whole numbers ahead of them count the lines. The
// error is [errCommas].
func pointed(lines []string) ([]string, error) {
	var cells, heads []string
	points, counts := false, true
	for _, line := range lines {
		if !strings.Contains(line, ",") {
			points = points || strings.Contains(line, ".")
			counts = counts && strings.TrimSpace(line) == ""
			continue
		}
		before := len(cells)
		for _, cell := range cellEnds.Split(line, -1) {
			if cell = strings.Trim(cell, ","); strings.Contains(cell, ",") {
				cells = append(cells, cell)
			} else {
				points = points || strings.Contains(cell, ".")
			}
		}
		head, _, _ := strings.Cut(strings.TrimSpace(line), ",")
		heads = append(heads, head)
		counts = counts && len(cells) == before+1
	}
	all := func(form *regexp.Regexp) bool {
		for _, cell := range cells {
			if !form.MatchString(cell) {
				return false
			}
		}
		return true
	}
	replaced := func(by string) []string {
		out := make([]string, len(lines))
		for i, line := range lines {
			out[i] = commas.ReplaceAllString(line, by)
		}
		return out
	}
	decimal, thousandsAndPoints := all(oneComma), all(pointBehind)
	switch {
	case len(cells) == 0, counts && (decimal || thousandsAndPoints) && countUp(heads):
		return lines, nil
	case thousandsAndPoints:
		return replaced("$1$2"), nil
	case points:
		return lines, nil
	case decimal && !all(thousands):
		return replaced("$1.$2"), nil
	case decimal, containsMatch(cells, moreCommas):
		return nil, errCommas
	}
	return lines, nil
}

func containsMatch(cells []string, form *regexp.Regexp) bool {
	for _, cell := range cells {
		if form.MatchString(cell) {
			return true
		}
	}
	return false
}

// countUp reports whether whole numbers rise from each to the next by as much.
func countUp(texts []string) bool {
	var values []float64
	for _, text := range texts {
		v, is := number(text)
		if !is {
			return false
		}
		values = append(values, v)
	}
	if len(values) < leastCounts {
		return false
	}
	for i := 1; i < len(values); i++ {
		if step := values[i] - values[i-1]; step <= 0 || step != values[1]-values[0] {
			return false
		}
	}
	return true
}
