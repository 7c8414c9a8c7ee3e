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
		said := fromOne(rows)
		done.goCode = append(done.goCode, fmt.Sprintf("%s, err = %s.Without([]int{%s}) // %s", name, name, list, said))
		done.python = append(done.python, fmt.Sprintf("keep = np.delete(np.arange(len(%s)), [%s])  # %s", arrays[0], list, said), assign(arrays, "[keep]"))
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

// fromOne says which rows indices are, for a reader of a report, whose texts count rows from 1.
func fromOne(rows []int) string {
	switch {
	case len(rows) == 1:
		return fmt.Sprintf("row %d, counted from 1", rows[0]+1)
	case len(rows) > mostFromOne:
		return fmt.Sprintf("index %d is row %d, counted from 1", rows[0], rows[0]+1)
	}
	var all []string
	for _, row := range rows {
		all = append(all, fmt.Sprint(row+1))
	}
	return "rows " + strings.Join(all, ", ") + ", counted from 1"
}

const mostFromOne = 6
