package explore

import (
	"fmt"
	"math"
)

// Band is the mean loss of each epoch over seeds, and its confidence interval; NaN in an epoch without two
// finite losses, the mean without one.
type Band struct {
	Mean, Low, High []float64
}

// Curves is the loss of every epoch for each seed, [seed][epoch]: that of the validation data where there is
// any, else that of the training. Trials that failed are left out.
func (r Row) Curves() [][]float64 {
	var curves [][]float64
	for _, t := range r.Trials {
		switch {
		case t.Err != "":
		case len(t.Validation) > 0:
			curves = append(curves, t.Validation)
		default:
			curves = append(curves, t.Loss)
		}
	}
	return curves
}

// Band is the confidence band of [Row.Curves] at a level in (0, 1), such as 0.95, by the formula of [Paired].
// Seeds that are not finite in an epoch, or have ended before it, are left out of it.
func (r Row) Band(level float64) (Band, error) {
	if !(level > 0 && level < 1) {
		return Band{}, fmt.Errorf("explore: confidence level %g: must lie between 0 and 1", level)
	}
	var b Band
	curves := r.Curves()
	for epoch := 0; ; epoch++ {
		ended := true
		var values []float64
		for _, c := range curves {
			if epoch < len(c) {
				ended = false
				if finite(c[epoch]) {
					values = append(values, c[epoch])
				}
			}
		}
		if ended {
			return b, nil
		}
		mean, low, high := math.NaN(), math.NaN(), math.NaN()
		switch len(values) {
		case 0:
		case 1:
			mean = values[0]
		default:
			mean, low, high = interval(values, level)
		}
		b.Mean, b.Low, b.High = append(b.Mean, mean), append(b.Low, low), append(b.High, high)
	}
}
