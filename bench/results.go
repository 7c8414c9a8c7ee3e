package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"time"
)

// Results is everything that was measured.
type Results struct {
	Machine  Machine           `json:"machine"`
	Began    time.Time         `json:"began"`
	Finished time.Time         `json:"finished"`
	Versions map[string]string `json:"versions"`
	Notes    []string          `json:"notes,omitempty"`
	Rows     []*Row            `json:"rows"`
	names    []program         // in the order of the columns
}

// Row is one task and kind.
type Row struct {
	Task   string           `json:"task"`
	Title  string           `json:"title"`
	Kind   kind             `json:"kind"`
	Cells  map[string]*Cell `json:"programs"`
	number int              // rows of data, for a rate
}

// Cell is what one program showed.
type Cell struct {
	Seconds []float64 `json:"seconds"` // of each round
	MiB     []float64 `json:"peak_mib"`
	Losses  []float64 `json:"losses"` // after the first fit
	Median  float64   `json:"median_seconds"`
	Peak    float64   `json:"median_peak_mib"`
	Ratio   float64   `json:"ratio,omitempty"` // of the medians, to this project on XLA; 0: that wasn't measured
	Error   string    `json:"error,omitempty"`
}

func newResults(notes []string) *Results {
	return &Results{Machine: thisMachine(), Began: time.Now(), Versions: map[string]string{}, Notes: notes}
}

// add takes a sample, or the reason why there is none, into the row of its task and kind.
func (r *Results) add(t task, p program, k kind, s sample, err error) {
	c := r.cell(t, p, k)
	if err != nil {
		c.Error = err.Error()
		return
	}
	c.Seconds = append(c.Seconds, s.Seconds)
	c.MiB = append(c.MiB, s.MiB)
	c.Losses = append(c.Losses, s.Loss)
	c.Median, c.Peak = median(c.Seconds), median(c.MiB)
	for name, version := range s.answer.Versions {
		r.Versions[name] = version
	}
}

func (r *Results) cell(t task, p program, k kind) *Cell {
	row := r.row(t, k)
	if row.Cells[p.Name] == nil {
		row.Cells[p.Name] = &Cell{}
		r.know(p)
	}
	return row.Cells[p.Name]
}

func (r *Results) row(t task, k kind) *Row {
	for _, row := range r.Rows {
		if row.Task == t.name && row.Kind == k {
			return row
		}
	}
	row := &Row{Task: t.name, Title: t.title, Kind: k, Cells: map[string]*Cell{}, number: t.rows}
	r.Rows = append(r.Rows, row)
	return row
}

// know remembers the program as a column.
func (r *Results) know(p program) {
	for _, n := range r.names {
		if n.Name == p.Name {
			return
		}
	}
	r.names = append(r.names, p)
}

// failed tells whether a program has failed at a task before.
func (r *Results) failed(task, program string) bool {
	for _, row := range r.Rows {
		if c := row.Cells[program]; row.Task == task && c != nil && c.Error != "" {
			return true
		}
	}
	return false
}

// slow tells whether what was measured takes so long that once is enough.
func (r *Results) slow(task, program string, k kind) bool {
	for _, row := range r.Rows {
		if c := row.Cells[program]; row.Task == task && row.Kind == k && c != nil {
			return c.Median > 60
		}
	}
	return false
}

// compare fills the ratios in.
func (r *Results) compare() {
	for _, row := range r.Rows {
		ours := row.Cells[reference]
		if ours == nil || ours.Median == 0 {
			continue
		}
		for _, c := range row.Cells {
			c.Ratio = c.Median / ours.Median
		}
	}
}

func (r *Results) write(path string) error {
	r.compare()
	text, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return os.WriteFile(path, append(text, '\n'), 0o644)
}
