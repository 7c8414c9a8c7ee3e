package figure

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Confusion shows which class is taken for which: a row for each true class, a column for each predicted one, in each cell
// how many rows of data there are of it and their share of the true class, which is the colour, too. What is right lies on the diagonal.
//
// A class without any row of data has an empty row that says so. Of more than 12 classes, whose cells are too narrow for counts,
// cells have the share alone, in percent, and are empty for 0; long names are shortened. Of more than 20 classes the 19 with the most
// mistakes are shown, and all others together as "other"; a note says how many those are, and how many mistakes between them its cell
// hides.
type Confusion struct {
	Title    string   // default: "Confusion matrix"
	Subtitle string   // default: the share of rows that are right
	Classes  []string // of Counts; missing and empty names are the classes' numbers, from 0
	Counts   [][]int  // [true class][predicted class], square, none negative
	Unread   int      // rows in no cell, because their prediction is no number
}

// mostClasses is how many rows and columns can be read at [DefaultWidth].
const mostClasses = 20

// Size implements [Sizer]: it grows with the number of classes.
func (m Confusion) Size() (width, height vg.Length) {
	shown, err := m.shown()
	if err != nil || len(shown.counts) == 0 {
		return DefaultWidth, DefaultHeight
	}
	n := vg.Length(len(shown.counts))
	height = 1.75*vg.Inch + n*max(20, min(38, 300/n))
	if shown.note != "" {
		height += 24
	}
	return DefaultWidth, min(maxHeight, height)
}

// Draw implements [Figure]. It is an error when Counts isn't square, or has a negative number.
func (m Confusion) Draw(c draw.Canvas) error {
	f, err := m.frame()
	if err != nil {
		return err
	}
	return f.draw(c)
}

func (m Confusion) frame() (frame, error) {
	f := frame{title: or(m.Title, "Confusion matrix"), noGrid: true, readNote: true, x: axis{label: "Predicted class", bare: true}, y: axis{label: "True class"}}
	shown, err := m.shown()
	if err != nil {
		return f, err
	}
	if shown.rows == 0 {
		f.subtitle, f.empty = m.Subtitle, "no row was classified"
		return f, nil
	}
	f.subtitle = or(m.Subtitle, fmt.Sprintf("%s right of %s", percent(shown.right, shown.rows), plural(shown.rows, "row")))
	n := float64(len(shown.counts))
	f.x.lo, f.x.hi, f.y.lo, f.y.hi = -0.5, n-0.5, -0.5, n-0.5
	names := shown.names
	if len(names) > 12 {
		names = make([]string, len(shown.names))
		for i, name := range shown.names {
			names[i] = fitInside(name, textStyle(bodySize, softInk), 74)
		}
	}
	f.x.ticker = func(int) plot.Ticker { return nameTicks(names, false) }
	f.y.ticker = func(int) plot.Ticker { return nameTicks(names, true) }
	shown.shares = len(names) > 12
	f.marks = []plot.Plotter{confusionCells(shown)}
	f.note = "Colour: share of the true class's rows. "
	if shown.shares {
		f.note = "Colour and number: share of the true class's rows, in percent. "
	}
	f.note = strings.TrimSpace(f.note + shown.note)
	return f, nil
}

// confused is a confusion matrix as it is shown.
type confused struct {
	names       []string
	counts      [][]int
	totals      []int // of each true class
	rows, right int   // of the whole matrix
	note        string
	shares      bool // cells have shares alone
}

