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

// Whoever comes from another language is told how Go writes it; what the message says already is left as it is.
func TestAdviceForNewcomers(t *testing.T) {
	s := newSession(t)
	play(t, s, "1", "1")
	for complaint, want := range map[string]string{
		"illegal rune literal":                                              `"hello"`,
		"expected statement, found 'else'":                                  "} else {",
		"assignment mismatch: 1 variable but strconv.Atoi returns 2 values": "notebook.Must",
		"assignment mismatch: 1 variable but f returns 3 values":            "",
		`cannot use "relu" (constant of type string) as nn.Activation value in struct literal: string does not implement nn.Activation (missing method Activate)`:    "nn.ReLU{}",
		`cannot use "nothing" (untyped string constant) as nn.Activation value in struct literal: string does not implement nn.Activation (missing method Activate)`: "such as nn.",
		`cannot use "mse" (untyped string constant) as loss.Loss value in argument to fit.Compile: string does not implement loss.Loss (missing method PerRow)`:      "loss.MSE{}",
		"invalid operation: total * x (mismatched types int and float64)":                                                                                            "float64(n)",
		"invalid operation: x + total (mismatched types float64 and int)":                                                                                            "float64(n)",
		`invalid operation: total == "a" (mismatched types int and untyped string)`:                                                                                  "",
		"cannot use x (variable of type float64) as int value in variable declaration":                                                                               "int(x)",
		"1.5 (untyped float constant) truncated to int":                                                                                                              "n := 0.0",
		"too few values in struct literal of type Point":                                                                                                             "Point{X: 1}",
		"missing return":  "",
		"undefined: plot": "notebook.Show(figure.Lines{",
		"undefined: plt":  "notebook.Show(figure.Lines{",
		"undefined: hist": "notebook.Show(figure.Histograms{",
	} {
		got := s.Advice(complaint)
		if want == "" {
			assert.Empty(t, got, complaint)
			continue
		}
		assert.Contains(t, got, want, complaint)
	}
}
