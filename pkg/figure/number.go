package figure

import (
	"math"
	"strconv"
	"strings"
)

// number writes v with three significant digits for labels: "0.0842", "17.3",
// "3.1e-7", "1,250" stays "1250".
func number(v float64) string {
	switch {
	case math.IsNaN(v):
		return "NaN"
	case math.IsInf(v, 1):
		return "Inf"
	case math.IsInf(v, -1):
		return "-Inf"
	}
	size := math.Abs(v)
	if size != 0 && (size < 1e-3 || size >= 1e6) {
		return tidyExponent(strconv.FormatFloat(v, 'e', 1, 64))
	}
	if size >= 1000 {
		return strconv.FormatFloat(math.Round(v), 'f', 0, 64)
	}
	return strconv.FormatFloat(roundTo(v, 3), 'f', -1, 64)
}

// roundTo rounds v to the given number of significant digits.
func roundTo(v float64, digits int) float64 {
	r, err := strconv.ParseFloat(strconv.FormatFloat(v, 'g', digits, 64), 64)
	if err != nil {
		return v
	}
	return r
}

// tidyExponent turns Go's "1.0e-07" into the "1e-7" that people write.
func tidyExponent(s string) string {
	mantissa, exponent, found := strings.Cut(s, "e")
	if !found {
		return s
	}
	if strings.Contains(mantissa, ".") {
		mantissa = strings.TrimRight(strings.TrimRight(mantissa, "0"), ".")
	}
	sign := ""
	if exponent[0] == '-' {
		sign = "-"
	}
	return mantissa + "e" + sign + strings.TrimLeft(exponent, "+-0")
}

// The largest and the smallest size that can be drawn: a little room is left
// for the arithmetic of axes. A float32 ends at 3.4e38 and 1.4e-45, so what a
// training computes is never concerned.
const (
	hugest  = 1e300
	tiniest = 1e-300
)

// finite is false for NaN and for what is infinite or as good as that.
func finite(v float64) bool { return math.Abs(v) <= hugest }

// onLog reports whether a log axis can show v.
func onLog(v float64) bool { return v >= tiniest && v <= hugest }

// plural returns "1 value" or "3 values".
func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return strconv.Itoa(n) + " " + noun + "s"
}
