package table

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// form is what becomes of a column.
type form int

const (
	leftOut form = iota
	oneNumber
	oneHot
	oneHotButFirst
	dateParts // year, month and day
)

// choice is a form that a column may take; the cheaper, the more usual.
type choice struct {
	form form
	cost int
}

// choices are the forms that columns of a kind usually take, the most usual first.
var choices = map[kind][]choice{
	isNumber:   {{oneNumber, 0}},
	isConstant: {{oneNumber, 0}, {leftOut, 2}},
	isBoolean:  {{oneNumber, 0}, {oneHot, 4}},
	isDate:     {{oneNumber, 0}, {leftOut, 2}, {dateParts, 3}},
	isOrdered:  {{oneNumber, 0}, {oneHot, 2}, {oneHotButFirst, 3}, {leftOut, 7}},
	isPair:     {{oneNumber, 0}, {oneHot, 1}, {leftOut, 7}},
	isClasses:  {{oneHot, 0}, {oneHotButFirst, 2}, {oneNumber, 3}, {leftOut, 6}},
	isRowID:    {{leftOut, 0}, {oneNumber, 4}},
	isText:     {{leftOut, 0}},
	isNothing:  {{leftOut, 0}},
	isTwin:     {{leftOut, 0}, {oneNumber, 9}},
	isMixed:    {{leftOut, 0}}, // which is refused before
}

// choices are those of the column's kind that it can take.
func (c *column) choices() []choice {
	return slices.DeleteFunc(slices.Clone(choices[c.kind]), func(x choice) bool {
		switch x.form {
		case oneNumber:
			return c.values == nil && c.codes == nil
		case dateParts:
			return c.clock
		}
		return false
	})
}

// width is how many inputs a form makes of the column.
func (c *column) width(f form) int {
	switch f {
	case leftOut:
		return 0
	case oneHot:
		return len(c.levels)
	case oneHotButFirst:
		return len(c.levels) - 1
	case dateParts:
		return 3
	}
	return 1
}

// names are those of the inputs that a form makes of the column.
func (c *column) names(f form) []string {
	var all []string
	switch f {
	case leftOut:
	case oneHot, oneHotButFirst:
		for _, level := range c.levels[len(c.levels)-c.width(f):] {
			all = append(all, c.name+"="+short(level))
		}
	case dateParts:
		return []string{c.name + " year", c.name + " month", c.name + " day"}
	default:
		return []string{c.name}
	}
	return all
}

// put writes a row's inputs. fill stands for what is missing.
func (c *column) put(f form, row int, fill float64, to []float32) {
	switch f {
	case leftOut:
		return
	case oneHot, oneHotButFirst:
		code := fill
		if c.codes != nil && c.codes[row] >= 0 {
			code = float64(c.codes[row])
		} else if c.codes == nil && c.values[row] == c.values[row] {
			code = c.values[row]
		}
		first := len(c.levels) - c.width(f)
		for i := range to {
			switch {
			case code != code:
				to[i] = float32(nan)
			case i+first == int(code):
				to[i] = 1
			}
		}
		return
	}
	v := fill
	if c.values != nil {
		if x := c.values[row]; x == x {
			v = x
		}
	} else if code := c.codes[row]; code >= 0 {
		v = float64(code)
	}
	if f == oneNumber {
		to[0] = float32(v)
		return
	}
	for i := range to {
		to[i] = float32(v)
	}
	if v == v {
		day := c.from.Add(time.Duration(v * float64(24*time.Hour)))
		to[0], to[1], to[2] = float32(day.Year()), float32(day.Month()), float32(day.Day())
	}
}

// isMissing reports whether a row has no value.
func (c *column) isMissing(row int) bool {
	if c.codes != nil {
		return c.codes[row] < 0
	}
	return c.values != nil && c.values[row] != c.values[row]
}

// usual is what stands for a missing value: the median of numbers, the most frequent of texts; 0 where there is no value.
func (c *column) usual() float64 {
	if c.codes != nil && c.kind != isOrdered {
		counts := make([]int, len(c.levels)+1)
		for _, code := range c.codes {
			if code >= 0 {
				counts[code]++
			}
		}
		best := 0
		for code, n := range counts {
			if n > counts[best] {
				best = code
			}
		}
		return float64(best)
	}
	var there []float64
	for _, v := range c.values {
		if v == v {
			there = append(there, v)
		}
	}
	if len(there) == 0 {
		return 0
	}
	slices.Sort(there)
	middle := there[len(there)/2]
	if len(there)%2 == 0 && c.kind != isBoolean && c.kind != isOrdered {
		middle = middle/2 + there[len(there)/2-1]/2
	}
	return middle
}

// becomes says what a form makes of the column.
func (c *column) becomes(f form) string {
	switch f {
	case leftOut:
		return "left out"
	case oneHot:
		return fmt.Sprintf("one-hot, %d inputs", c.width(f))
	case oneHotButFirst:
		return fmt.Sprintf("one-hot without %q, %d inputs", short(c.levels[0]), c.width(f))
	case dateParts:
		return "as year, month and day"
	}
	switch c.kind {
	case isDate:
		if c.clock {
			return "as the share of the day that is over"
		}
		return "as days since " + c.from.Format("2006-01-02")
	case isBoolean:
		return fmt.Sprintf("as %s 0 and %s 1", c.levels[0], c.levels[1])
	case isOrdered, isPair, isClasses:
		var all []string
		for i, level := range c.levels {
			if i == 6 {
				all = append(all, "…")
				break
			}
			all = append(all, fmt.Sprintf("%q %d", short(level), i))
		}
		return "as numbers: " + strings.Join(all, ", ")
	}
	return "as a number"
}
