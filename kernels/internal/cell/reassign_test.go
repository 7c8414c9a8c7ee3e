package cell

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

const (
	wide     = "net = nn.Sequential{nn.Dense{Units: 128}, nn.Dense{Units: 1}}"
	layers   = "net := nn.Sequential{nn.Dense{Units: 3}}"
	compiled = "m, err := fit.Compile(net, optim.Adam(0.1), loss.MSE{}, fit.Options{})"
)

// TestAssignedIsDeclared holds that x = expression leaves a value that no file can hold as x := expression does.
func TestAssignedIsDeclared(t *testing.T) {
	for name, c := range map[string]struct {
		cells []string
		want  []string
	}{
		"a network":              {[]string{layers, wide}, []string{"var " + wide}},
		"on several lines":       {[]string{layers, "net = nn.Sequential{\n\tnn.Dense{Units: 1},\n}"}, []string{"var net = nn.Sequential{\n\tnn.Dense{Units: 1},\n}"}},
		"without blanks":         {[]string{layers, "net=nn.Sequential{}"}, []string{"var net = nn.Sequential{}"}},
		"an optimizer":           {[]string{"opt := optim.Adam(0.1)", "opt = optim.Adam(10)"}, []string{"var opt = optim.Adam(10)"}},
		"what var has declared":  {[]string{"var net nn.Sequential", wide}, []string{"var " + wide}},
		"two at once":            {[]string{"a, b := optim.Adam(1), optim.Adam(2)", "a, b = optim.Adam(3), optim.Adam(4)"}, []string{"var a = optim.Adam(3); var b = optim.Adam(4)"}},
		"behind a number":        {[]string{layers, "units := 8\nnet = nn.Sequential{nn.Dense{Units: units}}"}, []string{"var units = 8", "var net = nn.Sequential{nn.Dense{Units: units}}"}},
		"of another one":         {[]string{"opt := optim.Adam(0.1)\nclip := opt.With(optim.ClipByNorm{Max: 1})", "opt = optim.Adam(1)\nclip = opt.With(optim.ClipByNorm{Max: 2})"}, []string{"var opt = optim.Adam(1)", "var clip = opt.With(optim.ClipByNorm{Max: 2})"}},
		"its model is stale":     {[]string{layers, compiled, wide}, []string{"var " + wide, "%rm m"}},
		"and anew beside it":     {[]string{layers, compiled, wide + "\n" + strings.Replace(compiled, ":=", "=", 1)}, []string{"var " + wide, "\nm, err = fit.Compile(", `var m = notebook.Made[*fit.Model]("m")(fit.Compile(net`}},
		"a model that must be":   {[]string{layers, compiled, wide + "\nm = notebook.Must(fit.Compile(net, optim.Adam(1), loss.MSE{}, fit.Options{}))"}, []string{`var m = notebook.Made[*fit.Model]("m")(fit.Compile(net, optim.Adam(1)`}},
		"a layer":                {[]string{"var l = nn.Dense{Units: 8}", "l = nn.Dense{Units: 9}"}, []string{"var l = nn.Dense{Units: 9}"}},
		"a number stays carried": {[]string{"n := 1", "n = 2"}, []string{`n = 2; notebook.Carry("n", &n)`}},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSession(t)
			r := play(t, s, c.cells...)
			for _, want := range c.want {
				assert.Contains(t, r.Code, want)
			}
			assert.Empty(t, r.Spent)
			if !strings.Contains(strings.Join(c.want, ""), "%rm") {
				assert.NotContains(t, r.Code, "%rm")
			}
		})
	}
}

// TestAssignedOtherwiseIsToldOf holds that a value which an assignment leaves behind is undefined in later cells, and that these
// say what to do.
func TestAssignedOtherwiseIsToldOf(t *testing.T) {
	const write = "by an assignment that can't be kept"
	for name, c := range map[string]struct {
		cells     []string
		spent     string
		says      string
		statement string // that stays where it is
	}{
		"grown":                       {[]string{layers, "net = append(net, nn.Dense{Units: 1})"}, "net", write, "net = append("},
		"grown where it is declared":  {[]string{"var net nn.Sequential\nnet = append(net, nn.Dense{Units: 1})"}, "net", write, "net = append("},
		"a field":                     {[]string{"d := nn.Dense{Units: 4}\nl := struct{ L nn.Layer }{d}", "l.L = nn.Dense{}"}, "l", write, "l.L = "},
		"in a block":                  {[]string{layers, "if len(net) > 0 {\n\t" + wide + "\n}"}, "net", write, wide},
		"after its use":               {[]string{layers, "fmt.Println(len(net))\n" + wide}, "net", write, wide},
		"after its use by a function": {[]string{layers, "func f() int { return len(net) }", "fmt.Println(f())\n" + wide}, "net", write, wide},
		"twice":                       {[]string{layers, wide + "\nfmt.Println(len(net))\nnet = nn.Sequential{}"}, "net", write, wide},
		"of itself":                   {[]string{"opt := optim.Adam(1)", "opt = opt.With(optim.ClipByNorm{Max: 1})"}, "opt", write, "opt = opt.With"},
		"of what is made of it":       {[]string{"opt := optim.Adam(1)\nclip := opt.With(optim.ClipByNorm{Max: 1})", "opt = clip"}, "opt", write, "opt = clip"},
		"of var made of it":           {[]string{"var opt = optim.Adam(1)", "var clip = opt", "opt = clip"}, "opt", write, "opt = clip"},
		"of an interface":             {[]string{"var l nn.Layer", "l = nn.Dense{}"}, "l", write, "l = nn.Dense{}"},
		"through its address":         {[]string{"var net nn.Sequential", "func(n *nn.Sequential) { *n = nil }(&net)"}, "net", "may have changed it through &net", "&net"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSession(t)
			r := play(t, s, c.cells...)
			assert.Equal(t, []string{c.spent}, r.Spent, r.Code)
			assert.Contains(t, r.Code, c.statement)
			s.Number(r, len(c.cells))
			s.Ran(r, "")
			assert.Contains(t, s.Rewrite("1 + 1").Code, "%rm "+c.spent)
			said := s.Advice("undefined: " + c.spent)
			assert.Contains(t, said, c.says)
			if c.says == write {
				assert.Contains(t, said, "write "+c.spent+" := … in one piece there")
			}
		})
	}
}

// TestWhatVarDeclaresIsAnew holds that what a cell declares with var and only uses stays as it is declared.
func TestWhatVarDeclaresIsAnew(t *testing.T) {
	for name, cells := range map[string][]string{
		"a method": {"import \"math/rand\"\nvar r = rand.New(rand.NewSource(1))", "fmt.Println(r.Float64())"},
		"an error": {"var err error", "_, err = os.ReadFile(\"a\")"},
		"a lock":   {"var mu sync.Mutex", "mu.Lock()\ndefer mu.Unlock()"},
		"a look":   {"var net nn.Sequential", "fmt.Println(len(net))"},
	} {
		t.Run(name, func(t *testing.T) { assert.Empty(t, play(t, newSession(t), cells...).Spent) })
	}
}

// TestAdviceOnWhatTheCellItselfUndoes holds that a cell which asks for what it has made stale is told so.
func TestAdviceOnWhatTheCellItselfUndoes(t *testing.T) {
	s := newSession(t)
	r := play(t, s, layers, compiled, wide+"\nm.Summary()")
	assert.Contains(t, r.Code, "%rm m")
	assert.Contains(t, s.Advice("undefined: m"), "m was set in cell [2], but isn't there in this one: it is made from net, which has been set anew since")
}
