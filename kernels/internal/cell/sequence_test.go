package cell

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"math/rand"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// helper stands in for the package notebook: a program with that takes long to link.
const helper = `package notebook

import ("bytes"; "encoding/gob"; "fmt"; "os"; "reflect")

const folder = %q

func Carried[T any](name string, otherwise ...T) T {
	var value, left T
	if len(otherwise) > 0 { value = otherwise[0] }
	content, err := os.ReadFile(folder + name)
	if err != nil { return value }
	if len(content) == 0 { return left }
	if err := gob.NewDecoder(bytes.NewReader(content)).Decode(&left); err != nil { panic(err) }
	return left
}

var names []string
var save = map[string]func(){}

func Carry[T any](name string, variable *T) {
	if save[name] == nil { names = append(names, name) }
	save[name] = func() {
		var content bytes.Buffer
		if v := reflect.ValueOf(variable).Elem(); v.Kind() != reflect.Pointer || !v.IsNil() {
			if err := gob.NewEncoder(&content).EncodeValue(v); err != nil { panic(err) }
		}
		if err := os.WriteFile(folder + name, content.Bytes(), 0o600); err != nil { panic(err) }
	}
}

func EndCell() { for _, name := range names { save[name]() } }
func Result(values ...any) { fmt.Fprintln(os.Stdout, values...) }
func Check(err error) {}
`

// sequence is a row of cells and what each of them shows.
type sequence struct {
	name  string
	cells []string
	shown []string
}

// rewritten is what GoNB makes of a row of cells: the source of each cell's program. A later declaration takes the place of one
// of the same name.
func rewritten(t *testing.T, cells []string) (programs []string, anew [][]string) {
	t.Helper()
	s := &Session{Imports: map[string]string{"fmt": "fmt", "sort": "sort", "slices": "slices", "maps": "maps", "notebook": project + "notebook"}, Helper: project + "notebook", Exports: goList(t)}
	var order []string
	declared := map[string]string{}
	put := func(key, text string) {
		if _, known := declared[key]; !known {
			order = append(order, key)
		}
		declared[key] = text
	}
	for i, code := range cells {
		r := s.Rewrite(code)
		s.Number(r, i+1)
		anew = append(anew, r.Anew)
		lines := strings.Split(r.Code, "\n")
		for j, line := range lines {
			if name, ok := strings.CutPrefix(line, "%rm "); ok {
				delete(declared, name)
				order = without(order, name)
				lines[j] = ""
			}
		}
		source := "package main\n" + strings.Join(lines, "\n")
		set := token.NewFileSet()
		file, err := parser.ParseFile(set, "", source, parser.SkipObjectResolution)
		require.NoError(t, err, source)
		text := func(n ast.Node) string { return source[set.Position(n.Pos()).Offset:set.Position(n.End()).Offset] }
		main := "func main() {}"
		for _, d := range file.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				if d.Recv == nil && d.Name.Name == "main" {
					main = strings.Replace(text(d), "flag.Parse();", "", 1)
					continue
				}
				put(receiver(d)+"~"+d.Name.Name, text(d))
			case *ast.GenDecl:
				for _, spec := range d.Specs {
					if d.Tok != token.IMPORT {
						put(namesOf(&ast.GenDecl{Tok: d.Tok, Specs: []ast.Spec{spec}})[0].name, d.Tok.String()+" "+text(spec))
					}
				}
			}
		}
		program := "package main\nimport (\"fmt\"; \"sort\"; \"slices\"; \"maps\"; \"" + project + "notebook\")\nvar _, _, _, _, _ = fmt.Sprint, sort.Ints, slices.Max[[]int], maps.Clone[map[int]int], notebook.Check\n"
		for _, key := range order {
			program += declared[key] + "\n"
		}
		programs = append(programs, program+main+"\n")
		s.Ran(r, program+main+"\n")
	}
	return programs, anew
}

func without(list []string, name string) (less []string) {
	for _, l := range list {
		if l != name {
			less = append(less, l)
		}
	}
	return less
}

