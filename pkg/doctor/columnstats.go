package doctor

import (
	"math"

	"example.com/unstuck/pkg/dataset"
)

// columnStats are the mean and the deviation of each entry of an array's last axis, over its finite values.
type columnStats struct{ mean, deviation []float64 }

func statsOf(a dataset.Array) columnStats {
	columns := 1
	if len(a.Shape) > 1 {
		columns = a.Shape[len(a.Shape)-1]
	}
	s := columnStats{mean: make([]float64, columns), deviation: make([]float64, columns)}
	count := make([]float64, columns)
	for i, v := range a.Values {
		if x := float64(v); !math.IsNaN(x) && !math.IsInf(x, 0) {
			s.mean[i%columns] += x
			count[i%columns]++
		}
	}
	for j := range s.mean {
		s.mean[j] /= max(1, count[j])
	}
	for i, v := range a.Values {
		if x := float64(v); !math.IsNaN(x) && !math.IsInf(x, 0) {
			d := x - s.mean[i%columns]
			s.deviation[i%columns] += d * d
		}
	}
	for j := range s.deviation {
		s.deviation[j] = math.Sqrt(s.deviation[j] / max(1, count[j]))
	}
	return s
}
