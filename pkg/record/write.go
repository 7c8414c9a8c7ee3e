package record

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"

	"example.com/unstuck/internal/atomicfile"
	"example.com/unstuck/internal/jsonnumber"
	"example.com/unstuck/pkg/fit"
)

// Save writes h to a file that [Load] reads. A file of that name is replaced when the new one is whole;
// a save that fails or is killed leaves it as it was.
func Save(path string, h *fit.History) error {
	if err := atomicfile.Write(path, 0o644, func(w io.Writer) error { return Write(w, h) }); err != nil {
		return fmt.Errorf("record: %w", err)
	}
	return nil
}

// Write writes h as JSON Lines: a header with the format's version, the names of the readings, a line for
// each step and each epoch, and a last one that says that nothing is missing. NaN and infinities are
// strings. Text must be UTF-8.
//
// Errors: readings that don't fit their columns or steps, a line of more than 64 MiB, or a failing w.
func Write(w io.Writer, h *fit.History) error {
	if err := check(h); err != nil {
		return err
	}
	buffered := bufio.NewWriterSize(w, 1<<16)
	put := func(v any) error {
		text, err := json.Marshal(v)
		if err != nil {
			return err
		}
		if len(text) >= maxLine {
			return fmt.Errorf("a line of %d bytes is too long to be read again: at most %d", len(text), maxLine)
		}
		_, err = buffered.Write(append(text, '\n'))
		return err
	}
	if err := put(header{Format: format, Version: version}); err != nil {
		return err
	}
	if err := writeLines(h, put); err != nil {
		return err
	}
	return buffered.Flush()
}

func writeLines(h *fit.History, put func(any) error) error {
	if len(h.Readings.Columns) > 0 {
		var columns []column
		for _, c := range h.Readings.Columns {
			columns = append(columns, column{Name: c.Name, Size: c.Size})
		}
		if err := put(line{Columns: columns}); err != nil {
			return err
		}
	}
	k := 0
	for i, loss := range h.Steps {
		s := step{Loss: jsonnumber.Float32(loss)}
		if k < len(h.Readings.Steps) && h.Readings.Steps[k] == i+1 {
			s.Readings = make([]jsonnumber.Float32, len(h.Readings.Rows[k]))
			for j, v := range h.Readings.Rows[k] {
				s.Readings[j] = jsonnumber.Float32(v)
			}
			k++
		}
		if err := put(line{Step: &s}); err != nil {
			return err
		}
	}
	for _, e := range h.Epochs {
		if err := put(line{Epoch: lineOf(e)}); err != nil {
			return err
		}
	}
	return put(line{End: &end{Steps: len(h.Steps), Epochs: len(h.Epochs), Stopped: h.Stopped}})
}

// check refuses readings that could not be told apart when they are read again.
func check(h *fit.History) error {
	r, size := h.Readings, 0
	for _, c := range r.Columns {
		if c.Size <= 0 {
			return fmt.Errorf("reading %q has %d numbers", c.Name, c.Size)
		}
		size += c.Size
	}
	if len(r.Steps) != len(r.Rows) {
		return fmt.Errorf("%d rows of readings for %d measured steps", len(r.Rows), len(r.Steps))
	}
	for k, s := range r.Steps {
		if s < 1 || s > len(h.Steps) || k > 0 && s <= r.Steps[k-1] {
			return fmt.Errorf("measured step %d doesn't lie between the one before it and the last step, %d", s, len(h.Steps))
		}
		if len(r.Rows[k]) != size || size == 0 {
			return fmt.Errorf("step %d has %d readings, its columns %d", s, len(r.Rows[k]), size)
		}
	}
	return nil
}
