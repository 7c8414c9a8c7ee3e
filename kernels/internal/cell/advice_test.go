package cell

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestAdvice(t *testing.T) {
	s := newSession(t)
	play(t, s, "%%\ninside := 1\nfmt.Println(inside)", "ch := make(chan int)\nclose(ch)", "rate := 0.1", "1")
	for complaint, want := range map[string]string{
		"undefined: inside":                    "cell [1]",
		"undefined: rat":                       "Did you mean rate?",
		"undefined: fmt.Printl":                "Did you mean fmt.Println?",
		"undefined: nothing":                   "No cell that has run sets or declares nothing",
		"nn.Tanh (type) is not an expression":  "nn.Tanh{}",
		"use of package text without selector": "the name of a package",
	} {
		assert.Contains(t, s.Advice(complaint), want, complaint)
	}
}
