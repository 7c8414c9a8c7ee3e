package codec

import (
	"regexp"
	"strings"
)

var (
	wordBreak = regexp.MustCompile(`(.)([A-Z][a-z]+)`)
	caseBreak = regexp.MustCompile(`([a-z])([A-Z])`)
)

// ClassName is a class in snake case as Keras writes it, in layers' names and in weights files: "SimpleRNN" becomes
// "simple_rnn", "ReLU" "re_lu".
func ClassName(class string) string {
	s := wordBreak.ReplaceAllString(class, "${1}_${2}")
	return strings.ToLower(caseBreak.ReplaceAllString(s, "${1}_${2}"))
}
