package probe

import (
	"fmt"
	"strings"

	"example.com/unstuck/pkg/fit"
)

// Series is one number over the measured steps of a training.
type Series struct {
	Name   string // "gradient norm/dense/kernel"
	Steps  []int  // measured, counted from 1
	Values []float64
}

// AllSeries returns everything that probes read as series, for records and tables: single numbers as they
// are, activations as mean and standard deviation, dead units as a share, and the numbers of probes of other
// packages one by one ("name/0", "name/1", …). Update ratios and the norms of all weights together are
// added. Histograms are left out. It is empty when nothing was measured.
func AllSeries(h *fit.History) []Series {
	var all []Series
	add := func(name string, values []float64) {
		all = append(all, Series{Name: name, Steps: h.Readings.Steps, Values: values})
	}
	from := 0
	for _, c := range h.Readings.Columns {
		layer, _ := strings.CutPrefix(c.Name, activation)
		switch {
		case strings.HasPrefix(c.Name, "histogram of "):
		case strings.HasPrefix(c.Name, activation) && c.Size == 2:
			add("activation mean/"+layer, column(h, from))
			add("activation standard deviation/"+layer, column(h, from+1))
		case strings.HasPrefix(c.Name, alive): // below, as shares
		case strings.HasPrefix(c.Name, updateWeight): // in the ratios
		case c.Size == 1:
			add(c.Name, column(h, from))
		default:
			for i := range c.Size {
				add(fmt.Sprintf("%s/%d", c.Name, i), column(h, from+i))
			}
		}
		from += c.Size
	}
	if s, err := ReadSaturations(h); err == nil {
		for l, layer := range s.Layers {
			add("dead units/"+layer, s.Dead[l])
		}
	}
	if g, err := ReadGradientNorms(h); err == nil {
		add("gradient norm", g.GlobalRaw)
		add("applied gradient norm", g.GlobalApplied)
	}
	if u, err := ReadUpdateRatios(h); err == nil {
		add("update norm", u.Global)
		for w, weight := range u.Layers {
			add("update ratio/"+weight, u.Ratios[w])
		}
	}
	if w, err := ReadWeightNorms(h); err == nil {
		add("weight norm", w.Global)
	}
	return all
}

// column is one number of the readings at each measured step.
func column(h *fit.History, at int) []float64 {
	values := make([]float64, len(h.Readings.Rows))
	for k, row := range h.Readings.Rows {
		values[k] = float64(row[at])
	}
	return values
}
