package saved

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"example.com/unstuck/internal/excerpt"
	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/exchange/table"
	"example.com/unstuck/pkg/training"
)

// labels makes numbers of targets that are strings, as the losses take them. What the first array of a name's place became holds of
// those read later, of rows to validate on.
type labels struct {
	outputs []table.Output
	classes [][]string // for each output; nil: none was read, or its strings are digits
	told    []string   // for each output what became of its strings; "": it has none
}

func labelsOf(c training.Training) *labels {
	outputs := need(c).Outputs
	return &labels{outputs, make([][]string, len(outputs)), make([]string, len(outputs))}
}

// sources are arrays of targets by the order of the model's outputs.
func (l *labels) sources(names ...string) []dataset.Source {
	all := dataset.Sources(names...)
	for i := range all {
		if i < len(l.outputs) {
			all[i].Labels = func(t dataset.Texts) (dataset.Array, error) { return l.numbers(i, names[i], t) }
		}
	}
	return all
}

// numbers are the digits of strings that have nothing else, and else the places of the strings among the classes, sorted as
// numpy.unique sorts them; one-hot where the loss takes targets so.
func (l *labels) numbers(i int, name string, t dataset.Texts) (dataset.Array, error) {
	a := dataset.Array{Shape: t.Shape, Values: make([]float32, len(t.Values))}
	if l.classes[i] == nil && digits(t.Values, a.Values) {
		l.told[i] = fmt.Sprintf("%q as the numbers that its strings spell", name)
		return a, nil
	}
	out, first := l.outputs[i], l.classes[i] == nil
	if first {
		l.classes[i] = slices.Compact(slices.Sorted(slices.Values(t.Values)))
	}
	classes := l.classes[i]
	wide := out.Units > 1 && (out.Coding == table.OneHot || out.Coding == table.ZeroOne) && t.RowSize() == 1 && len(classes) <= out.Units
	if !wide && out.Coding != table.ClassNumbers && !(out.Coding == table.ZeroOne && len(classes) == 2) {
		return a, fmt.Errorf("it holds %w (%s), and nothing says which number each stands for. In Python, before numpy.savez:\n"+
			"    classes, %[3]s = numpy.unique(%[3]s, return_inverse=True)  # 0 is classes[0]; for a sparse categorical cross-entropy\n"+
			"    %[3]s = numpy.eye(len(classes))[%[3]s]  # one-hot, for a categorical cross-entropy", dataset.ErrStrings, few(classes), name)
	}
	for row, label := range t.Values {
		at, known := slices.BinarySearch(classes, label)
		if !known {
			return a, fmt.Errorf("the label %q of row %d isn't among those that are trained on: %s", excerpt.Of(label, 40), row/t.RowSize()+1, few(classes))
		}
		a.Values[row] = float32(at)
	}
	how := "as class numbers"
	if wide {
		a, how = oneHot(a.Values, out.Units), "one-hot"
	}
	if first {
		l.told[i] = fmt.Sprintf("%q %s: %s", name, how, numbered(classes))
	}
	return a, nil
}

// note adds what became of strings to what was assumed.
func (l *labels) note(c *training.Training) {
	for _, told := range l.told {
		if told != "" {
			c.Assumed = append(c.Assumed, training.Assumption{Setting: "labels", Value: told, Why: "they are strings", Flag: "numbers in the file are taken as they are", OfData: true})
		}
	}
}

// digits reports whether all the strings are numbers, and puts them into values.
func digits(texts []string, values []float32) bool {
	for i, text := range texts {
		v, err := strconv.ParseFloat(strings.TrimSpace(text), 32)
		if err != nil {
			return false
		}
		values[i] = float32(v)
	}
	return true
}

func oneHot(classes []float32, units int) dataset.Array {
	a := dataset.Array{Shape: []int{len(classes), units}, Values: make([]float32, len(classes)*units)}
	for row, class := range classes {
		a.Values[row*units+int(class)] = 1
	}
	return a
}

// numbered are classes with their numbers, "0 bird, 1 cat, 2 dog".
func numbered(classes []string) string {
	var all []string
	for i, c := range classes[:min(len(classes), mostTold)] {
		all = append(all, fmt.Sprintf("%d %s", i, excerpt.Of(c, 40)))
	}
	return andMore(all, len(classes))
}

func few(classes []string) string {
	var all []string
	for _, c := range classes[:min(len(classes), mostTold)] {
		all = append(all, strconv.Quote(excerpt.Of(c, 40)))
	}
	return andMore(all, len(classes))
}

const mostTold = 10

func andMore(told []string, of int) string {
	if of > len(told) {
		told = append(told, fmt.Sprintf("… (%d in all)", of))
	}
	return strings.Join(told, ", ")
}
