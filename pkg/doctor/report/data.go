package report

import (
	"fmt"
	"math"
	"strings"

	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/doctor"
	"example.com/unstuck/pkg/notebook"
)

// mostColumns is how many features are listed one by one; of more, such as the points of a picture, all together are told.
const mostColumns = 24

// Data is what the training has to learn from: each feature and target with its range, and the classes of targets that are such.
// Without data it has no rows.
func Data(r *doctor.Report) notebook.Table {
	d := r.Training.Data
	t := notebook.Table{Title: "Data", Columns: []string{"part of the data", "shape of a row", "range", ""}}
	if len(d.X.Shape) == 0 || d.Rows() == 0 {
		return t
	}
	inputs, outputs := d.Inputs(), d.Outputs()
	for i, x := range inputs {
		t.Rows = append(t.Rows, columns(x, "feature", numbered("input", i, len(inputs)), firstNames(d.Features, i))...)
	}
	for i, y := range outputs {
		rows := columns(y, "target", numbered("targets", i, len(outputs)), firstNames(d.Targets, i))
		if classes := classesOf(r, i); classes != "" && len(rows) > 0 {
			rows[0][3] = classes
		}
		t.Rows = append(t.Rows, rows...)
	}
	return t
}

// Rows says how many rows there are, and which of them are held out.
func Rows(r *doctor.Report) string {
	d := r.Training.Data
	if len(d.X.Shape) == 0 || d.Rows() == 0 {
		return ""
	}
	text := fmt.Sprintf("%s to train on", counted(r.Training.TrainRows(), "row"))
	if held := d.Rows() - r.Training.TrainRows() + r.Training.Validation.Rows(); r.Training.Validated() && held > 0 {
		text += fmt.Sprintf(", %d held out to validate", held)
	}
	if r.Look.NonFiniteRows > 0 {
		text += fmt.Sprintf("; %d of all with a value that isn't finite", r.Look.NonFiniteRows)
	}
	return text + "."
}

// firstNames are the names of the entries of the first array; those of others aren't known.
func firstNames(names []string, at int) []string {
	if at > 0 {
		return nil
	}
	return names
}

func numbered(name string, at, of int) string {
	if of == 1 {
		return name
	}
	return fmt.Sprintf("%s %d", name, at+1)
}

// columns are the rows of the table for an array: one for each entry of its last axis where these are few and the rows are flat.
func columns(a dataset.Array, one, all string, names []string) [][]any {
	shape := fmt.Sprint(a.Shape[1:])
	width := a.RowSize()
	if len(a.Shape) > 2 || width > mostColumns || width == 0 {
		return [][]any{{all, shape, rangeOf(a, 0, 1), ""}}
	}
	var rows [][]any
	for j := range width {
		name := fmt.Sprintf("%s %d", one, j+1)
		if width == 1 && (len(names) == 0 || names[0] == "") {
			name = one
		}
		if j < len(names) && names[j] != "" {
			name = one + " " + names[j]
		}
		rows = append(rows, []any{name, "", rangeOf(a, j, width), ""})
	}
	return rows
}

// rangeOf is that of every step-th value from one on, those that are finite.
func rangeOf(a dataset.Array, from, step int) string {
	low, high := math.Inf(1), math.Inf(-1)
	for i := from; i < len(a.Values); i += step {
		if v := float64(a.Values[i]); !math.IsNaN(v) && !math.IsInf(v, 0) {
			low, high = min(low, v), max(high, v)
		}
	}
	switch {
	case low > high:
		return "no number in it"
	case low == high:
		return fmt.Sprintf("always %s", number(low))
	}
	return fmt.Sprintf("%s to %s", number(low), number(high))
}

// classesOf are the classes of an output's targets, with how many rows each has; empty: they are none.
func classesOf(r *doctor.Report, at int) string {
	looks := append([]doctor.TargetLook{r.Look.TargetLook}, r.Look.More...)
	if at >= len(looks) || len(looks[at].Classes) == 0 {
		return ""
	}
	classes := looks[at].Classes
	var parts []string
	for class, rows := range classes[:min(len(classes), mostColumns)] {
		parts = append(parts, fmt.Sprintf("%d: %d", class, rows))
	}
	if more := len(classes) - mostColumns; more > 0 {
		parts = append(parts, fmt.Sprintf("and %d more", more))
	}
	return "rows of class " + strings.Join(parts, ", ")
}
