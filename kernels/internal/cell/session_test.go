package cell

import (
	"os/exec"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const project = "example.com/unstuck/pkg/"

var (
	findMu sync.Mutex
	found  = map[string]string{}
)

// goList finds export data as the kernel does.
func goList(t testing.TB) func([]string) map[string]string {
	return func(paths []string) map[string]string {
		findMu.Lock()
		defer findMu.Unlock()
		missing := paths[:0:0]
		for _, p := range paths {
			if _, ok := found[p]; !ok {
				missing = append(missing, p)
			}
		}
		if len(missing) > 0 {
			out, err := exec.Command("go", append([]string{"list", "-e", "-export", "-deps", "-f", "{{.ImportPath}}\t{{.Export}}"}, missing...)...).Output()
			require.NoError(t, err)
			for line := range strings.Lines(string(out)) {
				path, file, _ := strings.Cut(strings.TrimSpace(line), "\t")
				found[path] = file
			}
		}
		return found
	}
}

func newSession(t testing.TB) *Session {
	s := &Session{
		Imports: map[string]string{"fmt": "fmt", "math": "math", "time": "time", "context": "context"},
		Exports: goList(t), Helper: project + "notebook",
		Standard: func() []string { return []string{"os", "sort", "strings", "errors", "math/rand"} },
	}
	for _, name := range []string{"notebook", "nn", "fit", "optim", "loss", "dataset", "figure", "text"} {
		s.Imports[name] = project + name
	}
	return s
}

func TestRewrite(t *testing.T) {
	for _, c := range []struct{ name, cell, want string }{
		{"declarations stay", "func f() int { return 1 }\ntype t int", ""},
		{"upstream stays", "%%\nx := 1\nfmt.Println(x)", ""},
		{"a main of one's own stays", "func main() { fmt.Println(1) }", ""},
		{"magic stays", "%%bash\nx := 1", ""},
		{"a call", "fmt.Println(1)", "func main() { flag.Parse();\nfmt.Println(1)\n}"},
		{"a number", "1+2", "func main() { flag.Parse();\nnotebook.Result(1+2)\n}"},
		{"a value that is shut", "x := 3\nx;", "var x = 3\nfunc main() { flag.Parse();\n_ = x;\n}"},
		{"a literal", "x := 1", "var x = 1"},
		{"a network", "net := nn.Sequential{\n\tnn.Dense{Units: 3},\n}", "var net = nn.Sequential{\n\tnn.Dense{Units: 3},\n}"},
		{"arithmetic", "x := 1\ny := x*2\ny", "var x = 1\nvar y = x*2\nfunc main() { flag.Parse();\nnotebook.Result(y)\n}"},
		{"a count", "n := 0\nfor range 3 {\n\tn++\n}\nn", "func main() { flag.Parse(); defer notebook.EndCell();\nn  = 0; notebook.Carry(\"n\", &n)\nfor range 3 {\n\tn++\n}; notebook.Carry(\"n\", &n)\nnotebook.Result(n)\n}\nvar n = notebook.Carried[int](\"n\")"},
		{"a call's value", "x := math.Sqrt(2)", "func main() { flag.Parse(); defer notebook.EndCell();\nx  = math.Sqrt(2); notebook.Carry(\"x\", &x)\n}\nvar x = notebook.Carried[float64](\"x\")"},
		{"an error beside it", "x, err := os.ReadFile(\"a\")\nif err != nil {\n\tfmt.Println(len(x))\n}", "func main() { flag.Parse(); defer notebook.EndCell();\nx, err  = os.ReadFile(\"a\"); notebook.Carry(\"x\", &x)\nif err != nil {\n\tfmt.Println(len(x))\n}\n}\nvar x = notebook.Carried[[]byte](\"x\")\nvar err error"},
		{"unused inside", "for i := range 3 {\n\ty := i\n}", "func main() { flag.Parse();\nfor i := range 3 {\n\ty := i; _ = y\n}\n}"},
		{"unused in a declared function", "func f() { x := 1 }", "func f() { x := 1; _ = x }"},
		{"unused behind %%", "%%\nx := 1", "%%\nx := 1; _ = x"},
		{"shown behind %%", "%%\n1 + 1", "%%\nnotebook.Result(1 + 1)"},
		{"declared among statements", "x := math.Pi\nfunc f() float64 { return x }\nf()", "var x = math.Pi\nfunc f() float64 { return x }\nfunc main() { flag.Parse();\nnotebook.Result(f())\n}"},
		{"an import", "import \"os\"\nos.Getpid()", "import \"os\"\nfunc main() { flag.Parse();\nnotebook.Result(os.Getpid())\n}"},
		{"a model", "net := nn.Sequential{}\nmodel, err := fit.Compile(net, optim.Adam(0.1), loss.MSE{}, fit.Options{})\nnotebook.Check(err)", "var net = nn.Sequential{}\nfunc main() { flag.Parse(); defer notebook.EndCell();\nmodel, err  = fit.Compile(net, optim.Adam(0.1), loss.MSE{}, fit.Options{}); notebook.Carry(\"model\", &model)\nnotebook.Check(err)\n}\nvar model = notebook.Made[*fit.Model](\"model\")(fit.Compile(net, optim.Adam(0.1), loss.MSE{}, fit.Options{}))\nvar err error"},
		{"a model that must be", "m := notebook.Must(fit.Compile(nn.Sequential{}, optim.Adam(0.1), loss.MSE{}, fit.Options{}))", "func main() { flag.Parse(); defer notebook.EndCell();\nm  = notebook.Must(fit.Compile(nn.Sequential{}, optim.Adam(0.1), loss.MSE{}, fit.Options{})); notebook.Carry(\"m\", &m)\n}\nvar m = notebook.Made[*fit.Model](\"m\")(fit.Compile(nn.Sequential{}, optim.Adam(0.1), loss.MSE{}, fit.Options{}))"},
		{"an optimizer", "opt := optim.Adam(0.1)", "var opt = optim.Adam(0.1)"},
		{"a package's name", "text := \"a\"", "func main() { flag.Parse();\ntext := \"a\"; _ = text\n}"},
		{"packages", "packages := math.Sqrt(2)", "func main() { flag.Parse(); defer notebook.EndCell();\n packages  = math.Sqrt(2); notebook.Carry(\"packages\", &packages)\n}\nvar packages = notebook.Carried[float64](\"packages\")"},
		{"an error that was there", "x, err := os.ReadFile(\"a\")\ny, err := os.ReadFile(\"b\")\nerr\nlen(x)+len(y)", "func main() { flag.Parse(); defer notebook.EndCell();\nx, err  = os.ReadFile(\"a\"); notebook.Carry(\"x\", &x)\ny, err  = os.ReadFile(\"b\"); notebook.Carry(\"y\", &y)\nerr\nnotebook.Result(len(x)+len(y))\n}\nvar x = notebook.Carried[[]byte](\"x\")\nvar err error\nvar y = notebook.Carried[[]byte](\"y\")"},
		{"a file", "f, err := os.Create(\"a\")\nnotebook.Check(err)\nf.Close()", "func main() { flag.Parse();\nf, err := os.Create(\"a\")\nnotebook.Check(err)\nnotebook.Check(f.Close())\n}\nvar err error"},
		{"two calls", "t := os.Getenv(\"a\")\nl := time.Now().Location().String()", "func main() { flag.Parse(); defer notebook.EndCell();\nt  = os.Getenv(\"a\"); notebook.Carry(\"t\", &t)\nl  = time.Now().Location().String(); notebook.Carry(\"l\", &l)\n}\nvar t = notebook.Carried[string](\"t\")\nvar l = notebook.Carried[string](\"l\")"},
		{"a command", "%args a\nx := 2\nx", "%args a\nvar x = 2\nfunc main() { flag.Parse();\nnotebook.Result(x)\n}"},
		{"a function", "f := func(x int) int { return x + 1 }\nf(2)", "var f = func(x int) int { return x + 1 }\nfunc main() { flag.Parse();\nnotebook.Result(f(2))\n}"},
		{"what doesn't parse", "x := (1", "func main() { flag.Parse();\nx := (1\n}"},
		{"a comment", "// only a comment", ""},
		{"sorted", "x := []int{2, 1}\nsort.Ints(x)", "func main() { flag.Parse(); defer notebook.EndCell();\nx  = []int{2, 1}; notebook.Carry(\"x\", &x)\nsort.Ints(x); notebook.Carry(\"x\", &x)\n}\nvar x = notebook.Carried[[]int](\"x\")"},
	} {
		t.Run(c.name, func(t *testing.T) {
			want := c.want
			if want == "" {
				want = c.cell
			}
			assert.Equal(t, want, newSession(t).Rewrite(c.cell).Code)
		})
	}
}

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
		program := "package main\nimport (\"example.com/unstuck/pkg/notebook\"; \"example.com/unstuck/pkg/fit\"; \"example.com/unstuck/pkg/nn\"; \"example.com/unstuck/pkg/optim\"; \"example.com/unstuck/pkg/loss\"; \"example.com/unstuck/pkg/dataset\")\n" + strings.Join(declared, "\n")
		s.Ran(r, program)
	}
	return r
}

