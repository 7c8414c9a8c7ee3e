package doctor

import (
	"math"

	"example.com/unstuck/pkg/dataset"
)

// columnStats are the mean and the deviation of each entry of an array's axis, and its least and largest value, over its finite values.
type columnStats struct{ mean, deviation, low, high []float64 }

// constant tells whether an entry has one value.
func (s columnStats) constant(j int) bool { return !(s.high[j] > s.low[j]) }

// alike tells whether an entry has one value, or two that are neighbours in float32: what rounding leaves of one.
func alike(low, high float64) bool {
	return !(high-low > spacing(math.Nextafter(max(math.Abs(low), math.Abs(high)), 0)))
}

// statsOf are those of the last axis.
func statsOf(a dataset.Array) columnStats { return statsAlong(a, 0) }

// statsAlong are those of an axis, the rows' counted; 0: of the last.
func statsAlong(a dataset.Array, axis int) columnStats {
	columns, inner := 1, 1
	if axis == 0 {
		axis = len(a.Shape) - 1
	}
	if axis > 0 {
		columns, inner = a.Shape[axis], sizeOf(a.Shape[axis+1:])
	}
	s := columnStats{mean: make([]float64, columns), deviation: make([]float64, columns), low: make([]float64, columns), high: make([]float64, columns)}
	count := make([]float64, columns)
	for j := range columns {
		s.low[j], s.high[j] = math.Inf(1), math.Inf(-1)
	}
	for i, v := range a.Values {
		if x, j := float64(v), i/inner%columns; finite(x) {
			s.mean[j] += x
			count[j]++
			s.low[j], s.high[j] = min(s.low[j], x), max(s.high[j], x)
		}
	}
	for j := range s.mean {
		s.mean[j] /= max(1, count[j])
	}
	for i, v := range a.Values {
		if x, j := float64(v), i/inner%columns; finite(x) {
			d := x - s.mean[j]
			s.deviation[j] += d * d
		}
	}
	for j := range s.deviation {
		s.deviation[j] = math.Sqrt(s.deviation[j] / max(1, count[j]))
	}
	return s
}
