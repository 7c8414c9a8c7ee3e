package logs

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"example.com/unstuck/pkg/curve"
)

// mostNumbers bounds what is kept of one log.
const mostNumbers = 20_000_000

// table gathers rows of named numbers, in the order in which they were logged.
type table struct {
	names   []string
	columns map[string]*column
	rows    int
	numbers int
}

// column is the numbers of one name and the rows that they stand in.
type column struct {
	rows   []int
	values []float64
}

// add takes one more row; a name given twice in it counts once, the last.
func (t *table) add(names []string, values []float64) error {
	for i, name := range names {
		if t.columns == nil {
			t.columns = map[string]*column{}
		}
		c := t.columns[name]
		if c == nil {
			if len(t.names) == mostNames {
				return fmt.Errorf("more than %d different names", mostNames)
			}
			c = &column{}
			t.columns[name] = c
			t.names = append(t.names, name)
		}
		if last := len(c.rows) - 1; last >= 0 && c.rows[last] == t.rows {
			c.values[last] = values[i]
			continue
		}
		c.rows, c.values = append(c.rows, t.rows), append(c.values, values[i])
		if t.numbers++; t.numbers > mostNumbers {
			return fmt.Errorf("more than %d numbers", mostNumbers)
		}
	}
	t.rows++
	return nil
}

const mostNames = 10_000

// axes are the names of columns that count, the finer ones last.
var axes = map[string]string{
	"epoch": "epoch", "epochs": "epoch", "ep": "epoch",
	"step": "step", "steps": "step", "global_step": "step", "trainer/global_step": "step", "_step": "step",
	"iter": "step", "iteration": "step", "iterations": "step", "it": "step", "batch": "step", "batch_idx": "step",
}

func axisOf(name string) string { return axes[strings.ToLower(strings.TrimSpace(name))] }

// aside are columns that are neither counts nor quantities of a training.
var aside = map[string]bool{
	"time": true, "timestamp": true, "_timestamp": true, "_runtime": true, "wall_time": true, "seconds": true, "date": true, "": true, "unnamed: 0": true, "index": true,
}

// series are the columns as curves, over the epochs where those tell its values apart, else over the steps, else by number.
// Of several trainings in one file, the last counts, and a remark says so.
func (t *table) series() (all []curve.Series, remarks []string) {
	first := 0
	for _, name := range t.names {
		if axisOf(name) == "" {
			continue
		}
		if c, restart := t.columns[name], 0; true {
			for i := 1; i < len(c.values); i++ {
				if c.values[i] < c.values[i-1] && finishesBefore(c, i) {
					restart = c.rows[i]
				}
			}
			if axisOf(name) == "epoch" || restart > 0 && !t.has("epoch") {
				first = max(first, restart)
			}
		}
	}
	if first > 0 {
		remarks = append(remarks, fmt.Sprintf("the log holds several trainings behind each other: the last is read, from row %d on", first+1))
	}
	for _, name := range t.names {
		if axisOf(name) != "" || aside[strings.ToLower(strings.TrimSpace(name))] {
			continue
		}
		c := t.columns[name]
		from, _ := slices.BinarySearch(c.rows, first)
		s := curve.Series{Name: name, Values: c.values[from:]}
		s.Axis, s.At = t.places(c.rows[from:])
		all = append(all, s)
	}
	return all, remarks
}

// finishesBefore reports whether the count goes back to its beginning at i: to at most 1, or to where it began.
func finishesBefore(c *column, i int) bool { return c.values[i] <= max(1, c.values[0]) }

func (t *table) has(axis string) bool {
	for _, name := range t.names {
		if axisOf(name) == axis {
			return true
		}
	}
	return false
}

// places are what the rows are counted by: the epochs if whole and all different, else the steps, else epochs with a fraction.
func (t *table) places(rows []int) (axis string, at []float64) {
	for _, want := range []struct {
		axis  string
		whole bool
	}{{"epoch", true}, {"step", false}, {"epoch", false}} {
		for _, name := range t.names {
			if axisOf(name) != want.axis {
				continue
			}
			if at, ok := t.columns[name].rising(rows, want.whole); ok {
				return want.axis, at
			}
		}
	}
	return "point", nil
}

// rising are the column's values at the rows; ok: there is one for each, and each is above the one before.
func (c *column) rising(rows []int, whole bool) (at []float64, ok bool) {
	k := 0
	for _, row := range rows {
		for k < len(c.rows) && c.rows[k] < row {
			k++
		}
		if k == len(c.rows) || c.rows[k] != row {
			return nil, false
		}
		v := c.values[k]
		if whole && v != math.Trunc(v) || math.IsNaN(v) || len(at) > 0 && v <= at[len(at)-1] {
			return nil, false
		}
		at = append(at, v)
	}
	return at, len(at) > 0
}