func TestLaterCells(t *testing.T) {
	const network, compiled = "net := nn.Sequential{nn.Dense{Units: 3}}", "model, err := fit.Compile(net, optim.Adam(0.1), loss.MSE{}, fit.Options{})"
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
		{"a model whose network changes", []string{network, compiled, "net := nn.Sequential{}"}, []string{"%rm model"}},
		{"a type that changes", []string{"x := math.Sqrt(2)", "x := make(chan int)\nclose(x)"}, []string{"%rm x", "x := make(chan int)"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			code := play(t, newSession(t), c.cells...).Code
			for _, want := range c.want {
				assert.Contains(t, code, want)
			}
		})
	}
	again := play(t, newSession(t), network, compiled, network).Code
	assert.NotContains(t, again, "%rm", "the same network once more changes nothing")
}

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

// FuzzRewrite holds that no cell makes the kernel panic, and that none of its lines gets lost: all that is in one stands where
// errors about that line lead from.
func FuzzRewrite(f *testing.F) {
	for _, seed := range []string{
		"x := 1\nx", "func f() {}\nx := f", "%%\nx", "%args a\\\nb\nx := 1", "x := `a\nb`\nx", "}\nx := 1", "/* a", "import \"os\"; os.Exit(1)",
		"a, b := 1, 2; c := 3\nfunc g() int { return a }\nvar d = a\nd", "if x := 1; x > 0 {\n}", "package x\ny := 1", "for i := range 3 {\n\tz := i\n}",
		"net := struct{\n\ta int\n}{\n\t1,\n}\nnet", "switch x := any(1).(type) {\ncase int:\n}", "x = ", "func (t T) m() {}\nfunc() {}()", "é := 1\né", "x:=1;x:=2",
	} {
		f.Add(seed)
	}
	s := &Session{Imports: map[string]string{"fmt": "fmt", "notebook": project + "notebook"}, Helper: project + "notebook"}
	f.Fuzz(func(t *testing.T, code string) {
		r := s.Rewrite(code)
		lines, got := strings.Split(code, "\n"), strings.Split(r.Code, "\n")
		found := map[int]string{} // by the cell's line: all that stands where it came from
		for i, line := range got {
			found[r.Line(i+1)] += line + "\n"
		}
		for i, line := range lines {
			if strings.Contains(line, "package") {
				continue // GoNB writes that clause itself
			}
			for word := range strings.FieldsFuncSeq(line, func(r rune) bool { return !('a' <= r && r <= 'z') }) {
				if !strings.Contains(found[i+1], word) {
					t.Fatalf("line %d, %q, has become %q\n%s", i+1, line, found[i+1], r.Code)
				}
			}
		}
		Parses(code)
		arranged, cursor := Arranged(code, len(code)/2)
		if cursor < 0 || cursor > len([]rune(arranged)) {
			t.Fatalf("the cursor is at %d of %q", cursor, arranged)
		}
	})
}
