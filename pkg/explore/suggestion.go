package explore

import "math"

// The four rules below are those of fastai 2.8, callback/schedule.py (Apache 2.0), and pick the same point of
// the same curve.

// valley is fastai's valley: the longest decreasing subsequence. Counted backwards from its last step by its
// length (which is less far than it reaches when it skips steps), the rate lies a third and half a third in.
func valley(rates, losses []float64) float64 {
	n := len(losses)
	if n == 0 {
		return math.NaN()
	}
	start, end := 0, 0
	lengths := make([]int, n) // of the longest decreasing subsequence that ends here
	lengths[0] = 1
	for i := 1; i < n; i++ {
		lengths[i] = 1
		for j := range i {
			if losses[i] < losses[j] && lengths[i] < lengths[j]+1 {
				lengths[i] = lengths[j] + 1
			}
			if lengths[end] < lengths[i] {
				end = i
				start = end - lengths[end]
			}
		}
	}
	third := float64(end-start) / 3
	at := start + int(third) + int(third/2)
	if at < 0 { // Python's index from the end
		at += n
	}
	return rates[at]
}

// steepest is fastai's steep: the start of the step along which the loss falls fastest over the logarithm of
// the rate. Its base doesn't matter.
func steepest(rates, losses []float64) float64 {
	best, at := math.Inf(1), -1
	for i := range len(losses) - 1 {
		slope := (losses[i+1] - losses[i]) / math.Log10(rates[i+1]/rates[i])
		if slope < best {
			best, at = slope, i
		}
	}
	if at < 0 {
		return math.NaN()
	}
	return rates[at]
}

// minimumTenth is fastai's minimum.
func minimumTenth(rates, losses []float64) float64 {
	if len(losses) == 0 {
		return math.NaN()
	}
	low := 0
	for i, v := range losses {
		if v < losses[low] {
			low = i
		}
	}
	return rates[low] / 10
}

const (
	slideWidth     = 15
	slideThreshold = 0.005
)

// longestSlide is fastai's slide, with its defaults.
func longestSlide(rates, losses []float64) float64 {
	n := len(losses)
	if n <= slideWidth {
		return math.NaN()
	}
	slope := gradient(losses)
	left, right := n-1-slideWidth, n-1
	rate := rates[left]
	for left >= 0 && math.Abs(slope[right]-slope[left]) > slideThreshold {
		rate = rates[left]
		left, right = left-1, right-1
	}
	return rate
}

// gradient is numpy.gradient: central differences, one-sided at both ends; at least 2 values.
func gradient(v []float64) []float64 {
	n := len(v)
	out := make([]float64, n)
	out[0], out[n-1] = v[1]-v[0], v[n-1]-v[n-2]
	for i := 1; i < n-1; i++ {
		out[i] = (v[i+1] - v[i-1]) / 2
	}
	return out
}
