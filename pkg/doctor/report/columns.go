package report

import (
	"slices"
	"strings"
)

// columnWidths are those of a table's columns within a total, none narrower than its longest word: a number that is broken is none. What
// is left goes to the columns that need least to be as wide as they come; nil: even the words don't fit.
func columnWidths(cells [][]string, total int) []int {
	if len(cells) == 0 {
		return nil
	}
	words, natural := make([]int, len(cells[0])), make([]int, len(cells[0]))
	for _, row := range cells {
		for i, cell := range row {
			natural[i] = max(natural[i], width(cell))
			for word := range strings.SplitSeq(cell, " ") {
				words[i] = max(words[i], width(word))
			}
		}
	}
	left := total
	var order []int
	for i, w := range words {
		left -= w
		order = append(order, i)
	}
	if left < 0 {
		return nil
	}
	slices.SortStableFunc(order, func(a, b int) int { return (natural[a] - words[a]) - (natural[b] - words[b]) })
	for _, i := range order {
		more := min(left, natural[i]-words[i])
		words[i], left = words[i]+more, left-more
	}
	return words
}
