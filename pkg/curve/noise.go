package curve

import (
	"cmp"
	"math"
	"slices"
)

// noise is the standard deviation of what changes from value to value without a trend: by second differences, in which a
// straight line is 0, and their median, which a few jumps don't move. Of fewer than 50 values, where a median scatters by a
// quarter, it is the root of the mean square if that is more, without the largest tenth; of fewer than 20, where a bend would be
// taken for noise, it is halfway to that of third differences. 0 below four values.
func noise(values []float64) float64 {
	second := steps(steps(values))
	switch n := len(values); {
	case n < 4:
		return 0
	case n < 20:
		return typical(second)/math.Sqrt(6)/2 + typical(steps(second))/math.Sqrt(20)/2 // the squares of 1, 2, 1 sum up to 6, of 1, 3, 3, 1 to 20
	case n < 50:
		estimate := typical(second)
		slices.SortFunc(second, func(a, b float64) int { return cmp.Compare(math.Abs(a), math.Abs(b)) })
		return max(estimate, deviation(second[:len(second)-len(second)/10])) / math.Sqrt(6)
	}
	return typical(second) / math.Sqrt(6)
}

// typical is the standard deviation of a normal distribution with the values' median distance from 0.
func typical(values []float64) float64 {
	distances := make([]float64, len(values))
	for i, v := range values {
		distances[i] = math.Abs(v)
	}
	return median(distances) / 0.6745
}

// steps are the differences of neighbours.
func steps(values []float64) []float64 {
	if len(values) < 2 {
		return nil
	}
	out := make([]float64, 0, len(values)-1)
	for i := 1; i < len(values); i++ {
		out = append(out, values[i]-values[i-1])
	}
	return out
}

func median(values []float64) float64 {
	if len(values) == 0 {
		return 0
	}
	order := slices.Clone(values)
	middle := len(order) / 2
	if slices.ContainsFunc(order, math.IsNaN) { // which are neither above nor below
		slices.Sort(order)
	} else {
		upTo(order, middle)
		if middle > 0 {
			order[middle-1] = slices.Max(order[:middle])
		}
	}
	if len(order)%2 == 1 {
		return order[middle]
	}
	return order[middle-1]/2 + order[middle]/2
}

// middle is the median of four numbers.
func middle(a, b, c, d float64) float64 {
	return max(min(a, b), min(c, d))/2 + min(max(a, b), max(c, d))/2
}

// upTo orders numbers so far that those ahead of k are no larger than the one at k, and those behind it no smaller, which of millions is
// done in a fraction of the time that sorting takes.
func upTo(values []float64, k int) {
	low, high := 0, len(values)-1
	for drawn := uint64(1); low < high; {
		drawn = drawn*6364136223846793005 + 1442695040888963407 // any of them, or an order could be given that takes the square of their number
		pivot := values[low+int(drawn>>33)%(high-low+1)]
		i, j := low, high
		for i <= j {
			for values[i] < pivot {
				i++
			}
			for values[j] > pivot {
				j--
			}
			if i <= j {
				values[i], values[j] = values[j], values[i]
				i, j = i+1, j-1
			}
		}
		switch {
		case k <= j:
			high = j
		case k >= i:
			low = i
		default:
			return
		}
	}
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