// execute runs the n-th cells of all rows as one program, one row's after the other's, and returns what each has written.
func execute(t *testing.T, folder string, n int, programs map[string]string) map[string]string {
	t.Helper()
	at := filepath.Join(folder, fmt.Sprint("step", n))
	calls, imports := "", ""
	for name, program := range programs {
		leave := func(file, text string) {
			file = filepath.Join(at, file)
			require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o700))
			require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
		}
		values := filepath.Join(folder, "values", name) + "/"
		require.NoError(t, os.MkdirAll(values, 0o700))
		leave(name+"/notebook/notebook.go", fmt.Sprintf(helper, values))
		program = strings.Replace(program, project+"notebook", "cells/"+name+"/notebook", 1)
		program = strings.Replace(program, "package main\n", "package "+name+"\n", 1)
		leave(name+"/cell.go", strings.Replace(program, "func main() {", "func Main() {", 1))
		imports += "import \"cells/" + name + "\"\n"
		calls += "println(\"== " + name + "\")\n" + name + ".Main()\n"
		leave("main.go", "package main\n"+imports+"import \"os\"\nfunc println(s string) { os.Stdout.WriteString(s+\"\\n\") }\nfunc main() {\n"+calls+"}\n")
		leave("go.mod", "module cells\ngo 1.25\n")
	}
	program := exec.Command("go", "build", "-gcflags=-N -l", "-o", "program", ".")
	program.Dir = at
	out, err := program.CombinedOutput()
	require.NoError(t, err, string(out))
	program = exec.Command(filepath.Join(at, "program"))
	out, err = program.CombinedOutput()
	require.NoError(t, err, string(out))
	shown := map[string]string{}
	for _, part := range strings.Split(string(out), "== ")[1:] {
		name, text, _ := strings.Cut(part, "\n")
		shown[name] = strings.TrimSuffix(text, "\n")
	}
	return shown
}

// run runs rows of cells and returns what every cell has shown, by the row's name.
func run(t *testing.T, rows map[string][]string) map[string][]string {
	t.Helper()
	folder := t.TempDir()
	steps, void := map[int]map[string]string{}, map[int][]string{}
	for name, cells := range rows {
		programs, anew := rewritten(t, cells)
		for i, program := range programs {
			for _, variable := range anew[i] {
				void[i] = append(void[i], filepath.Join(folder, "values", name, variable))
			}
			if steps[i] == nil {
				steps[i] = map[string]string{}
			}
			steps[i][name] = program
		}
	}
	shown := map[string][]string{}
	for i := range len(steps) {
		for _, file := range void[i] {
			os.RemoveAll(file) // as the kernel does
		}
		for name, text := range execute(t, folder, i, steps[i]) {
			shown[name] = append(shown[name], text)
		}
	}
	return shown
}

