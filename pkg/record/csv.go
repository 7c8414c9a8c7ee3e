package record

import (
	"encoding/csv"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"

	"example.com/unstuck/pkg/fit"
)

// EpochsCSV writes a table of the epochs: epoch, learning_rate, seconds, loss and metrics, and the
// validation's as val_loss and so on. What an epoch lacks is left empty; NaN and +Inf stand as they are.
func EpochsCSV(w io.Writer, h *fit.History) error {
	own, validation := map[string]bool{}, map[string]bool{}
	validated := false
	for _, e := range h.Epochs {
		for name := range e.Metrics {
			own[name] = true
		}
		if e.Validation != nil {
			validated = true
			for name := range e.Validation.Metrics {
				validation[name] = true
			}
		}
	}
	names, heldOut := slices.Sorted(maps.Keys(own)), slices.Sorted(maps.Keys(validation))
	head := append([]string{"epoch", "learning_rate", "seconds", "loss"}, names...)
	if validated {
		head = append(head, "val_loss")
		for _, name := range heldOut {
			head = append(head, "val_"+name)
		}
	}
	out := csv.NewWriter(w)
	if err := out.Write(head); err != nil {
		return err
	}
	for _, e := range h.Epochs {
		row := []string{strconv.Itoa(e.Number), text(e.LearningRate), text(e.Duration.Seconds()), text(e.Loss)}
		row = append(row, pick(e.Metrics, names)...)
		switch {
		case e.Validation != nil:
			row = append(append(row, text(e.Validation.Loss)), pick(e.Validation.Metrics, heldOut)...)
		case validated:
			row = append(row, make([]string, 1+len(heldOut))...)
		}
		if err := out.Write(row); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

// StepsCSV writes a table of the steps, counted from 1: step, loss, and the readings of the measured ones.
// A reading of several numbers has as many columns, "name[0]", "name[1]", …
func StepsCSV(w io.Writer, h *fit.History) error {
	if err := check(h); err != nil {
		return fmt.Errorf("record: %w", err)
	}
	head := []string{"step", "loss"}
	for _, c := range h.Readings.Columns {
		if c.Size == 1 {
			head = append(head, c.Name)
			continue
		}
		for i := range c.Size {
			head = append(head, fmt.Sprintf("%s[%d]", c.Name, i))
		}
	}
	out := csv.NewWriter(w)
	if err := out.Write(head); err != nil {
		return err
	}
	k := 0
	for i, loss := range h.Steps {
		row := make([]string, len(head))
		row[0], row[1] = strconv.Itoa(i+1), strconv.FormatFloat(float64(loss), 'g', -1, 32)
		if k < len(h.Readings.Steps) && h.Readings.Steps[k] == i+1 {
			for j, v := range h.Readings.Rows[k] {
				row[2+j] = strconv.FormatFloat(float64(v), 'g', -1, 32)
			}
			k++
		}
		if err := out.Write(row); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

func text(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }

func pick(values map[string]float64, names []string) []string {
	row := make([]string, len(names))
	for i, name := range names {
		if v, ok := values[name]; ok {
			row[i] = text(v)
		}
	}
	return row
}
