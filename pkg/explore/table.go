package explore

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
	"text/tabwriter"
)

// Table is what a [Search] found, best first. It holds numbers and words alone, so that it can be stored.
type Table struct {
	Monitor string // what the scores are: "loss", "val_loss" or a metric
	Highest bool   // high scores are the good ones
	Axes    []string
	Rows    []Row
}

// Row is one point with its trials, one for each seed.
type Row struct {
	Point    int // index among the points that were searched
	Settings []Setting
	Score    float64 // median over the seeds, where one that diverged or failed is the worst; NaN: half of them or more
	Low      float64 // the lowest finite score of a seed; NaN: none is
	High     float64 // the highest finite score of a seed; NaN: none is
	Diverged int     // seeds that diverged
	Failed   int     // seeds that could not be trained; see Trial.Err
	Trials   []Trial
}

// TableOf is the table of trials as they come: of a search that still goes on, for one. Seeds of a point stand in the order of their numbers.
func TableOf(trials []Trial, monitor string, highest bool) Table {
	trials = slices.SortedFunc(slices.Values(trials), func(a, b Trial) int {
		return cmp.Or(cmp.Compare(a.Point, b.Point), cmp.Compare(a.Seed, b.Seed))
	})
	return newTable(trials, monitor, highest)
}

func newTable(trials []Trial, monitor string, highest bool) Table {
	t := Table{Monitor: monitor, Highest: highest}
	for one := range groups(trials) {
		t.Rows = append(t.Rows, newRow(one, highest))
	}
	if len(t.Rows) > 0 {
		for _, s := range t.Rows[0].Settings {
			t.Axes = append(t.Axes, s.Axis)
		}
	}
	slices.SortStableFunc(t.Rows, func(a, b Row) int {
		return cmp.Compare(rank(a.Score, highest), rank(b.Score, highest))
	})
	return t
}

// groups yields the trials of each point, which stand beside one another.
func groups(trials []Trial) func(yield func([]Trial) bool) {
	return func(yield func([]Trial) bool) {
		for len(trials) > 0 {
			n := 1
			for n < len(trials) && trials[n].Point == trials[0].Point {
				n++
			}
			if !yield(trials[:n:n]) {
				return
			}
			trials = trials[n:]
		}
	}
}

func newRow(trials []Trial, highest bool) Row {
	r := Row{Point: trials[0].Point, Settings: trials[0].Settings, Low: math.NaN(), High: math.NaN(), Trials: trials}
	ranks := make([]float64, len(trials))
	for i, t := range trials {
		ranks[i] = math.Inf(1)
		switch {
		case t.Err != "":
			r.Failed++
		case t.Diverged():
			r.Diverged++
		default:
			ranks[i] = rank(t.Score, highest)
			r.Low, r.High = least(r.Low, t.Score), -least(-r.High, -t.Score)
		}
	}
	r.Score = rank(median(ranks), highest)
	if !finite(r.Score) {
		r.Score = math.NaN()
	}
	return r
}

// rank makes the best score the lowest number, and one that isn't finite the highest.
func rank(score float64, highest bool) float64 {
	switch {
	case !finite(score):
		return math.Inf(1)
	case highest:
		return -score
	}
	return score
}

// least is the lower one, or the one that is no NaN.
func least(a, b float64) float64 {
	if math.IsNaN(a) || b < a {
		return b
	}
	return a
}

// median of values, at least one; the mean of the two in the middle where their number is even.
func median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	n := len(sorted)
	return (sorted[(n-1)/2] + sorted[n/2]) / 2
}

// Best is the first row; false when no row has a score.
func (t Table) Best() (Row, bool) {
	if len(t.Rows) == 0 || !finite(t.Rows[0].Score) {
		return Row{}, false
	}
	return t.Rows[0], true
}

// Label is the row's value of an axis; empty where there is no such axis.
func (r Row) Label(axis string) string {
	for _, s := range r.Settings {
		if s.Axis == axis {
			return s.Label
		}
	}
	return ""
}

// Columns names the columns of [Table.Cells].
func (t Table) Columns() []string {
	return append(slices.Clone(t.Axes), "median "+t.Monitor, "lowest", "highest", "seeds", "remark")
}

// Cells are the rows as words and numbers, for a notebook's table.
func (t Table) Cells() [][]any {
	cells := make([][]any, len(t.Rows))
	for i, r := range t.Rows {
		for _, s := range r.Settings {
			cells[i] = append(cells[i], s.Label)
		}
		cells[i] = append(cells[i], r.Score, r.Low, r.High, len(r.Trials), r.remark())
	}
	return cells
}

func (r Row) remark() string {
	var parts []string
	if r.Diverged > 0 {
		parts = append(parts, fmt.Sprintf("%d diverged", r.Diverged))
	}
	if r.Failed > 0 {
		i := slices.IndexFunc(r.Trials, func(t Trial) bool { return t.Err != "" })
		parts = append(parts, fmt.Sprintf("%d failed: %s", r.Failed, r.Trials[i].Err))
	}
	return strings.Join(parts, ", ")
}

// String is the table as text.
func (t Table) String() string {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, strings.Join(t.Columns(), "\t"))
	for _, row := range t.Cells() {
		words := make([]string, len(row))
		for i, cell := range row {
			words[i] = fmt.Sprint(cell)
			if v, ok := cell.(float64); ok {
				words[i] = fmt.Sprintf("%.4g", v)
			}
		}
		fmt.Fprintln(w, strings.Join(words, "\t"))
	}
	_ = w.Flush() // a strings.Builder takes everything
	return b.String()
}
