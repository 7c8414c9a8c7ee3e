package dataset

import (
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
)

// WriteCSV writes d as a table with a header: the features, then the targets. Columns without a name become
// x0, x1, … and y0, y1, …. Every number is written so that [ReadCSV] gives back the same float32.
//
// x and y must have at most two axes; sequences and sample weights have no place in a table and are refused
// (see [WriteNPZ]). The file appears whole or not at all.
func WriteCSV(path string, d Data) error {
	if err := d.ValidateShapes(); err != nil {
		return err
	}
	if len(d.X.Shape) > 2 || len(d.Y.Shape) > 2 {
		return fmt.Errorf("dataset: WriteCSV of x %v and y %v: a table has two axes; use WriteNPZ: %w", d.X.Shape, d.Y.Shape, ErrShape)
	}
	if len(d.MoreX) > 0 || len(d.MoreY) > 0 {
		return fmt.Errorf("dataset: WriteCSV: a table has no place for several inputs or outputs; use WriteNPZNamed")
	}
	if d.SampleWeight != nil {
		return fmt.Errorf("dataset: WriteCSV: a table has no place for sample weights; use WriteNPZ")
	}
	return save(path, func(w io.Writer) error {
		out := csv.NewWriter(w)
		names := append(columnNames("x", d.Features, d.X), columnNames("y", d.Targets, d.Y)...)
		out.Write(names) // an error stays until Error reports it
		for row := range d.Rows() {
			cells := names[:0]
			for _, v := range d.X.Row(row) {
				cells = append(cells, strconv.FormatFloat(float64(v), 'g', -1, 32))
			}
			for _, v := range d.Y.Row(row) {
				cells = append(cells, strconv.FormatFloat(float64(v), 'g', -1, 32))
			}
			out.Write(cells)
		}
		out.Flush()
		return out.Error()
	})
}

func columnNames(prefix string, names []string, a Array) []string {
	if names != nil {
		return append([]string(nil), names...)
	}
	made := make([]string, a.RowSize())
	for i := range made {
		made[i] = prefix + strconv.Itoa(i)
	}
	return made
}
