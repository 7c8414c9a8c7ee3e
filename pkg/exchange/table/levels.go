package table

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// booleans are the words for no and yes, in small letters.
var booleans = [][2]string{{"no", "yes"}, {"false", "true"}, {"n", "y"}, {"f", "t"}, {"off", "on"}, {"absent", "present"}, {"negative", "positive"}, {"nein", "ja"}, {"non", "oui"}, {"benign", "malignant"}, {"fail", "pass"}, {"failed", "passed"}}

// asBoolean reads a column of yes and no, and reports whether it is one.
func (t *Table) asBoolean(c *column) bool {
	var words *[2]string
	values, missing, seen := make([]float64, 0, t.Rows()), 0, [2]bool{}
	for row := range t.Rows() {
		cell := strings.ToLower(t.Cell(row, c.at))
		if isEmpty(cell) {
			values = append(values, nan)
			missing++
			continue
		}
		if words == nil {
			at := slices.IndexFunc(booleans, func(w [2]string) bool { return w[0] == cell || w[1] == cell })
			if at < 0 {
				return false
			}
			words = &booleans[at]
		}
		is := slices.Index(words[:], cell)
		if is < 0 {
			return false
		}
		seen[is] = true
		values = append(values, float64(is))
	}
	if words == nil || !seen[0] || !seen[1] {
		return false
	}
	c.kind, c.values, c.missing, c.why = isBoolean, values, missing, fmt.Sprintf("its cells are %s and %s", words[0], words[1])
	c.levels = words[:]
	return true
}

// asTexts sorts a column's texts into levels; of more than most, it is a column of texts.
func (t *Table) asTexts(c *column, most int) {
	places := map[string]int32{}
	codes := make([]int32, t.Rows())
	filled := 0
	for row := range codes {
		cell := t.Cell(row, c.at)
		if isEmpty(cell) {
			codes[row] = -1
			c.missing++
			continue
		}
		filled++
		place, seen := places[cell]
		if !seen {
			place = int32(len(places))
			if len(places) == most {
				c.kind, c.why = isText, fmt.Sprintf("it has more than %d different texts", most)
				return
			}
			places[cell] = place
		}
		codes[row] = place
	}
	c.levels = make([]string, 0, len(places))
	for level := range places {
		c.levels = append(c.levels, level)
	}
	sortLevels(c.levels)
	to := make([]int32, len(places))
	for i, level := range c.levels {
		to[places[level]] = int32(i)
	}
	for row, code := range codes {
		if code >= 0 {
			codes[row] = to[code]
		}
	}
	c.codes = codes
	switch n := len(c.levels); {
	case n == 0:
		c.kind, c.why = isNothing, "it has no value"
	case n == 1:
		c.kind, c.why, c.codes = isConstant, "each row has the same", nil
	case n == filled && filled >= fewestRows:
		c.kind, c.why = isRowID, "each row has another text"
	case n == 2:
		c.kind, c.why = isPair, "it has two different texts"
	case n > 10 && n*3 > filled:
		c.kind, c.why = isText, fmt.Sprintf("it has %d different texts in %d rows", n, filled)
	default:
		c.kind, c.why = isClasses, fmt.Sprintf("it has %d different texts", n)
	}
	if c.kind == isClasses || c.kind == isPair {
		if scale := ordered(c.levels); scale != nil {
			c.inOrder(scale, "its texts are steps of a scale")
		}
	}
}

// sortLevels sorts texts, and those that are numbers by their size.
func sortLevels(levels []string) {
	slices.SortFunc(levels, func(a, b string) int {
		x, err := strconv.ParseFloat(a, 64)
		y, err2 := strconv.ParseFloat(b, 64)
		switch {
		case err == nil && err2 == nil && x < y:
			return -1
		case err == nil && err2 == nil && x > y:
			return 1
		}
		return strings.Compare(a, b)
	})
}

// scales are texts that are plainly steps from little to much, in small letters.
var scales = [][]string{
	{"very low", "low", "medium low", "medium", "medium high", "high", "very high"}, {"low", "med", "high"}, {"low", "moderate", "high"}, {"low", "average", "high"}, {"low", "mid", "high"}, {"l", "m", "h"},
	{"xxs", "xs", "s", "m", "l", "xl", "xxl", "xxxl"}, {"tiny", "small", "medium", "large", "huge"}, {"small", "mid", "large"}, {"small", "average", "big"},
	{"very poor", "poor", "fair", "average", "good", "very good", "excellent"}, {"very bad", "bad", "ok", "good", "very good"}, {"worst", "bad", "average", "good", "best"},
	{"never", "rarely", "sometimes", "often", "always"}, {"none", "mild", "moderate", "severe", "critical"}, {"none", "low", "medium", "high"},
	{"strongly disagree", "disagree", "neutral", "agree", "strongly agree"}, {"cold", "cool", "mild", "warm", "hot"}, {"weak", "medium", "strong"}, {"slow", "medium", "fast"}, {"young", "middle", "old"}, {"short", "medium", "tall"},
	{"first", "second", "third", "fourth", "fifth"}, {"1st", "2nd", "3rd", "4th", "5th"}, {"bronze", "silver", "gold", "platinum"}, {"beginner", "intermediate", "advanced", "expert"}, {"junior", "mid", "senior"},
}

// ordered are the levels in the order of the scale that has all of them; nil: there is none.
func ordered(levels []string) []string {
	for _, scale := range scales {
		places := make([]int, len(levels))
		fits := true
		for i, level := range levels {
			places[i] = slices.Index(scale, strings.ToLower(strings.ReplaceAll(level, "_", " ")))
			fits = fits && places[i] >= 0
		}
		if fits {
			in := slices.Clone(levels)
			slices.SortFunc(in, func(a, b string) int {
				return places[slices.Index(levels, a)] - places[slices.Index(levels, b)]
			})
			return in
		}
	}
	return nil
}

// inOrder makes numbers of a column's texts, by their place on a scale; what isn't on it is missing.
func (c *column) inOrder(scale []string, why string) {
	c.values = make([]float64, len(c.codes))
	c.missing = 0
	for row, code := range c.codes {
		c.values[row] = nan
		if code >= 0 {
			if at := slices.IndexFunc(scale, func(step string) bool { return strings.EqualFold(step, c.levels[code]) }); at >= 0 {
				c.values[row] = float64(at)
				continue
			}
		}
		c.missing++
	}
	c.kind, c.why = isOrdered, why
	c.levels, c.codes = scale, nil
	codes := make([]int32, len(c.values))
	for row, v := range c.values {
		if codes[row] = -1; v == v {
			codes[row] = int32(v)
		}
	}
	c.codes = codes
}

// toCodes makes numbers of texts by their order.
func (c *column) toCodes() {
	if c.values != nil {
		return
	}
	c.values = make([]float64, len(c.codes))
	for row, code := range c.codes {
		if c.values[row] = float64(code); code < 0 {
			c.values[row] = nan
		}
	}
}

// toNumber keeps a column as one number a row, where it has any.
func (c *column) toNumber() {
	if c.codes != nil {
		c.toCodes()
	}
	if c.values != nil && c.kind != isNothing {
		c.kind, c.why = isNumber, "--numeric"
	}
}
