package main

import "math"

// wilson is the 95% interval of a share of which n of so many were counted. Wilson 1927; it holds for few cases, and for none and all of them.
func wilson(n, of int) (low, high float64) {
	const z = 1.959963984540054
	total := float64(of)
	share := float64(n) / total
	scale := 1 + z*z/total
	center := (share + z*z/(2*total)) / scale
	half := z / scale * math.Sqrt(share*(1-share)/total+z*z/(4*total*total))
	return max(0, center-half), min(1, center+half)
}
