package table

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"example.com/unstuck/pkg/training"
)

// The names that target columns have, in small letters: those that say so, and those of what is usually predicted.
var (
	targetNames   = []string{"target", "targets", "label", "labels", "y", "class", "classes", "output", "outcome", "response", "ground_truth", "y_true", "is_target"}
	predictedOnes = []string{"species", "price", "saleprice", "sale_price", "medv", "median_house_value", "medhouseval", "quality", "diagnosis", "survived", "churn", "exited", "digit", "variety", "category", "sentiment", "spam",
		"default", "fraud", "is_fraud", "income", "salary", "charges", "sales", "revenue", "demand", "mpg", "score", "grade", "rating", "type", "result", "status", "progression", "disease_progression", "malignant", "risk", "value"}
)

// Points by which the target is found among the columns.
const (
	saysTarget    = 40
	saysPredicted = 20
	isLast        = 18
	isFirst       = 5
	fitsExactly   = 15
	fits          = 7
	fitsNot       = -20
	isHopeless    = -60
	missingTarget = 40 // less by the share of rows without a value
)

// namePoints are those of a column's name.
func namePoints(name string) int {
	name = strings.NewReplacer(" ", "_", "-", "_").Replace(strings.ToLower(strings.TrimSpace(name)))
	switch {
	case slices.Contains(targetNames, name), strings.HasPrefix(name, "class_"), strings.HasPrefix(name, "label_"), strings.HasPrefix(name, "target"), strings.HasSuffix(name, "_target"), strings.HasSuffix(name, "_label"), strings.HasSuffix(name, "_class"):
		return saysTarget
	case slices.Contains(predictedOnes, name):
		return saysPredicted
	}
	return 0
}

// fitPoints are those of what a column holds, beside what the output gives.
func (c *column) fitPoints(out Output) int {
	switch c.kind {
	case isRowID, isText, isNothing, isConstant, isMixed:
		return isHopeless
	case isDate:
		return 2 * fitsNot
	}
	distinct, whole, low, high := c.distinct()
	texts := c.codes != nil || c.kind == isBoolean
	classes := out.Units
	switch out.Coding {
	case ClassNumbers, OneHot:
		switch {
		case !texts && !whole || distinct < 2:
			return fitsNot
		case classes == 0:
			return fits
		case distinct == classes && (texts || low == 0 || low == 1):
			return fitsExactly
		case distinct < classes && (texts || low >= 0 && high < float64(classes)):
			return fits
		}
		return fitsNot
	case ZeroOne:
		switch {
		case distinct == 2 && (texts || low == 0 && high == 1):
			return fitsExactly
		case distinct == 2:
			return fits
		}
		return fitsNot
	}
	switch {
	case texts && classes > 1 && distinct == classes:
		return fitsExactly
	case texts:
		return fitsNot
	}
	return fits
}

// distinct counts a column's different values, up to mostClasses, and bounds them.
func (c *column) distinct() (n int, whole bool, low, high float64) {
	if c.codes != nil {
		return len(c.levels), true, 0, float64(len(c.levels) - 1)
	}
	seen := map[float64]bool{}
	low, high, whole = math.Inf(1), math.Inf(-1), true
	for _, v := range c.values {
		if v != v {
			continue
		}
		whole = whole && v == math.Trunc(v)
		low, high = min(low, v), max(high, v)
		if len(seen) <= mostClasses {
			seen[v] = true
		}
	}
	return len(seen), whole, low, high
}

// choice of targets: their columns, and what was assumed for them; nil where they were given.
type targets struct {
	columns []int
	assumed *training.Assumption
}

// targets finds the target columns of all outputs, in their order; taken are columns that inputs ask for.
func (t *Table) targets(columns []column, need Need, o Options, taken []int) (targets, error) {
	if len(o.Targets) > 0 {
		at, err := t.findAll(o.Targets)
		if err == nil && len(at) == 0 {
			err = fmt.Errorf("--target names no column")
		}
		return targets{columns: at}, err
	}
	outputs := need.outputs()
	if len(outputs) > 1 {
		return t.severalTargets(outputs, taken)
	}
	out := outputs[0]
	if out.Units > 1 && out.Coding != ClassNumbers {
		if at := t.wideTarget(columns, out, taken); at != nil {
			why := fmt.Sprintf("the model gives %d numbers, and the columns are called alike or hold numbers at the table's end", out.Units)
			if out.Coding == OneHot {
				why = "in each row one of them is 1 and the others are 0"
			}
			return targets{at, &training.Assumption{Setting: "targets", Value: fmt.Sprintf("columns %s", listed(t.namesOf(at))), Why: why, Flag: "--target names others"}}, nil
		}
	}
	return t.oneTarget(columns, out, taken)
}

