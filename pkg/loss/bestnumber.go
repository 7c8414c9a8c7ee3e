package loss

import (
	"cmp"
	"fmt"
	"math"
	"slices"
)

// The best constant for one output whose labels are numbers.

func bestSquared(y column) (float64, error) {
	mean := average(y, identity)
	return average(y, func(v float64) float64 { return (v - mean) * (v - mean) }), nil
}

func bestAbsolute(y column) (float64, error) {
	median := y.median()
	return average(y, func(v float64) float64 { return math.Abs(v - median) }), nil
}

// median is the value that has half of the weight on either side; where two have, any between them is as good.
func (c column) median() float64 {
	if c.weights == nil {
		return slices.Sorted(slices.Values(c.y))[len(c.y)/2]
	}
	order := make([]int, len(c.y))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(c.y[a], c.y[b]) })
	below := 0.0
	for _, i := range order {
		if below += c.weights[i]; below >= 0.5 {
			return c.y[i]
		}
	}
	return c.y[order[len(order)-1]] // rounding has left a little
}

func bestHuber(y column, delta float64) (float64, error) {
	c := root(y, func(e float64) float64 { return max(-delta, min(delta, e)) })
	return average(y, func(v float64) float64 {
		e := math.Abs(v - c)
		if e <= delta {
			return 0.5 * e * e
		}
		return delta*e - 0.5*delta*delta
	}), nil
}

func bestLogCosh(y column) (float64, error) {
	c := root(y, math.Tanh)
	return average(y, func(v float64) float64 {
		e := math.Abs(v - c)
		return e + math.Log1p(math.Exp(-2*e)) - math.Ln2
	}), nil
}

// root is the constant c at which slope(c − y), an increasing function, is 0 on average over y.
func root(y column, slope func(e float64) float64) float64 {
	low, high := slices.Min(y.y), slices.Max(y.y)
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

func bestPoisson(y column) (float64, error) {
	mean := average(y, identity)
	if mean < 0 {
		return 0, fmt.Errorf("the labels' mean is %g: poisson is for counts, and has no lowest value here", mean)
	}
	if mean == 0 {
		return 0, nil
	}
	return mean - epsilon - mean*math.Log(mean), nil // at the prediction mean − epsilon
}
