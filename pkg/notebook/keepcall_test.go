package notebook

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// calling puts statements into main, and declarations before it.
func calling(declarations, statements string) string {
	return "package main\n\nimport \"example.com/unstuck/pkg/notebook\"\n\n" + declarations +
		"\n\nfunc train(x ...any) (float64, error) { return 1, nil }\n\nfunc main() {\n" + statements + "\n}\n"
}

// What Keep can't see and nobody tells it would make one value stand for several.
func TestKeepAsksForWhatItCannotSee(t *testing.T) {
	for program, missing := range map[string]string{
		calling(`func f(rate float64) { notebook.Keep("x", func() (float64, error) { return train(rate) }) } // here`, `f(1)`):                             "rate",
		calling(`func f(a, b int) { notebook.Keep("x", func() (float64, error) { return train(a, b) }, a) } // here`, `f(1, 2)`):                           "b",
		calling(`func f(rate float64) { m := train(rate); notebook.Keep("x", func() (float64, error) { return m() }) } // here`, `f(1)`):                   "rate",
		calling(`func f(rate float64) { var c config; fill(&c, rate); notebook.Keep("x", func() (float64, error) { return train(c) }) } // here`, `f(1)`):  "rate",
		calling(`func f(rate float64) { var c config; c.Rate = rate; notebook.Keep("x", func() (float64, error) { return train(c) }) } // here`, `f(1)`):   "rate",
		calling(`type s int; func (r s) f() { notebook.Keep("x", func() (float64, error) { return train(r) }) } // here`, `s(1).f()`):                      "r",
		calling(``, `for _, rate := range []float64{1, 2} { notebook.Keep("x", func() (float64, error) { return train(rate) }) } // here`):                 "rate",
		calling(``, `for i := 0; i < 3; i++ { rate := float64(i); notebook.Keep("x", func() (float64, error) { return train(rate) }) } // here`):           "i",
		calling(``, `rate := 1.0; for { notebook.Keep("x", func() (float64, error) { return train(rate) }); rate *= 10 } // here`):                         "rate",
		calling(``, `f := func(rate float64) { notebook.Keep("x", func() (float64, error) { return train(rate) }) }; f(1); f(2) // here`):                  "rate",
		calling(``, `f := func(rate float64) { compute := func() (float64, error) { return train(rate) }; notebook.Keep[float64]("x", compute) } // here`): "rate",
		calling(`func f(m model, rate float64) { notebook.KeepModel("x", m, func() (*h, error) { return train(m, rate) }, m) } // here`, `f(1, 2)`):        "rate",
	} {
		_, err := originIn(t, program)
		if assert.Error(t, err, program) {
			assert.Contains(t, err.Error(), missing, program)
			assert.Contains(t, err.Error(), "pass them as inputs", program)
		}
	}
}

func TestKeepSeesWhatIsTold(t *testing.T) {
	for _, program := range []string{
		calling(`func f(rate float64) { notebook.Keep("x", func() (float64, error) { return train(rate) }, rate) } // here`, `f(1)`),
		calling(`func f(rate float64) { name := fmt.Sprint("x ", rate); notebook.Keep(name, func() (float64, error) { return train(rate) }) } // here`, `f(1)`),
		calling(`func f(name string) { notebook.Keep("x", func() (float64, error) { return train(1) }) } // here`, `f("a")`),
		calling(`func f(h func() net) { notebook.Keep("x", func() (float64, error) { return train(h) }, stack(h)) } // here`, `f(a)`),
		calling(``, `rate := 1.0; notebook.Keep("x", func() (float64, error) { return train(rate) }) // here`),
		calling(``, `for _, rate := range []float64{1, 2} { notebook.Keep("x", func() (float64, error) { return train(rate) }, rate) } // here`),
		calling(``, `for _, rate := range []float64{1, 2} { notebook.Keep(fmt.Sprint(rate), func() (float64, error) { return train(rate) }) } // here`),
		calling(``, `notebook.Keep("x", func() (s float64, err error) { for rate := range 3 { s += train(rate) }; return s, nil }) // here`),
	} {
		_, err := originIn(t, program)
		assert.NoError(t, err, program)
	}
}

// A value that one cell keeps is there for the next one, whatever else the cells do.
func TestCellsShareWhatHasItsInputs(t *testing.T) {
	function := `func f(rate float64) { notebook.Keep("x", func() (float64, error) { return train(rate) }, rate) } // here`
	first, second := mustOrigin(t, calling(function, `f(1); show("curves")`)), mustOrigin(t, calling("var more = 1\n"+function+"\nfunc g() { f(more) }", `g(); f(2)`))
	assert.Equal(t, first.code, second.code)
	assert.NotEqual(t, first.cell, second.cell)
	named := strings.Replace(strings.Replace(function, `"x"`, `fmt.Sprint(rate)`, 1), "}, rate)", "})", 1)
	require.NotEqual(t, function, named)
	assert.NotEqual(t, mustOrigin(t, calling(named, `f(1)`)).code, mustOrigin(t, calling(named, `f(2)`)).code)
}