// oneTarget finds the column that the points speak for most.
func (t *Table) oneTarget(columns []column, out Output, taken []int) (targets, error) {
	best, most, second := -1, math.MinInt, math.MinInt
	var next int
	for at := range columns {
		if slices.Contains(taken, at) {
			continue
		}
		points := columns[at].fitPoints(out) - missingTarget*columns[at].missing/max(1, t.Rows())
		if t.named {
			points += namePoints(t.Names[at])
		}
		switch at {
		case len(columns) - 1:
			points += isLast
		case 0:
			points += isFirst
		}
		switch {
		case points > most:
			best, most, second, next = at, points, most, best
		case points > second:
			second, next = points, at
		}
	}
	if best < 0 {
		return targets{}, fmt.Errorf("no column is left for a target: the inputs take %s; name it with --target", t.list())
	}
	var why []string
	if t.named && namePoints(t.Names[best]) > 0 {
		why = append(why, "its name says so")
	}
	if best == len(columns)-1 {
		why = append(why, "it is the last column")
	}
	if columns[best].fitPoints(out) == fitsExactly {
		why = append(why, "it holds as many classes as the model tells apart")
	}
	if len(why) == 0 {
		why = append(why, "it fits the model's output best")
	}
	flag := "--target names another"
	if next >= 0 && next < len(t.Names) && most-second < fits {
		flag = fmt.Sprintf("%q may be meant as well; --target names another", short(t.Names[next]))
	}
	return targets{[]int{best}, &training.Assumption{Setting: "target", Value: t.called(best), Why: strings.Join(why, ", and "), Flag: flag}}, nil
}

// called is a column as an assumption names it.
func (t *Table) called(at int) string {
	if !t.named && strings.HasPrefix(t.Names[at], "column ") {
		return fmt.Sprintf("%s of %d", t.Names[at], len(t.Names))
	}
	return fmt.Sprintf("column %d %q", at+1, short(t.Names[at]))
}

func (t *Table) namesOf(columns []int) []string {
	var names []string
	for _, at := range columns {
		names = append(names, t.Names[at])
	}
	return names
}

// severalTargets are the columns that are called as the outputs, or else the last ones.
func (t *Table) severalTargets(outputs []Output, taken []int) (targets, error) {
	var at []int
	for _, out := range outputs {
		if found, err := t.find(out.Name); err == nil && !slices.Contains(taken, found) {
			at = append(at, found)
		}
	}
	if len(at) == len(outputs) {
		return targets{columns: at}, nil
	}
	if len(t.Names) <= len(outputs) {
		return targets{}, fmt.Errorf("the model gives %d outputs, and the table has %d columns: name the targets with --target", len(outputs), len(t.Names))
	}
	at = nil
	for i := len(t.Names) - len(outputs); i < len(t.Names); i++ {
		at = append(at, i)
	}
	return targets{at, &training.Assumption{Setting: "targets", Value: fmt.Sprintf("columns %s", listed(t.namesOf(at))), Why: fmt.Sprintf("the model gives %d outputs, and these are the last columns", len(outputs)), Flag: "--target names others"}}, nil
}

// wideTarget are the columns of a target of several numbers: those that are called alike as targets are, or the last ones; of one-hot
// classes those with one 1 in each row. nil: there are none.
func (t *Table) wideTarget(columns []column, out Output, taken []int) []int {
	if len(columns) <= out.Units {
		return nil
	}
	var called []int
	for at := range columns {
		if t.named && namePoints(t.Names[at]) == saysTarget && columns[at].kind == isNumber {
			called = append(called, at)
		}
	}
	last := make([]int, out.Units)
	for i := range last {
		last[i] = len(columns) - out.Units + i
	}
	for _, at := range [][]int{called, last} {
		if len(at) == out.Units && !slices.ContainsFunc(at, func(i int) bool { return slices.Contains(taken, i) }) && t.wide(columns, at, out) {
			return at
		}
	}
	return nil
}

func (t *Table) wide(columns []column, at []int, out Output) bool {
	for row := range t.Rows() {
		ones, zeros := 0, 0
		for _, i := range at {
			if columns[i].values == nil || columns[i].kind != isNumber && columns[i].kind != isConstant && columns[i].kind != isBoolean {
				return false
			}
			switch columns[i].values[row] {
			case 0:
				zeros++
			case 1:
				ones++
			}
		}
		if out.Coding == ZeroOne && ones+zeros != len(at) || out.Coding == OneHot && (ones != 1 || zeros != len(at)-1) {
			return false
		}
	}
	return true
}
