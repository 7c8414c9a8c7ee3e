package logs

import (
	"fmt"
	"math"
	"sort"
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
	first  int   // the row of the first value
	rows   []int // nil: each value stands in the row behind the last one's, which saves a log of millions of lines as much again
	values []float64
}

// row is that in which value i stands.
func (c *column) row(i int) int {
	if c.rows == nil {
		return c.first + i
	}
	return c.rows[i]
}

// from is the first value that stands in this row or behind it.
func (c *column) from(row int) int {
	return sort.Search(len(c.values), func(i int) bool { return c.row(i) >= row })
}

func (c *column) add(row int, v float64) {
	switch n := len(c.values); {
	case n == 0:
		c.first = row
	case c.rows == nil && row != c.first+n:
		c.rows = make([]int, n, n+n/4+1)
		for i := range c.rows {
			c.rows[i] = c.first + i
		}
		fallthrough
	case c.rows != nil:
		c.rows = append(c.rows, row)
	}
	c.values = append(c.values, v)
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
		if last := len(c.values) - 1; last >= 0 && c.row(last) == t.rows {
			c.values[last] = values[i]
			continue
		}
		c.add(t.rows, values[i])
		if t.numbers++; t.numbers > mostNumbers {
			return fmt.Errorf("more than %d numbers", mostNumbers)
		}
	}
	t.rows++
	return nil
}

const mostNames = 10_000

// axes are the names of columns that count, in the languages that logs are printed in.
var axes = map[string]string{"trainer/global_step": "step"}

func init() {
	for axis, names := range map[string]string{
		"epoch": "epoch epochs ep epoche epochen époque époques epoque epoques época épocas epoca epocas эпоха эпохи эпох epoka epoki 轮 轮次 轮数 輪 輪次 周期 エポック 에포크 에폭",
		"step": "step steps global_step _step iter iteration iterations it batch batch_idx schritt schritte iterationen étape étapes etape etapes itération itérations" +
			" paso pasos iteración iteraciones passo passos passi iteração iterações iterazione iterazioni шаг шаги шагов итерация итерации krok stap" +
			" 步 步数 步數 迭代 迭代次数 ステップ イテレーション 스텝 단계",
	} {
		for name := range strings.FieldsSeq(names) {
			axes[name] = axis
		}
	}
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
					restart = c.row(i)
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
		from := c.from(first)
		s := curve.Series{Name: name, Values: c.values[from:]}
		s.Axis, s.At = t.places(c, from)
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

// places are what the rows of a column's values are counted by, from one on: the epochs if whole and all different, else the steps, else
// epochs with a fraction.
func (t *table) places(of *column, from int) (axis string, at []float64) {
	for _, want := range []struct {
		axis  string
		whole bool
	}{{"epoch", true}, {"step", false}, {"epoch", false}} {
		for _, name := range t.names {
			if axisOf(name) != want.axis {
				continue
			}
			if at, ok := t.columns[name].rising(of, from, want.whole); ok {
				return want.axis, at
			}
		}
	}
	return "point", nil
}

// rising are the column's values at the rows of another's from one of its values on; ok: there is one for each, and each is above the one
// before.
func (c *column) rising(of *column, from int, whole bool) (at []float64, ok bool) {
	n := len(of.values) - from
	if n == 0 {
		return nil, false
	}
	k := c.from(of.row(from))
	shared := c.rows == nil && of.rows == nil && len(c.values)-k >= n
	if shared {
		at = c.values[k : k+n : k+n]
	}
	last := math.Inf(-1)
	for i := range n {
		row := of.row(from + i)
		for k < len(c.values) && c.row(k) < row {
			k++
		}
		if k == len(c.values) || c.row(k) != row {
			return nil, false
		}
		v := c.values[k]
		if whole && v != math.Trunc(v) || math.IsNaN(v) || i > 0 && v <= last {
			return nil, false
		}
		if last = v; !shared {
			at = append(at, v)
		}
	}
	return at, true
}