func (m Confusion) shown() (confused, error) {
	s := confused{counts: m.Counts}
	for i, row := range m.Counts {
		if len(row) != len(m.Counts) {
			return s, fmt.Errorf("figure: row %d of the confusion matrix has %s for %d classes: it must be square", i+1, plural(len(row), "count"), len(m.Counts))
		}
		s.names = append(s.names, m.name(i))
		for j, n := range row {
			if n < 0 {
				return s, fmt.Errorf("figure: the confusion matrix counts %d rows of class %s taken for %s: counts can't be negative", n, m.name(i), m.name(j))
			}
			s.rows += n
			if i == j {
				s.right += n
			}
		}
	}
	if len(m.Counts) > mostClasses {
		s.group()
	}
	for _, row := range s.counts {
		s.totals = append(s.totals, sum(row))
	}
	if empty := countOf(s.totals, 0); empty > 0 && s.rows > 0 {
		s.note += fmt.Sprintf("–: %s without a row. ", pluralOf(empty, "class", "classes"))
	}
	if m.Unread > 0 {
		s.note += fmt.Sprintf("%s no number and in no cell. ", pluralOf(m.Unread, "prediction is", "predictions are"))
	}
	return s, nil
}

// group keeps the classes with the most mistakes, in their order, and adds all others up.
func (s *confused) group() {
	n := len(s.counts)
	mistakes, order := make([]int, n), make([]int, n)
	for i, row := range s.counts {
		order[i] = i
		for j, count := range row {
			if i != j {
				mistakes[i] += count
				mistakes[j] += count
			}
		}
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(mistakes[b], mistakes[a]) })
	kept := slices.Sorted(slices.Values(order[:mostClasses-1]))
	to := slices.Repeat([]int{mostClasses - 1}, n)
	names := make([]string, mostClasses)
	for at, class := range kept {
		to[class], names[at] = at, s.names[class]
	}
	names[mostClasses-1] = fmt.Sprintf("other (%d)", n-len(kept))
	counts, hidden := make([][]int, mostClasses), 0
	for i := range counts {
		counts[i] = make([]int, mostClasses)
	}
	for i, row := range s.counts {
		for j, count := range row {
			counts[to[i]][to[j]] += count
			if i != j && to[i] == mostClasses-1 && to[j] == mostClasses-1 {
				hidden += count
			}
		}
	}
	s.names, s.counts = names, counts
	s.note = fmt.Sprintf("The %d classes with the fewest mistakes are put together as other, whose own cell holds %s between them. ", n-len(kept), pluralOf(hidden, "mistake", "mistakes"))
}

func (m Confusion) name(i int) string {
	if i < len(m.Classes) && m.Classes[i] != "" {
		return m.Classes[i]
	}
	return strconv.Itoa(i)
}

// Text implements [Figure]: the share that is right, and the three most frequent mistakes.
func (m Confusion) Text() string {
	lines := []string{or(m.Title, "Confusion matrix")}
	s, err := m.shown()
	switch {
	case err != nil:
		return lines[0] + "\n  " + err.Error()
	case s.rows == 0:
		return lines[0] + "\n  no row was classified"
	}
	lines = append(lines, fmt.Sprintf("  %s right of %s in %s", percent(s.right, s.rows), plural(s.rows, "row"), pluralOf(len(m.Counts), "class", "classes")))
	type mistake struct{ i, j int }
	var mistakes []mistake
	for i, row := range m.Counts {
		for j, n := range row {
			if i != j && n > 0 {
				mistakes = append(mistakes, mistake{i, j})
			}
		}
	}
	slices.SortStableFunc(mistakes, func(a, b mistake) int { return cmp.Compare(m.Counts[b.i][b.j], m.Counts[a.i][a.j]) })
	for _, one := range mistakes[:min(3, len(mistakes))] {
		n, of := m.Counts[one.i][one.j], sum(m.Counts[one.i])
		lines = append(lines, fmt.Sprintf("  %s taken for %s: %d of %d (%s)", m.name(one.i), m.name(one.j), n, of, percent(n, of)))
	}
	for _, note := range strings.SplitAfter(s.note, ". ") {
		if note != "" {
			lines = append(lines, "  "+strings.TrimSuffix(note, ". "))
		}
	}
	return strings.Join(lines, "\n")
}
