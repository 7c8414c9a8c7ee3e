package text

import (
	"fmt"
	"strconv"
	"strings"
)

// constructor is a call of Keras.
type constructor struct {
	class     string
	arguments []string
}

func call(class, name string) *constructor {
	c := &constructor{class: class}
	if name != "" {
		c.add("name=" + pythonText(name))
	}
	return c
}

func (c *constructor) add(argument string) { c.arguments = append(c.arguments, argument) }

// String is "layers.StringLookup(vocabulary=['a', 'b'])".
func (c *constructor) String() string {
	return "layers." + c.class + "(" + strings.Join(c.arguments, ", ") + ")"
}

// mostShown is how many entries of a vocabulary are written out.
const mostShown = 8

// list is a list of Python, or "yours" for a long one.
func list[T any](all []T, text func(T) string) string {
	if len(all) > mostShown {
		return "yours"
	}
	texts := make([]string, len(all))
	for i, v := range all {
		texts[i] = text(v)
	}
	return "[" + strings.Join(texts, ", ") + "]"
}

// lookup writes what all lookups have; text writes an entry of the vocabulary.
func (c *constructor) lookup(l lookup, unknown string, text func(string) string) {
	c.add("vocabulary=" + list(l.vocabulary, text))
	if l.oovs() != 1 {
		c.add(fmt.Sprintf("num_oov_indices=%d", l.oovs()))
	}
	if l.oovToken != unknown {
		c.add("oov_token=" + text(l.oovToken))
	}
	if l.masked {
		c.add("mask_token=" + text(l.mask))
	}
	c.sizes(l)
}

// sizes writes the mode and the settings of vectors.
func (c *constructor) sizes(l lookup) {
	c.mode(l.mode)
	if l.maxTokens != 0 {
		c.add(fmt.Sprintf("max_tokens=%d", l.maxTokens))
	}
	if l.padded {
		c.add("pad_to_max_tokens=True")
	}
	if l.mode == asTFIDF {
		c.add("idf_weights=" + list(l.idf, func(x float64) string { return strconv.FormatFloat(x, 'g', -1, 64) }))
	}
}

func (c *constructor) mode(mode string) {
	if mode != "" && mode != asIndex {
		c.add("output_mode=" + pythonText(mode))
	}
}

func (c *constructor) salt(salt []uint64) {
	if salt != nil {
		c.add("salt=" + list(salt, func(n uint64) string { return strconv.FormatUint(n, 10) }))
	}
}

// pythonText is a string of Python.
func pythonText(s string) string {
	quoted := strconv.Quote(s)
	return "'" + strings.ReplaceAll(strings.ReplaceAll(quoted[1:len(quoted)-1], `\"`, `"`), "'", `\'`) + "'"
}

// or is text, or fallback where it is empty.
func or(text, fallback string) string {
	if text == "" {
		return fallback
	}
	return text
}

func errorOf(label string, err error) error { return fmt.Errorf("%s: %w", label, err) }

// oneShape refuses any number of inputs but one.
func oneShape(label string, inputs [][]int) error {
	if len(inputs) != 1 {
		return fmt.Errorf("%s takes one input, not %d", label, len(inputs))
	}
	return nil
}
