package figure

import "math"

// layers makes measurements of six layers over 60 steps: layer i of them lies
// at scale·factorⁱ, rising or falling with the steps.
func layers(scale, factor, drift float64) (names []string, steps []int, values [][]float64) {
	for k := range 60 {
		steps = append(steps, 5*k)
	}
	names = []string{"dense_1", "dense_2", "dense_3", "dense_4", "dense_5", "output"}
	for i := range names {
		row := make([]float64, len(steps))
		for k := range row {
			row[k] = scale * math.Pow(factor, float64(len(names)-1-i)) * math.Exp(drift*float64(k)/60) * (1 + 0.2*math.Sin(float64(k*(i+2))))
		}
		values = append(values, row)
	}
	return names, steps, values
}
