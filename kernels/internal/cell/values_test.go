package cell

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

// play lets a session see cells as a kernel does, all of which run, and returns what became of the last one. GoNB's
// program is made up of the declarations of what it got.
func play(t *testing.T, s *Session, cells ...string) (r Rewritten) {
	t.Helper()
	var declared []string
	for i, code := range cells {
		r = s.Rewrite(code)
		if i == len(cells)-1 {
			break
		}
		s.Number(r, i+1)
		head, _, _ := strings.Cut(r.Code, "func main() {")
		_, tail, _ := strings.Cut(r.Code, "\n}\n")
		if tail == r.Code || !strings.Contains(r.Code, "func main() {") {
			tail = ""
		}
		declared = append(declared, head, tail)
		program := "package main\nimport (\"fmt\"; \"sync\"; \"example.com/unstuck/pkg/notebook\"; \"example.com/unstuck/pkg/fit\"; \"example.com/unstuck/pkg/nn\"; \"example.com/unstuck/pkg/optim\"; \"example.com/unstuck/pkg/loss\"; \"example.com/unstuck/pkg/dataset\")\n" + strings.Join(declared, "\n")
		s.Ran(r, program)
	}
	return r
}

func TestLaterCells(t *testing.T) {
	const network, compiled = "net := nn.Sequential{nn.Dense{Units: 3}}", "model, err := fit.Compile(net, optim.Adam(0.1), loss.MSE{}, fit.Options{})"
	const layer = "relu := nn.Dense{Units: "
	for _, c := range []struct {
		name  string
		cells []string
		want  []string
	}{
		{"a declared number that changes", []string{"n := 3", "n++"}, []string{`var n = notebook.Carried[int]("n", 3)`, `n++; notebook.Carry("n", &n)`}},
		{"a carried number that changes", []string{"n := math.Sqrt(2)", "n += 1"}, []string{`n += 1; notebook.Carry("n", &n)`}},
		{"a number that is looked at", []string{"n := 3", "fmt.Println(n)"}, []string{"func main() { flag.Parse();\nfmt.Println(n)\n}"}},
		{"a slice that is sorted", []string{"x := []int{2, 1}", "sort.Ints(x)"}, []string{`sort.Ints(x); notebook.Carry("x", &x)`}},
		{"a model that is trained", []string{network, compiled, "h, err := model.Fit(context.Background(), dataset.Data{}, fit.Config{})"}, []string{`notebook.Carry("model", &model)`, `notebook.Carry("h", &h)`, "h, err  = model.Fit"}},
		{"a training that may be interrupted", []string{network, compiled, "h := notebook.Must(model.Fit(context.Background(), dataset.Data{}, fit.Config{}))"}, []string{`notebook.Carry("model", &model); h  = notebook.Reaching("h", &h)(model.Fit(context.Background(), dataset.Data{}, fit.Config{})); notebook.Carry("h", &h)`}},
		{"and one whose history is there", []string{network, compiled + "\nvar h *fit.History", "h = notebook.Must(model.Fit(context.Background(), dataset.Data{}, fit.Config{}))"}, []string{`h = notebook.Reaching("h", &h)(model.Fit(`}},
		{"a model whose network changes", []string{network, compiled, "net := nn.Sequential{}"}, []string{"%rm model"}},
		{"a model whose network's layer changes", []string{layer + "4}\nnet := nn.Sequential{relu}", compiled, layer + "5}\nnet := nn.Sequential{relu}"}, []string{"%rm model"}},
		{"a literal of something carried", []string{"data := notebook.Must(dataset.Random(9, []int{3}, []int{1}, 1))\nc := struct{ N nn.Layer; D dataset.Data }{nn.Dense{}, data}", "c.N == nil"}, []string{"notebook.Result(c.N == nil)"}},
		{"what is made of it when that changes", []string{"n := math.Sqrt(4)\nl := struct{ N nn.Layer; F float64 }{nn.Dense{}, n}", "n++"}, []string{"%rm l", `n++; notebook.Carry("n", &n)`}},
		{"rows that are set", []string{"data := notebook.Must(dataset.Random(9, []int{3}, []int{1}, 1))", "for i := range 3 {\n\tdata.X.Row(i)[0] = 1\n}"}, []string{`}; notebook.Carry("data", &data)`}},
		{"a last line whose function hands a variable out", []string{"names := []string{\"a\"}\nfunc all() []string { return names }", "all()"}, []string{"notebook.Carry(\"names\", &names); notebook.Result(all())"}},
		{"and one that isn't shown", []string{"names := []string{\"a\"}\nfunc all() []string { return names }", "all()[0];"}, []string{"notebook.Carry(\"names\", &names); _ = all()[0]"}},
		{"a function that changes its copy", []string{"func of(d nn.Dense) int { d.Units = 64; return d.Units }", "relu := nn.Dense{}\nfunc f() int { return of(relu) }\nn := f()"}, []string{"var relu = nn.Dense{}"}},
		{"a copy of an array and a struct in it", []string{"type row struct{ A [2]int }\nfunc of(r row) int { r.A[1]++; return r.A[1] }", "x := row{}\nfunc f() int { return of(x) }\nf()"}, []string{"var x = row{}", "notebook.Result(f())"}},
		{"a function that changes what a copy refers to", []string{"type row struct{ A []int }\nfunc of(r row) int { r.A[0] = 1; return 1 }\nx := row{[]int{3}}", "of(x)"}, []string{`notebook.Carry("x", &x)`}},
		{"a function that changes what it gets a pointer to", []string{"type row struct{ N int }\nfunc of(r *row) int { r.N = 1; return 1 }\nx := &row{}", "of(x)"}, []string{`notebook.Carry("x", &x)`}},
		{"a type that changes", []string{"x := math.Sqrt(2)", "x := make(chan int)\nclose(x)"}, []string{"%rm x", "x := make(chan int)"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			code := play(t, newSession(t), c.cells...).Code
			for _, want := range c.want {
				assert.Contains(t, code, want)
			}
		})
	}
	trained := play(t, newSession(t), "data := notebook.Must(dataset.Random(9, []int{3}, []int{1}, 1))", network, compiled, "model.Fit(context.Background(), data, fit.Config{})").Code
	assert.NotContains(t, trained, `Carry("data"`, "a training leaves its data alone")
	again := play(t, newSession(t), network, compiled, network).Code
	assert.NotContains(t, again, "%rm", "the same network once more changes nothing")
	again = play(t, newSession(t), layer+"4}\nnet := nn.Sequential{relu}", compiled, layer+"4}\nnet := nn.Sequential{relu}").Code
	assert.NotContains(t, again, "%rm", "nor do the same layer and network")
}

