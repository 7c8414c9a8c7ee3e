package curve

import (
	"math"
	"slices"
)

// noise is the standard deviation of what changes from value to value without a trend: by second differences, in which a
// straight line is 0, and their median, which a few jumps don't move. Of fewer than 50 values, where a median scatters by a
// quarter, it is the root of the mean square if that is more, without the largest tenth; of fewer than 20, where a bend would be
// taken for noise, third differences count. 0 below four values.
func noise(values []float64) float64 {
	differences, variance := values, 1.0
	for order := 1; order <= 2 || order == 3 && len(values) < 20; order++ {
		differences = steps(differences)
		variance *= float64(4*order-2) / float64(order) // the sum of the squares of the binomial coefficients: 2, 6, 20
	}
	if len(differences) == 0 {
		return 0
	}
	for i, d := range differences {
		differences[i] = math.Abs(d)
	}
	slices.Sort(differences)
	estimate := median(differences) / 0.6745 // the median of a normal distribution's absolute values
	if len(values) >= 20 && len(values) < 50 {
		kept := differences[:len(differences)-len(differences)/10]
		estimate = max(estimate, deviation(kept))
	}
	return estimate / math.Sqrt(variance)
}

// steps are the differences of neighbours.
func steps(values []float64) []float64 {
	var out []float64
	for i := 1; i < len(values); i++ {
		out = append(out, values[i]-values[i-1])
	}
	return out
}

func median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	if len(sorted) == 0 {
		return 0
	}
	middle := len(sorted) / 2
	if len(sorted)%2 == 1 {
		return sorted[middle]
	}
	return sorted[middle-1]/2 + sorted[middle]/2
}

func mean(values []float64) float64 {
	sum := 0.0
	for _, v := range values {
		sum += v / float64(len(values))
	}
	return sum
}

// chunks are the means of up to most runs of neighbours, as equal in length as can be, and where each begins.
func chunks(values []float64, most int) (means []float64, starts []int) {
	n := min(len(values), most)
	for k := range n {
		from, to := k*len(values)/n, (k+1)*len(values)/n
		means, starts = append(means, mean(values[from:to])), append(starts, from)
	}
	return means, starts
}

// trend is the fall of the straight line through the values, from the first to the last; what rises is below 0.
func trend(values []float64) float64 {
	n := float64(len(values))
	if n < 2 {
		return 0
	}
	middle, level := (n-1)/2, mean(values)
	var with, of float64
	for i, v := range values {
		with += (float64(i) - middle) * (v - level)
		of += (float64(i) - middle) * (float64(i) - middle)
	}
	return -with / of * (n - 1)
}
