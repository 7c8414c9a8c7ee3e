package table

import (
	"slices"
	"strconv"
	"strings"
)

// header tells whether the first row names the columns; names is nil where it doesn't. Words above a column of numbers are names, and
// numbers above one are data. Where all columns are texts, names are what no cell below repeats.
func header(rows []row, width int, given string, remark []string) (names []string, body []row) {
	first := rows[0].cells
	for len(first) > width && strings.TrimSpace(first[len(first)-1]) == "" {
		first = first[:len(first)-1]
	}
	named := given == "yes"
	if given == "" {
		named = len(first) == width && isHeader(first, rows[1:]) || counts(first)
	}
	switch {
	case named && len(first) > width: // names that no row has a cell for: the rows say where
		return first, rows[1:]
	case named:
		return append(slices.Clone(first), make([]string, width-len(first))...), rows[1:]
	case given == "" && remark != nil:
		return remark, rows
	}
	return nil, rows
}

func isHeader(first []string, below []row) bool {
	for_, against, texts, years := 0, 0, 0, 0
	seen := map[string]bool{}
	repeated := false
	for column, cell := range first {
		cell = strings.TrimSpace(cell)
		numbers, cells, again := 0, 0, false
		for _, r := range below {
			if column >= len(r.cells) {
				continue
			}
			value := strings.TrimSpace(r.cells[column])
			if isNone(value) {
				continue
			}
			cells++
			again = again || value == cell
			if looksNumeric(value) {
				numbers++
			}
		}
		mostly := cells > 0 && numbers*10 >= cells*9
		switch is := looksNumeric(cell); {
		case mostly && !is && !isNone(cell):
			for_++
		case mostly && is && isYear(cell):
			years++
		case mostly && is:
			against++
		case !is && cell != "":
			texts++
		}
		repeated = repeated || again && cell != "" || seen[cell] && cell != ""
		seen[cell] = true
	}
	switch {
	case for_ > 0:
		return for_ >= against || against == 0
	case against > 0:
		return false
	}
	return texts > 0 && !repeated && years != 1
}

// isYear reports whether a cell may be a year, as columns of values through the years are called.
func isYear(cell string) bool {
	n, err := strconv.Atoi(cell)
	return err == nil && n >= 1900 && n <= 2100
}

// counts reports whether a row is 0, 1, 2, … or 1, 2, 3, …, as pandas names columns without a name.
func counts(first []string) bool {
	from, err := strconv.Atoi(strings.TrimSpace(first[0]))
	if err != nil || from != 0 && from != 1 || len(first) < 3+3*from {
		return false
	}
	for i, cell := range first {
		if n, err := strconv.Atoi(strings.TrimSpace(cell)); err != nil || n != from+i {
			return false
		}
	}
	return true
}

// looksNumeric reports whether a cell is a number with a decimal point or comma, or a date, as far as one cell can tell.
func looksNumeric(cell string) bool {
	if _, _, ok := parseNumber(cell, '.'); ok {
		return true
	}
	if _, _, ok := parseNumber(cell, ','); ok {
		return true
	}
	return len(datesOf(cell)) > 0
}

// remarksAsNames are the names in a remark above the table, as numpy.savetxt writes them: as many as there are columns.
func remarksAsNames(remarks []string, delimiter rune, width int) []string {
	if len(remarks) == 0 || width < 2 {
		return nil
	}
	cells, _, err := newRecords([]byte(remarks[0]), delimiter, true).next()
	if err != nil || len(cells) != width {
		return nil
	}
	for _, cell := range cells {
		if looksNumeric(strings.TrimSpace(cell)) {
			return nil
		}
	}
	return slices.Clone(cells)
}