// TestWhatFunctionsChange holds that a value which a function of the notebook has changed is there, changed, in the cells behind.
func TestWhatFunctionsChange(t *testing.T) {
	rows, want := map[string][]string{}, map[string][]string{}
	for i, s := range []sequence{
		{"a number", []string{"n := 1", "func inc() { n++ }", "inc()\na := n\na", "inc()", "n + a"}, []string{"", "", "2", "", "5"}},
		{"with its function", []string{"n := 1\nfunc inc() { n++ }\ninc()\na := n\na", "inc()", "n*10 + a"}, []string{"2", "", "32"}},
		{"a function that calls another", []string{"n := 1", "func inc() { n += 2 }\nfunc twice() { inc(); inc() }", "twice()", "n"}, []string{"", "", "", "5"}},
		{"a function in a variable", []string{"n := 1", "f := func() { n *= 3 }", "f()\nf()", "n"}, []string{"", "", "", "9"}},
		{"a function that is handed on", []string{"n := 1", "func inc() { n++ }\nfunc do(f func()) { f(); f() }", "do(inc)", "n"}, []string{"", "", "", "3"}},
		{"a function in a struct", []string{"n := 1", "func inc() { n++ }\ntype doer struct{ F func() }", "d := doer{inc}", "d.F()", "n"}, []string{"", "", "", "", "2"}},
		{"a method behind an interface", []string{"n := 1", "type up interface{ up() }\ntype one struct{}\nfunc (one) up() { n++ }", "func lift(u up) { u.up() }", "lift(one{})", "n"}, []string{"", "", "", "", "2"}},
		{"a slice's element", []string{"x := []int{1, 2}", "func set() { x[0] = 7 }", "set()", "x"}, []string{"", "", "", "[7 2]"}},
		{"a slice that grows", []string{"x := []int{1}", "func grow() { x = append(x, len(x)) }", "grow()\ngrow()", "x"}, []string{"", "", "", "[1 1 2]"}},
		{"a slice by another name", []string{"x := []int{1, 2}", "func set() { y := x[1:]; y[0] = 9 }", "set()", "x"}, []string{"", "", "", "[1 9]"}},
		{"a slice by another name in a cell", []string{"x := []int{1, 2}", "y := x\ny[0] = 9", "x"}, []string{"", "", "[9 2]"}},
		{"a slice that is sorted inside", []string{"x := []int{3, 1}", "func tidy() { sort.Ints(x) }", "tidy()", "x"}, []string{"", "", "", "[1 3]"}},
		{"a slice that a function gets", []string{"x := []int{3, 1}", "func zero(s []int) { clear(s) }\nfunc all() { zero(x) }", "all()", "x"}, []string{"", "", "", "[0 0]"}},
		{"a map", []string{"m := map[string]int{\"a\": 1}", "func put() { m[\"b\"] = 2 }\nfunc drop() { delete(m, \"a\") }", "put()\ndrop()", "m"}, []string{"", "", "", "map[b:2]"}},
		{"a field", []string{"type pair struct{ A, B int }\np := pair{1, 2}", "func set() { p.B = 5 }", "set()", "p"}, []string{"", "", "", "{1 5}"}},
		{"a method of a pointer", []string{"type pair struct{ A, B int }\nfunc (p *pair) bump() { p.A++ }\np := pair{1, 2}", "func f() { p.bump() }", "f()\np.bump()", "p"}, []string{"", "", "", "{3 2}"}},
		{"a pointee", []string{"type pair struct{ A, B int }\np := &pair{1, 2}", "func f() { p.A = 8 }", "f()", "*p"}, []string{"", "", "", "{8 2}"}},
		{"an address", []string{"n := 1", "func set(p *int) { *p = 6 }\nfunc f() { set(&n) }", "f()", "n"}, []string{"", "", "", "6"}},
		{"what a range changes", []string{"type box struct{ N int }\nx := []*box{{1}, {2}}", "func f() { for _, b := range x { b.N *= 10 } }", "f()", "x[0].N + x[1].N"}, []string{"", "", "", "30"}},
		{"in a condition", []string{"n := 1", "func inc() bool { n++; return n > 2 }", "if inc() || inc() {\n}", "n"}, []string{"", "", "", "3"}},
		{"ahead of a return", []string{"n := 1", "func inc() { n++ }", "if n == 1 {\n\tinc()\n\tn++\n\treturn\n}", "n"}, []string{"", "", "", "3"}},
		{"set and changed", []string{"n := 1", "func inc() { n++ }", "inc()\nn := 5\ninc()", "n"}, []string{"", "", "", "6"}},
		{"set anew", []string{"n := 1", "func inc() { n++ }", "inc()", "n := 5", "inc()", "n"}, []string{"", "", "", "", "", "6"}},
		{"a sum", []string{"n := 1", "func inc() { n++ }", "a := n*10 + 1", "inc()", "n"}, []string{"", "", "", "", "2"}},
		{"what is declared", []string{"var n = 1\nfunc inc() { n++ }", "inc()", "n"}, []string{"", "", "2"}},
		{"two at once", []string{"a, b := 1, 2", "func inc() { a++; b *= 5 }", "inc()", "a*100 + b"}, []string{"", "", "", "210"}},
		{"two at once, by a statement", []string{"a, b := 1, 2", "a++", "a*10 + b"}, []string{"", "", "22"}},
	} {
		name := fmt.Sprint("row", i)
		rows[name], want[name] = s.cells, append([]string{s.name}, s.shown...)
	}
	shown := run(t, rows)
	for name, w := range want {
		assert.Equal(t, w[1:], shown[name], w[0])
	}
}

