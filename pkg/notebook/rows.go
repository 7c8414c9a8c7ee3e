package notebook

import (
	"fmt"
	"strconv"
	"strings"

	"example.com/unstuck/pkg/dataset"
)

// shownRows and shownValues are how much of an array a cell's last line shows: what one looks at to see whether it was read
// as it should have been.
const shownRows, shownValues = 5, 10

// rowsText is what is shown of a set of examples or an array: its shape, and its first rows. It is not ok of anything else,
// nor of an array whose values don't fill its shape.
func rowsText(v any) (text string, ok bool) {
	switch v := v.(type) {
	case *dataset.Data:
		if v != nil {
			return rowsText(*v)
		}
	case *dataset.Array:
		if v != nil {
			return rowsText(*v)
		}
	case dataset.Array:
		if v.Validate() == nil {
			return "shape " + fmt.Sprint(v.Shape) + firstRows(v), true
		}
	case dataset.Data:
		if v.ValidateShapes() == nil {
			return dataText(v), true
		}
	}
	return "", false
}

func dataText(d dataset.Data) string {
	parts := []string{fmt.Sprintf("%s rows", grouped(d.Rows()))}
	part := func(name string, a dataset.Array, columns []string) {
		head := name + " " + fmt.Sprint(a.Shape)
		if len(columns) > 0 {
			head += " " + shortened(columns, ", ")
		}
		parts = append(parts, head+firstRows(a))
	}
	part("X", d.X, d.Features)
	for i, a := range d.MoreX {
		part(fmt.Sprintf("MoreX[%d]", i), a, nil)
	}
	part("Y", d.Y, d.Targets)
	for i, a := range d.MoreY {
		part(fmt.Sprintf("MoreY[%d]", i), a, nil)
	}
	if len(d.SampleWeight) > 0 {
		parts = append(parts, "SampleWeight "+shortened(numbers(d.SampleWeight), " "))
	}
	return strings.Join(parts, "\n")
}

// firstRows are the lines behind an array's shape.
func firstRows(a dataset.Array) string {
	var b strings.Builder
	for i := range min(a.Rows(), shownRows) {
		b.WriteString("\n  " + shortened(numbers(a.Row(i)), " "))
	}
	if more := a.Rows() - shownRows; more > 0 {
		b.WriteString("\n  … " + grouped(more) + " more rows")
	}
	return b.String()
}

func numbers(values []float32) []string {
	texts := make([]string, 0, min(len(values), shownValues))
	for _, v := range values[:min(len(values), shownValues)] {
		texts = append(texts, strconv.FormatFloat(float64(v), 'g', 4, 32))
	}
	if more := len(values) - shownValues; more > 0 {
		texts = append(texts, "… "+grouped(more)+" more")
	}
	return texts
}

func shortened(words []string, between string) string {
	if more := len(words) - shownValues - 1; more > 0 {
		return strings.Join(words[:shownValues], between) + between + "… " + grouped(more+1) + " more"
	}
	return strings.Join(words, between)
}

// grouped writes a count with a comma for thousands.
func grouped(n int) string { return commas(strconv.Itoa(n)) }
