package curve

import (
	"fmt"
	"math"
	"strconv"
)

// Series is a number that was logged again and again: Values[i] at the place At[i] on its axis.
type Series struct {
	Name   string    // as the log calls it, "val_loss"
	Axis   string    // what At counts: "epoch", "step", or "point" where the log doesn't say
	At     []float64 // as many as Values, increasing; empty: 1, 2, 3, …
	Values []float64 // NaN and infinities are what they are
}

// place says where value i was logged: "epoch 3".
func (s Series) place(i int) string {
	at := float64(i + 1)
	if i < len(s.At) {
		at = s.At[i]
	}
	return s.axis() + " " + strconv.FormatFloat(at, 'f', -1, 64)
}

func (s Series) axis() string {
	if s.Axis == "" {
		return "point"
	}
	return s.Axis
}

// finite is the part before the first value that is no number.
func (s Series) finite() []float64 {
	for i, v := range s.Values {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return s.Values[:i]
		}
	}
	return s.Values
}

// number writes v with four digits, and a difference of percents with as many as it needs.
func number(v float64) string { return strconv.FormatFloat(v, 'g', 4, 64) }

func percent(share float64) string {
	switch p := 100 * share; {
	case math.Abs(p) >= 10:
		return fmt.Sprintf("%.0f%%", p)
	case math.Abs(p) >= 0.1:
		return fmt.Sprintf("%.1f%%", p)
	case p == 0:
		return "0%"
	}
	return "less than 0.1%"
}