// TestRandomCells compares rows of random cells with one program of all of them.
func TestRandomCells(t *testing.T) {
	const declared = "type pair struct{ A int; X []int }\nfunc (p *pair) bump(k int) { p.A += k }\nfunc (p pair) put(k int) { p.X[0] = k }\n"
	const values = "n := 1⏎xs := []int{3, 1, 2}⏎m := map[int]int{1: 2}⏎c := pair{1, []int{4, 5}}⏎p := &pair{2, []int{6}}⏎a := 0⏎b := 0"
	changes := []string{"n++", "n += K", "n = n*2 + K", "xs[K%len(xs)]++", "xs = append(xs, K)", "sort.Ints(xs)", "slices.Reverse(xs)", "clear(xs[:1])", "m[K] = n", "delete(m, K)", "c.A = K", "c.X[1] += K", "c.bump(K)", "c.put(K)", "p.A -= K", "p.bump(K)", "p.put(K)", "for i := range xs { xs[i] += K }", "func() { q := &n; *q += K }()", "{ y := xs; y[0] = K }", "{ q := p; q.A++ }", "copy(xs, []int{K})", "for _, q := range []*pair{p, &c} { q.A += K }"}
	looks := []string{"a = n + K", "b = len(xs)", "a = xs[0]", "b = c.A", "a = p.A", "b = m[K]"}
	random := rand.New(rand.NewSource(1))
	rows, one := map[string][]string{}, map[string]string{}
	for i := range 16 {
		name, reference := fmt.Sprint("random", i), "package main\nimport (\"fmt\"; \"sort\"; \"slices\"; \"os\"; \""+project+"notebook\")\nvar _, _, _, _, _ = fmt.Sprint, sort.Ints, slices.Max[[]int], notebook.Check, os.Stdout\n"+declared+"var (n, a, b int; xs []int; m map[int]int; c pair; p *pair)\n"
		pick := func(from []string) string {
			return strings.ReplaceAll(from[random.Intn(len(from))], "K", fmt.Sprint(1+random.Intn(5)))
		}
		functions := ""
		for f := range 4 {
			body := pick(changes) + "; " + pick(append(changes, looks...))
			if f > 0 && random.Intn(2) == 0 {
				body += fmt.Sprintf("; f%d()", random.Intn(f))
			}
			functions += fmt.Sprintf("func f%d() { %s }\n", f, body)
		}
		cells := []string{declared + strings.ReplaceAll(values, "⏎", "\n"), functions}
		body := strings.NewReplacer("⏎", "\n", ":=", "=").Replace(values) + "\n"
		for range 3 {
			var statements []string
			for range 1 + random.Intn(3) {
				switch random.Intn(4) {
				case 0:
					statements = append(statements, pick(changes))
				case 1:
					statements = append(statements, pick(looks))
				default:
					statements = append(statements, fmt.Sprintf("f%d()", random.Intn(4)))
				}
			}
			text := strings.Join(statements, "\n") + "\n"
			cells = append(cells, text+"fmt.Sprint(n, a, b, xs, m, c, *p)")
			body += text + "notebook.Result(fmt.Sprint(n, a, b, xs, m, c, *p))\n"
		}
		rows[name], one[name] = cells, reference+functions+"func main() {\n"+body+"}\n"
	}
	want, shown := execute(t, t.TempDir(), 0, one), run(t, rows)
	for name := range rows {
		assert.Equal(t, want[name], strings.Join(shown[name][2:], "\n"), "%s", strings.Join(rows[name], "\n--\n"))
	}
}
