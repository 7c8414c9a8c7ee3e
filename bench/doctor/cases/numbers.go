package cases

import "math"

// orNil rounds to what a proof needs, and leaves out what JSON has no number for.
func orNil(values []float64) []*float64 {
	var all []*float64
	for _, v := range values {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			all = append(all, nil)
			continue
		}
		v = math.Round(v*1e3) / 1e3
		all = append(all, &v)
	}
	return all
}

func plain(values []*float64) []float64 {
	var all []float64
	for _, v := range values {
		if v == nil {
			all = append(all, math.NaN())
			continue
		}
		all = append(all, *v)
	}
	return all
}
