// Package exponent writes large and small numbers in words as people do: 1e-5, where fmt has 1e-05.
package exponent

import "regexp"

var padded = regexp.MustCompile(`(\d)e(?:(-)|\+)0?(\d)`)

// Short takes from the numbers of a text, as fmt's %g writes them, the sign + and the leading 0 of their exponents: 1e-05 becomes 1e-5,
// 2.5e+07 becomes 2.5e7, and 1e+10 becomes 1e10. What holds no such number stays as it is.
func Short(text string) string { return padded.ReplaceAllString(text, "${1}e${2}${3}") }
