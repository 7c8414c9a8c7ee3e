package text

import (
	"errors"
	"strings"
	"unicode/utf8"
)

const punctuation = "!\"#$%&()*+,-./:;<=>?@[\\]^_`{|}~'"

// standardize makes one text of many ways to write it. Bytes beyond ASCII stay as they are, as in TensorFlow.
func (v TextVectorization) standardize(s string) string {
	lower := v.Standardize == "" || v.Standardize == "lower" || v.Standardize == "lower_and_strip_punctuation"
	strip := v.Standardize == "" || v.Standardize == "strip_punctuation" || v.Standardize == "lower_and_strip_punctuation"
	if !lower && !strip {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	for i := range len(s) {
		c := s[i]
		switch {
		case strip && strings.IndexByte(punctuation, c) >= 0:
		case lower && c >= 'A' && c <= 'Z':
			b.WriteByte(c + 'a' - 'A')
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}

// tokens are those of a row.
func (v TextVectorization) tokens(texts []string) ([]string, error) {
	var tokens []string
	for _, s := range texts {
		s = v.standardize(s)
		switch v.split() {
		case "none":
			tokens = append(tokens, s)
		case "character":
			if !utf8.ValidString(s) {
				return nil, errors.New("the text is not UTF-8: its characters can't be told apart")
			}
			for _, r := range s {
				tokens = append(tokens, string(r))
			}
		default:
			tokens = append(tokens, strings.FieldsFunc(s, func(r rune) bool { return r < utf8.RuneSelf && strings.ContainsRune(" \t\n\v\f\r", r) })...)
		}
	}
	if v.NGrams == nil {
		return tokens, nil
	}
	var grams []string
	for _, n := range v.NGrams {
		for i := 0; i+n <= len(tokens); i++ {
			grams = append(grams, strings.Join(tokens[i:i+n], " "))
		}
	}
	return grams, nil
}
