package table

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"
)

// marks are what stands around and inside of a number as people write it.
type marks struct {
	thousands, currency, percent bool
	unit                         string // behind each, "cm"
}

func (m marks) or(n marks) marks {
	return marks{m.thousands || n.thousands, m.currency || n.currency, m.percent || n.percent, m.unit}
}

// text names the marks, and what becomes of them; empty: there are none.
func (m marks) text() string {
	var all []string
	if m.thousands {
		all = append(all, "thousands separators")
	}
	if m.currency {
		all = append(all, "currency signs")
	}
	if m.percent {
		all = append(all, "percent signs")
	}
	if m.unit != "" {
		all = append(all, fmt.Sprintf("the unit %q", m.unit))
	}
	return strings.Join(all, " and ")
}

// longestUnit bounds the letters of a unit: longer ones are words.
const longestUnit = 8

// unit is what stands behind the number in each cell of a column, as the cm of 12 cm; empty: nothing does, or not the same.
func (t *Table) unit(at int) string {
	unit := ""
	for row := range t.Rows() {
		cell := t.Cell(row, at)
		if isNone(cell) {
			continue
		}
		if unit == "" {
			number := strings.TrimRight(cell, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZµμ°²³/")
			if unit = cell[len(number):]; number == "" || unit == "" || len(unit) > longestUnit || !strings.ContainsAny(number, "0123456789") {
				return ""
			}
		}
		if !strings.HasSuffix(cell, unit) {
			return ""
		}
	}
	return unit
}

// without is a cell without its unit.
func without(cell, unit string) string { return strings.TrimSpace(strings.TrimSuffix(cell, unit)) }

// longestNumber bounds what may be a number: beyond, no digit would matter.
const longestNumber = 400

// parseNumber reads a number as people write it: with a decimal point or, where decimal is ',', a comma, groups of three digits
// apart by the other one, blanks or apostrophes, a currency, a percent sign (45% is 45), and parentheses for what is owed.
func parseNumber(cell string, decimal byte) (float64, marks, bool) {
	if len(cell) == 0 || len(cell) > longestNumber {
		return 0, marks{}, false
	}
	if isPlain(cell, decimal) {
		return plain(cell, decimal)
	}
	var m marks
	if inf, is := infinite(cell); is {
		return inf, m, true
	}
	s, negative := strings.TrimSpace(cell), false
	if strings.HasPrefix(s, "(") && strings.HasSuffix(s, ")") {
		s, negative = s[1:len(s)-1], true
	}
	s, m.percent = cutSuffix(s, "%")
	s, negative = sign(s, negative)
	s, m.currency = cutCurrency(s)
	s, negative = sign(s, negative)
	s, m.thousands = ungrouped(s, decimal)
	if s == "" || !isPlain(s, decimal) || s[0] == '+' || s[0] == '-' {
		return 0, m, false
	}
	v, _, ok := plain(s, decimal)
	if negative {
		v = -v
	}
	return v, m, ok
}

// isPlain reports whether a cell has only what strconv reads of a decimal number.
func isPlain(s string, decimal byte) bool {
	digits := false
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c >= '0' && c <= '9':
			digits = true
		case c == decimal, c == '+', c == '-', digits && (c == 'e' || c == 'E'):
		default:
			return false
		}
	}
	return digits
}

func plain(s string, decimal byte) (float64, marks, bool) {
	if decimal == ',' {
		s = strings.Replace(s, ",", ".", 1)
	}
	v, err := strconv.ParseFloat(s, 64)
	return v, marks{}, err == nil || math.IsInf(v, 0)
}

func infinite(s string) (float64, bool) {
	switch strings.ToLower(s) {
	case "inf", "+inf", "infinity", "+infinity":
		return math.Inf(1), true
	case "-inf", "-infinity":
		return math.Inf(-1), true
	}
	return 0, false
}

func cutSuffix(s, suffix string) (string, bool) {
	if cut, found := strings.CutSuffix(s, suffix); found {
		return strings.TrimSpace(cut), true
	}
	return s, false
}

// sign takes a sign off, the typographer's minus among them.
func sign(s string, negative bool) (string, bool) {
	for _, minus := range []string{"-", "−"} {
		if cut, found := strings.CutPrefix(s, minus); found && !negative {
			return strings.TrimSpace(cut), true
		}
	}
	if cut, found := strings.CutPrefix(s, "+"); found {
		return strings.TrimSpace(cut), negative
	}
	return s, negative
}

var currencies = []string{"US$", "$", "€", "£", "¥", "₹", "USD", "EUR", "GBP", "JPY", "CHF", "INR", "CAD", "AUD", "kr", "zł"}

func cutCurrency(s string) (string, bool) {
	for _, c := range currencies {
		if cut, found := strings.CutPrefix(s, c); found {
			return strings.TrimSpace(cut), true
		}
		if cut, found := strings.CutSuffix(s, c); found {
			return strings.TrimSpace(cut), true
		}
	}
	return s, false
}

// ungrouped takes the marks between groups of three digits out. A number that isn't grouped right is left as it is.
func ungrouped(s string, decimal byte) (string, bool) {
	whole, fraction := s, ""
	if at := strings.IndexByte(s, decimal); at >= 0 {
		whole, fraction = s[:at], s[at:]
	}
	mark := rune(0)
	for _, c := range whole {
		if c < '0' || c > '9' {
			mark = c
			break
		}
	}
	if mark == 0 || mark == utf8.RuneError || !strings.ContainsRune(",.' ’\u00a0\u202f\u2009", mark) {
		return s, false
	}
	groups := strings.Split(whole, string(mark))
	for i, g := range groups {
		if len(g) != 3 && (i > 0 || len(g) == 0 || len(g) > 3) || g[0] == '0' && i == 0 || strings.Trim(g, "0123456789") != "" {
			return s, false
		}
	}
	return strings.Join(groups, "") + fraction, true
}
