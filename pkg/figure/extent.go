package figure

import "math"

// extent collects the range of what a figure shows. Its zero value is not
// ready: use newExtent.
type extent struct{ xmin, xmax, ymin, ymax float64 }

func newExtent() extent {
	return extent{math.Inf(1), math.Inf(-1), math.Inf(1), math.Inf(-1)}
}

func (e *extent) add(x, y float64) {
	e.addX(x)
	e.addY(y)
}

func (e *extent) addX(x float64) {
	if finite(x) {
		e.xmin, e.xmax = math.Min(e.xmin, x), math.Max(e.xmax, x)
	}
}

func (e *extent) addY(y float64) {
	if finite(y) {
		e.ymin, e.ymax = math.Min(e.ymin, y), math.Max(e.ymax, y)
	}
}

func (e *extent) addCurve(c *curve) {
	xmin, xmax, ymin, ymax := c.DataRange()
	e.add(xmin, ymin)
	e.add(xmax, ymax)
}

func (e extent) empty() bool { return e.xmin > e.xmax || e.ymin > e.ymax }

// padded widens a range so that no curve runs along the frame: by 6% of the
// range, on a log axis of the range of exponents. A linear axis whose data are
// positive never goes below zero, and starts at zero when the data come near.
func padded(lo, hi float64, log bool) (float64, float64) {
	if log {
		a, b := math.Log10(lo), math.Log10(hi)
		if b-a < 0.02 {
			a, b = a-0.3, b+0.3
		}
		pad := 0.06 * (b - a)
		return math.Pow(10, a-pad), math.Pow(10, b+pad)
	}
	if hi-lo < tiniest {
		pad := math.Max(math.Abs(lo)*0.1, 1e-12)
		return lo - pad, hi + pad
	}
	pad := 0.06 * (hi - lo)
	low := lo - pad
	if lo >= 0 && lo < 0.35*hi {
		low = 0
	}
	return low, hi + pad
}
