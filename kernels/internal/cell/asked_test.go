package cell

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

// In each | is the cursor.
func TestNameAsked(t *testing.T) {
	for source, want := range map[string]string{
		"nn.De|nse{}":                           "Dense",
		"nn.|Dense{}":                           "Dense",
		"nn|.Dense{}":                           "nn",
		"nn.Dense|{}":                           "Dense",
		"nn.Dense{|}":                           "Dense",
		"nn.Dense{}|":                           "Dense",
		"nn.Dense{Units: 3, |":                  "Dense",
		"nn.Dense{Uni|ts: 3}":                   "Units",
		"f(g(1), |)":                            "f",
		"f(g(1|), 2)":                           "g",
		"f(g(1)|, 2)":                           "g",
		"f((1 + |2))":                           "f",
		"x := 3 |":                              "",
		"f(\"a|b\")":                            "",
		"f(\"ab\"|)":                            "f",
		"f() // a|":                             "",
		"}|":                                    "",
		"|":                                     "",
		"m.Fit(ctx, data, fit.Config{Epochs: |": "Config",
	} {
		cursor := strings.Index(source, "|")
		text := strings.Replace(source, "|", "", 1)
		start, end := nameAsked(text, cursor)
		assert.Equal(t, want, text[start:end], source)
	}
}
