package explore

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
)

// Grid is a table spread over two axes.
type Grid struct {
	XName, YName string
	X, Y         []string
	Score        [][]float64 // [y][x]; NaN: diverged, failed or not tried
	Tried        [][]bool    // [y][x]
}

// Grid spreads the table over two of its axes, labels in the order of the searched points. Where other axes
// vary too, a cell has the best row's score.
func (t Table) Grid(x, y string) (Grid, error) {
	for _, name := range []string{x, y} {
		if !slices.Contains(t.Axes, name) {
			return Grid{}, fmt.Errorf("explore: the table has no axis %q; it has %s", name, strings.Join(t.Axes, ", "))
		}
	}
	g := Grid{XName: x, YName: y}
	rows := slices.SortedFunc(slices.Values(t.Rows), func(a, b Row) int { return cmp.Compare(a.Point, b.Point) })
	for _, r := range rows {
		g.X, g.Y = addNew(g.X, r.Label(x)), addNew(g.Y, r.Label(y))
	}
	for range g.Y {
		g.Score = append(g.Score, slices.Repeat([]float64{math.NaN()}, len(g.X)))
		g.Tried = append(g.Tried, make([]bool, len(g.X)))
	}
	for _, r := range rows {
		i, j := slices.Index(g.Y, r.Label(y)), slices.Index(g.X, r.Label(x))
		cell := &g.Score[i][j]
		g.Tried[i][j] = true
		if rank(r.Score, t.Highest) < rank(*cell, t.Highest) {
			*cell = r.Score
		}
	}
	return g, nil
}

func addNew(all []string, s string) []string {
	if slices.Contains(all, s) {
		return all
	}
	return append(all, s)
}
