package training

import (
	"fmt"
	"strings"

	"example.com/unstuck/pkg/dataset"
)

// DropRows leaves rows out, counted from 0: of Data, those that ValidationSplit holds out among them, and of Validation. It is an error
// when a row isn't there or none is left.
type DropRows struct{ Data, Validation []int }

func (r DropRows) prepare(t Training) (Training, prepared, error) {
	var done prepared
	changed := t
	drop := func(d dataset.Data, rows []int, name string, arrays []string) (dataset.Data, error) {
		if len(rows) == 0 {
			return d, nil
		}
		list := strings.Trim(strings.ReplaceAll(fmt.Sprint(rows), " ", ", "), "[]")
		done.goCode = append(done.goCode, fmt.Sprintf("%s, err = %s.Without([]int{%s})", name, name, list))
		done.python = append(done.python, fmt.Sprintf("keep = np.delete(np.arange(len(%s)), [%s])", arrays[0], list), assign(arrays, "[keep]"))
		return d.Without(rows)
	}
	var err error
	if changed.Data, err = drop(t.Data, r.Data, "data", t.namesOf(t.Data)); err != nil {
		return t, done, err
	}
	if changed.Validation, err = drop(t.Validation, r.Validation, "validation", validationNames(t.namesOf(t.Validation))); err != nil {
		return t, done, fmt.Errorf("validation data: %w", err)
	}
	return changed, done, nil
}
