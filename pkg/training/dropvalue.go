package training

import (
	"fmt"
	"strconv"

	"example.com/unstuck/pkg/dataset"
)

// DropValue leaves the rows out, of Validation too, whose targets of an output hold a value that stands for "missing". It is an error when
// none is left.
type DropValue struct {
	Output int
	Value  float32
}

func (d DropValue) prepare(t Training) (Training, prepared, error) {
	var done prepared
	value := strconv.FormatFloat(float64(d.Value), 'g', -1, 32)
	python, field := t.outputNames()[d.Output], outputField(d.Output)
	note := func(data, field, python string, arrays []string) {
		done.goCode = append(done.goCode, fmt.Sprintf("%s, err = %s.Without(%s.RowsWith(%s))", data, data, field, value))
		done.python = append(done.python, fmt.Sprintf("keep = (%s.astype(\"float32\") != np.float32(%s)).reshape(len(%s), -1).all(1)", python, value, python), assign(arrays, "[keep]"))
	}
	note("data", field, python, t.namesOf(t.Data))
	if t.Validation.Rows() > 0 {
		note("validation", validationField(field), validationName(python), validationNames(t.namesOf(t.Validation)))
	}
	changed, err := t.each(func(data dataset.Data) (dataset.Data, error) {
		return data.Without(data.Outputs()[d.Output].RowsWith(d.Value))
	})
	return changed, done, err
}
