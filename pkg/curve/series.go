package curve

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"example.com/unstuck/internal/exponent"
)

// Series is a number that was logged again and again: Values[i] at the place At[i] on its axis.
type Series struct {
	Name   string    // as the log calls it, "val_loss"
	Axis   string    // what At counts: "epoch", "step", or "point" where the log doesn't say
	At     []float64 // as many as Values, increasing; empty: 1, 2, 3, …
	Values []float64 // NaN and infinities are what they are

	means string // its name written out, where it is understood beside others' alone
}

// place says where value i was logged: "epoch 3".
func (s Series) place(i int) string {
	return s.axis() + " " + strconv.FormatFloat(s.at(i), 'f', -1, 64)
}

func (s Series) axis() string {
	if s.Axis == "" {
		return "point"
	}
	return s.Axis
}

// numbers is the series without what is NaN or infinite.
func (s Series) numbers() Series {
	if !slices.ContainsFunc(s.Values, func(v float64) bool { return !isNumber(v) }) {
		return s
	}
	out := Series{Name: s.Name, Axis: s.Axis}
	for i, v := range s.Values {
		if isNumber(v) {
			out.At, out.Values = append(out.At, s.at(i)), append(out.Values, v)
		}
	}
	return out
}

// broken is the index from which on no value is a number any more; as many as there are values: the last one is.
func (s Series) broken() int {
	i := len(s.Values)
	for i > 0 && !isNumber(s.Values[i-1]) {
		i--
	}
	return i
}

func isNumber(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }

func (s Series) at(i int) float64 {
	if i < len(s.At) {
		return s.At[i]
	}
	return float64(i + 1)
}

// share is how much of the way along the axis lies behind value i.
func (s Series) share(i int) float64 {
	last := len(s.Values) - 1
	if last < 1 {
		return 1
	}
	return (s.at(last) - s.at(i)) / (s.at(last) - s.at(0))
}

// holes says which values between numbers are none.
func (s Series) holes() string {
	var places []string
	count := 0
	for i, v := range s.Values[:s.broken()] {
		if isNumber(v) {
			continue
		}
		if count++; len(places) < 5 {
			places = append(places, s.place(i))
		}
	}
	if count == 0 {
		return ""
	}
	if count > len(places) {
		places = append(places, "…")
	}
	return fmt.Sprintf("%s is no number at %d of %d places, and is one again behind them: %s", s.Name, count, len(s.Values), strings.Join(places, ", "))
}

// number writes v with four digits, and a difference of percents with as many as it needs.
func number(v float64) string { return exponent.Short(strconv.FormatFloat(v, 'g', 4, 64)) }

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
