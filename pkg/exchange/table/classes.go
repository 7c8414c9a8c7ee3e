package table

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"example.com/unstuck/pkg/dataset"
)

// encoded is a target column as the loss takes it, and what was assumed for it; empty: nothing. rows are those that have a value.
func (c *column) encoded(out Output, rows []int) (a dataset.Array, names []string, how string) {
	classes, values := c.classes()
	wide := out.Units > 1 && out.Coding != ClassNumbers && classes != nil
	if wide && c.codes == nil && c.kind != isBoolean { // numbers as they are, unless each stands for a unit
		wide = len(classes) == out.Units && (out.Coding == OneHot || out.Coding == ZeroOne)
	}
	if wide && len(classes) <= out.Units {
		a = dataset.Array{Shape: []int{len(rows), out.Units}, Values: make([]float32, len(rows)*out.Units)}
		for i, row := range rows {
			a.Values[i*out.Units+int(values[row])] = 1
		}
		for i := range out.Units {
			name := c.name
			if i < len(classes) {
				name += "=" + short(classes[i])
			}
			names = append(names, name)
		}
		return a, names, "one-hot: " + numberedLevels(classes)
	}
	a = dataset.Array{Shape: []int{len(rows), 1}, Values: make([]float32, len(rows))}
	if c.codes == nil || c.kind == isOrdered {
		values = c.values
	}
	for i, row := range rows {
		a.Values[i] = float32(values[row])
	}
	switch {
	case c.codes != nil:
		how = "as class numbers: " + numberedLevels(c.levels)
	case c.kind == isBoolean, c.kind == isDate:
		how = c.becomes(oneNumber)
	}
	return a, []string{c.name}, how
}

// classes are a column's classes in order, and the place of each row's among them; nil where it has too many, or fractions.
func (c *column) classes() ([]string, []float64) {
	if c.codes != nil {
		places := make([]float64, len(c.codes))
		for row, code := range c.codes {
			places[row] = float64(code)
		}
		return c.levels, places
	}
	n, whole, _, _ := c.distinct()
	if c.values == nil || !whole || n > mostClasses || c.kind == isDate {
		return nil, nil
	}
	var seen []float64
	for _, v := range c.values {
		if v == v && !math.IsInf(v, 0) {
			seen = append(seen, v)
		}
	}
	slices.Sort(seen)
	seen = slices.Compact(seen)
	names := make([]string, len(seen))
	for i, v := range seen {
		if names[i] = fmt.Sprint(v); c.kind == isBoolean && v < 2 {
			names[i] = c.levels[int(v)]
		}
	}
	places := make([]float64, len(c.values))
	for row, v := range c.values {
		at, _ := slices.BinarySearch(seen, v)
		places[row] = float64(min(at, len(seen)-1))
	}
	return names, places
}

// numberedLevels are the first classes with their numbers.
func numberedLevels(levels []string) string {
	const most = 6
	var all []string
	for i, level := range levels {
		if i == most {
			all = append(all, fmt.Sprintf("… %q %d", short(levels[len(levels)-1]), len(levels)-1))
			break
		}
		all = append(all, fmt.Sprintf("%q %d", short(level), i))
	}
	return strings.Join(all, ", ")
}

// Classes are class names, of each row the place of its own, as the loss of an output takes them; with a name for each column, and what
// became of them in words.
func Classes(name string, classes []string, of []int32, out Output) (dataset.Array, []string, string) {
	c := column{name: name, kind: isClasses, levels: classes, codes: of}
	rows := make([]int, len(of))
	for i := range rows {
		rows[i] = i
	}
	return c.encoded(out, rows)
}
