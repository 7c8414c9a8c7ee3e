package loss

import (
	"fmt"
	"math"
	"slices"
)

// The best constant for one output whose labels are numbers.

func bestSquared(y []float64) (float64, error) {
	mean := average(y, identity)
	return average(y, func(v float64) float64 { return (v - mean) * (v - mean) }), nil
}

func bestAbsolute(y []float64) (float64, error) {
	sorted := slices.Sorted(slices.Values(y))
	median := sorted[len(sorted)/2] // for an even number any value between the middle two is as good
	return average(y, func(v float64) float64 { return math.Abs(v - median) }), nil
}

func bestHuber(y []float64, delta float64) (float64, error) {
	c := root(y, func(e float64) float64 { return max(-delta, min(delta, e)) })
	return average(y, func(v float64) float64 {
		e := math.Abs(v - c)
		if e <= delta {
			return 0.5 * e * e
		}
		return delta*e - 0.5*delta*delta
	}), nil
}

func bestLogCosh(y []float64) (float64, error) {
	c := root(y, math.Tanh)
	return average(y, func(v float64) float64 {
		e := math.Abs(v - c)
		return e + math.Log1p(math.Exp(-2*e)) - math.Ln2
	}), nil
}

// root is the constant c at which slope(c − y), an increasing function, is 0 on average over y.
func root(y []float64, slope func(e float64) float64) float64 {
	low, high := slices.Min(y), slices.Max(y)
	for range 200 { // far more halvings than float64 has digits
		c := low + (high-low)/2
		if average(y, func(v float64) float64 { return slope(c - v) }) > 0 {
			high = c
		} else {
			low = c
		}
	}
	return low + (high-low)/2
}

func bestPoisson(y []float64) (float64, error) {
	mean := average(y, identity)
	if mean < 0 {
		return 0, fmt.Errorf("the labels' mean is %g: poisson is for counts, and has no lowest value here", mean)
	}
	if mean == 0 {
		return 0, nil
	}
	return mean - epsilon - mean*math.Log(mean), nil // at the prediction mean − epsilon
}