// TestWhatNoFileHoldsIsSpent holds that a value which may be another one now, and which no file can hold, is undefined behind
// the cell that has changed it, and that one which was only looked at is still there.
func TestWhatNoFileHoldsIsSpent(t *testing.T) {
	const counter = "type counter struct{ n int }\nfunc (c *counter) inc() { c.n++ }\nfunc (c *counter) get() int { return c.n }\nfunc look(c *counter) int { return c.n }\nfunc raise(c *counter) { d := c; d.n++ }"
	const layers = "net := nn.Sequential{nn.Dense{Units: 3}}"
	for name, c := range map[string]struct {
		cells []string
		spent string
	}{
		"a method":                {[]string{counter, "c := &counter{}", "c.inc()"}, "c"},
		"a method that looks":     {[]string{counter, "c := &counter{}", "c.get()"}, ""},
		"a function":              {[]string{counter, "c := &counter{}", "raise(c)"}, "c"},
		"a function that looks":   {[]string{counter, "c := &counter{}", "look(c)"}, ""},
		"inside of a function":    {[]string{counter, "c := &counter{}", "func f() { c.n = 3 }", "f()"}, "c"},
		"two functions away":      {[]string{counter, "c := counter{}", "func f() { raise(&c) }\nfunc g() { f() }", "g()"}, "c"},
		"a function not called":   {[]string{counter, "c := &counter{}", "func f() { c.n = 3 }\nfunc g() {}", "g()"}, ""},
		"a network's layer":       {[]string{layers, "func f() { net[0] = nn.Dense{Units: 4} }", "f()"}, "net"},
		"a network that is built": {[]string{layers, "func f() error { _, err := fit.Compile(net, optim.Adam(0.1), loss.MSE{}, fit.Options{}); return err }", "f()"}, ""},
		"a network that is shown": {[]string{layers, "func show(l nn.Sequential) { for _, x := range l { fmt.Println(x) } }", "show(net)"}, ""},
		"a lock":                  {[]string{"type lock = sync.Mutex\nfunc f() { mu.Lock(); defer mu.Unlock() }\nmu := lock{}", "f()"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSession(t)
			r := play(t, s, c.cells...)
			s.Number(r, len(c.cells))
			s.Ran(r, "")
			if c.spent == "" {
				assert.Empty(t, r.Spent)
				return
			}
			assert.Equal(t, []string{c.spent}, r.Spent)
			assert.NotContains(t, r.Code, "%rm", "this cell still uses it")
			assert.Contains(t, s.Rewrite("1 + 1").Code, "%rm "+c.spent)
			assert.Contains(t, s.Advice("undefined: "+c.spent), "run the cell that sets "+c.spent+" again")
			again := s.Rewrite(c.cells[slices.IndexFunc(c.cells, func(cell string) bool { return strings.HasPrefix(cell, c.spent+" :=") })])
			assert.Contains(t, again.Code, "var "+c.spent+" =", "and is there when that has run")
			assert.Contains(t, again.Anew, c.spent)
		})
	}
}
