package curve

import "math"

// repetition is after how many values the series repeats itself to the last digit, all along: 1 for one number again and
// again. 0: it doesn't, or not three times.
func repetition(values []float64) int {
	for p := 1; 3*p <= len(values) && p <= mostLag; p++ {
		same := true
		for i := p; i < len(values) && same; i++ {
			same = values[i] == values[i-p]
		}
		if same {
			return p
		}
	}
	return 0
}

const (
	mostLag  = 4096 // values: longer cycles are not looked for
	mostUsed = 1 << 14
	periodic = 0.6 // autocorrelation from which on a series repeats itself; of a few values, more
)

// swing is a movement up and down around a level.
type swing struct {
	period    int     // in values; 0: none was found
	amplitude float64 // half of the way from the low end to the high one
}

// swingOf finds the shortest period of what is left of the values without their trend. At most the last 16,384 are looked at.
func swingOf(values []float64) swing {
	if len(values) > mostUsed {
		values = values[len(values)-mostUsed:]
	}
	if len(values) < 8 {
		return swing{}
	}
	rest := withoutTrend(values)
	most := min(len(rest)/3, mostLag)
	crossed := false
	for lag := 1; lag <= most; lag++ {
		r := autocorrelation(rest, lag)
		if r < 0.2 {
			crossed = true
		}
		if crossed && r > max(periodic, 3.5/math.Sqrt(float64(len(rest)-lag))) && r >= autocorrelation(rest, lag+1) && r >= autocorrelation(rest, lag-1) {
			return swing{period: lag, amplitude: math.Sqrt2 * deviation(rest)}
		}
	}
	return swing{}
}

// withoutTrend takes away the mean of the neighbours, a third of the series wide.
func withoutTrend(values []float64) []float64 {
	sums := make([]float64, len(values)+1)
	for i, v := range values {
		sums[i+1] = sums[i] + v
	}
	half := max(2, len(values)/6)
	rest := make([]float64, len(values))
	for i, v := range values {
		h := min(half, i, len(values)-1-i) // as many on either side, or a slope would not cancel
		rest[i] = v - (sums[i+h+1]-sums[i-h])/float64(2*h+1)
	}
	return rest
}

func deviation(values []float64) float64 {
	sum := 0.0
	for _, v := range values {
		sum += v * v / float64(len(values))
	}
	return math.Sqrt(sum)
}

// autocorrelation is the correlation of the values with those lag later.
func autocorrelation(values []float64, lag int) float64 {
	early, late := values[:len(values)-lag], values[lag:]
	var both, a, b float64
	for i := range early {
		both += early[i] * late[i]
		a += early[i] * early[i]
		b += late[i] * late[i]
	}
	if a == 0 || b == 0 {
		return 0
	}
	return both / math.Sqrt(a*b)
}
