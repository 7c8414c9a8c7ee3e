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
		{"an error beside it", "x, err := os.ReadFile(\"a\")\nif err != nil {\n\tfmt.Println(len(x))\n}", "func main() { flag.Parse(); defer notebook.EndCell();\nx, err  = os.ReadFile(\"a\"); notebook.Carry(\"x\", &x); notebook.Carry(\"err\", &err)\nif err != nil {\n\tfmt.Println(len(x))\n}\n}\nvar x = notebook.Carried[[]byte](\"x\")\nvar err = notebook.Carried[error](\"err\")"},
		{"unused inside", "for i := range 3 {\n\ty := i\n}", "func main() { flag.Parse();\nfor i := range 3 {\n\ty := i; _ = y\n}\n}"},
		{"unused in a declared function", "func f() { x := 1 }", "func f() { x := 1; _ = x }"},
		{"unused behind %%", "%%\nx := 1", "%%\nx := 1; _ = x"},
		{"shown behind %%", "%%\n1 + 1", "%%\nnotebook.Result(1 + 1)"},
		{"declared among statements", "x := math.Pi\nfunc f() float64 { return x }\nf()", "var x = math.Pi\nfunc f() float64 { return x }\nfunc main() { flag.Parse();\nnotebook.Result(f())\n}"},
		{"an import", "import \"os\"\nos.Getpid()", "import \"os\"\nfunc main() { flag.Parse();\nnotebook.Result(os.Getpid())\n}"},
		{"a model", "net := nn.Sequential{}\nmodel, err := fit.Compile(net, optim.Adam(0.1), loss.MSE{}, fit.Options{})\nnotebook.Check(err)", "var net = nn.Sequential{}\nfunc main() { flag.Parse(); defer notebook.EndCell();\nmodel, err  = fit.Compile(net, optim.Adam(0.1), loss.MSE{}, fit.Options{}); notebook.Carry(\"model\", &model); notebook.Carry(\"err\", &err)\nnotebook.Check(err)\n}\nvar model = notebook.Made[*fit.Model](\"model\")(fit.Compile(net, optim.Adam(0.1), loss.MSE{}, fit.Options{}))\nvar err = notebook.Carried[error](\"err\")"},
		{"a model that must be", "m := notebook.Must(fit.Compile(nn.Sequential{}, optim.Adam(0.1), loss.MSE{}, fit.Options{}))", "func main() { flag.Parse(); defer notebook.EndCell();\nm  = notebook.Must(fit.Compile(nn.Sequential{}, optim.Adam(0.1), loss.MSE{}, fit.Options{})); notebook.Carry(\"m\", &m)\n}\nvar m = notebook.Made[*fit.Model](\"m\")(fit.Compile(nn.Sequential{}, optim.Adam(0.1), loss.MSE{}, fit.Options{}))"},
		{"an optimizer", "opt := optim.Adam(0.1)", "var opt = optim.Adam(0.1)"},
		{"an optimizer that clips", "opt := optim.Adam(0.1)\nclip := opt.With(optim.ClipByNorm{Max: 1})", "var opt = optim.Adam(0.1)\nvar clip = opt.With(optim.ClipByNorm{Max: 1})"},
		{"a package's name", "text := \"a\"", "func main() { flag.Parse();\ntext := \"a\"; _ = text\n}"},
		{"packages", "packages := math.Sqrt(2)", "func main() { flag.Parse(); defer notebook.EndCell();\n packages  = math.Sqrt(2); notebook.Carry(\"packages\", &packages)\n}\nvar packages = notebook.Carried[float64](\"packages\")"},
		{"an error that was there", "x, err := os.ReadFile(\"a\")\ny, err := os.ReadFile(\"b\")\nerr\nlen(x)+len(y)", "func main() { flag.Parse(); defer notebook.EndCell();\nx, err  = os.ReadFile(\"a\"); notebook.Carry(\"x\", &x); notebook.Carry(\"err\", &err); notebook.Unread(\"err\", err)\ny, err  = os.ReadFile(\"b\"); notebook.Carry(\"y\", &y); notebook.Carry(\"err\", &err)\nerr\nnotebook.Result(len(x)+len(y))\n}\nvar x = notebook.Carried[[]byte](\"x\")\nvar err = notebook.Carried[error](\"err\")\nvar y = notebook.Carried[[]byte](\"y\")"},
		{"a file", "f, err := os.Create(\"a\")\nnotebook.Check(err)\nf.Close()", "func main() { flag.Parse(); defer notebook.EndCell();\nf, err := os.Create(\"a\"); notebook.Carry(\"err\", &err)\nnotebook.Check(err)\nnotebook.Check(f.Close())\n}\nvar err = notebook.Carried[error](\"err\")"},
		{"two calls", "t := os.Getenv(\"a\")\nl := time.Now().Location().String()", "func main() { flag.Parse(); defer notebook.EndCell();\nt  = os.Getenv(\"a\"); notebook.Carry(\"t\", &t)\nl  = time.Now().Location().String(); notebook.Carry(\"l\", &l)\n}\nvar t = notebook.Carried[string](\"t\")\nvar l = notebook.Carried[string](\"l\")"},
		{"a command", "%args a\nx := 2\nx", "%args a\nvar x = 2\nfunc main() { flag.Parse();\nnotebook.Result(x)\n}"},
		{"a function", "f := func(x int) int { return x + 1 }\nf(2)", "var f = func(x int) int { return x + 1 }\nfunc main() { flag.Parse();\nnotebook.Result(f(2))\n}"},
		{"what doesn't parse", "x := (1", "func main() { flag.Parse();\nx := (1\n}"},
		{"a comment", "// only a comment", ""},
		{"a comment of a function's", "x := 2\n// f is one.\nfunc f() int { return 1 }\nf()", "var x = 2\n// f is one.\nfunc f() int { return 1 }\nfunc main() { flag.Parse();\nnotebook.Result(f())\n}"},
		{"a value in the next line", "x :=\n\t1", "var x =\n1"},
		{"several in a line", "a := 1; b := 2; a + b", "var a = 1;  var b = 2;       \nfunc main() { flag.Parse();\n; ; notebook.Result(a + b)\n}"},
		{"a command in a string", "s := `a\n!ls`\nlen(s)", "var s = (\"a\\n\" +\n\"!ls\")\nfunc main() { flag.Parse();\nnotebook.Result(len(s))\n}"},
		{"an import without a name", "import . \"strings\"\nToUpper(\"a\")", "import . \"strings\"\nfunc main() { flag.Parse();\nnotebook.Result(ToUpper(\"a\"))\n}\nfunc using_strings() { var _ Builder }"},
		{"a change of one among others", "var (\n\ta = 1\n\tb = []int{\n\t\t2,\n\t}\n)\nb[0]++", "var (\n\ta = 1\n\tb = notebook.Carried[[]int](\"b\", [ ] int { 2 , })\n\n\n)\nfunc main() { flag.Parse(); defer notebook.EndCell();\nb[0]++; notebook.Carry(\"b\", &b)\n}"},
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
