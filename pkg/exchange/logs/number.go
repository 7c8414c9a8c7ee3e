package logs

import (
	"math"
	"strconv"
	"strings"
)

// number reads one number as programs print it: 0.5, 1e-3, nan, -inf, "Infinity", 97.5%, tensor(0.69), np.float64(0.69). Empty
// text, None and null are no number.
func number(text string) (float64, bool) {
	text = strings.TrimSpace(text)
	if plainNumber(text) {
		v, err := strconv.ParseFloat(text, 64)
		return v, err == nil || math.IsInf(v, 0)
	}
	for _, wrapper := range []string{"tensor(", "np.float64(", "np.float32(", "Array("} {
		if rest, found := strings.CutPrefix(text, wrapper); found {
			text, _, _ = strings.Cut(strings.TrimSuffix(rest, ")"), ",")
		}
	}
	text = strings.Trim(text, `"' `)
	if rest, found := strings.CutSuffix(text, "%"); found {
		v, ok := number(rest)
		return v / 100, ok
	}
	switch strings.ToLower(text) {
	case "nan", "-nan", "+nan", "nan(ind)", "-nan(ind)":
		return math.NaN(), true
	case "inf", "+inf", "infinity", "+infinity":
		return math.Inf(1), true
	case "-inf", "-infinity":
		return math.Inf(-1), true
	}
	if text == "" || strings.ContainsAny(text, "_xXpP") { // which Go reads and no log means
		return 0, false
	}
	v, err := strconv.ParseFloat(text, 64)
	if err != nil && !math.IsInf(v, 0) {
		return 0, false
	}
	return v, true
}

// plainNumber reports whether a text is made of a number's signs alone, as nearly all cells of a table are.
func plainNumber(text string) bool {
	for i := range len(text) {
		switch c := text[i]; {
		case c >= '0' && c <= '9', c == '.', c == '-', c == '+', c == 'e', c == 'E':
		default:
			return false
		}
	}
	return text != ""
}
