package probe

import (
	"fmt"
	"strings"

	"example.com/unstuck/pkg/fit"
)

// layerOf is the layer of a weight: "block/dense" of "block/dense/kernel"; empty for a weight outside of
// all layers.
func layerOf(weight string) string {
	return weight[:max(0, strings.LastIndexByte(weight, '/'))]
}

// name is a path of GoMLX without its first slash, as it is shown.
func name(path string) string { return strings.TrimPrefix(path, "/") }

// readings is what a probe measured under one prefix.
type readings struct {
	names  []string      // behind the prefix
	values [][][]float32 // [name][k][number]
}

// under collects the readings "<prefix><name>", in the order in which they were measured.
func under(h *fit.History, prefix string) readings {
	var r readings
	from := 0
	for _, c := range h.Readings.Columns {
		if n, ok := strings.CutPrefix(c.Name, prefix); ok {
			column := make([][]float32, len(h.Readings.Rows))
			for k, row := range h.Readings.Rows {
				column[k] = row[from : from+c.Size]
			}
			r.names = append(r.names, n)
			r.values = append(r.values, column)
		}
		from += c.Size
	}
	return r
}

// scalars are the readings of one number each, [name][k]. It is an error when there are none.
func scalars(h *fit.History, prefix string, p fit.Probe) (names []string, values [][]float64, err error) {
	r := under(h, prefix)
	if len(r.names) == 0 {
		return nil, nil, missing(h, p)
	}
	return r.names, r.number(0), nil
}

// number is the i-th number of each reading, [name][k].
func (r readings) number(i int) [][]float64 {
	all := make([][]float64, len(r.values))
	for n, column := range r.values {
		all[n] = make([]float64, len(column))
		for k, v := range column {
			all[n][k] = float64(v[i])
		}
	}
	return all
}

// missing says why there is nothing to read.
func missing(h *fit.History, p fit.Probe) error {
	kind := fmt.Sprintf("%T", p)
	if len(h.Readings.Columns) == 0 {
		return fmt.Errorf("probe: the history has no readings at all: train with fit.Options{Probes: []fit.Probe{%s{}}} for at least one step", kind)
	}
	return fmt.Errorf("probe: the history has no readings of %s: add %s{} to fit.Options.Probes (activations are measured in named layers only: those of an nn.Sequential)", kind, kind)
}
