package kernels

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestDoes(t *testing.T) {
	const main = "func main() { flag.Parse() }\n"
	for text, want := range map[string]work{
		"":                          noDefinitions,
		"func f() int { panic(1) }": definitions,
		"type t struct{}\nfunc (t) init() {}\nfunc (t) main() {}": definitions,
		"const c = 1 / 2":                      definitions,
		"var x int":                            definitions,
		"var x, f = -1.5, func() { panic(1) }": definitions,
		"var x = []t{{1, \"a\"}, {2, b}}":      definitions,
		"var x = nn.Sequential{nn.Dense{Units: 3, Activation: nn.ReLU{}}, &nn.Flatten{}}": definitions,
		"var x = nn.Dense{Units: p.units}":                                                something,
		"var x = nn.Sequential{nn.New()}":                                                 something,
		"var x = nn.Dense{Units: 3}.Units":                                                something,
		"var x = f()":                                                                     something,
		"var x = float32(1)":                                                              something,
		"var x = []int{1, f()}":                                                           something,
		"var x = map[int]int{1: a[0]}":                                                    something,
		"var x = <-c":                                                                     something,
		"var x = *p":                                                                      something,
		"var x = p.field":                                                                 something,
		"var x = i.(int)":                                                                 something,
		"var x = 1 / y":                                                                   something,
		"var x = a[0] + notebook.Carried[int](\"x\")":                                     something,
		"var x, y = f(), notebook.Carried[int](\"x\")":                                    something,
		"var x = 1 / y + notebook.Carried[int](\"x\")":                                    something,
		"var x = []int{f(), notebook.Carried[int](\"x\")}":                                something,
		"var x = 1 << y":                                                                  something,
		"var x = s[1:]":                                                                   something,
		"func init() {}":                                                                  something,
		"var x = notebook.Carried[int](\"x\")":                                            definitions,
		"var x = notebook.Carried[int](\"x\", f())":                                       definitions,
		"var x = notebook.Made[*fit.Model](\"x\")(f(net))":                                definitions,
		"var x = notebook.Other[int](\"x\")":                                              something,
		"var x = other.Carried[int](\"x\")":                                               something,
		"import _ \"net/http/pprof\"":                                                     something,
		"import \"C\"":                                                                    something,
		"import m \"math\"\nfunc f() float64 { return m.Pi }":                             definitions,
		"import (\n\"fmt\"\n. \"math\"\n)\nfunc f() { fmt.Print(Pi) }":                    definitions,
		"broken": something,
	} {
		assert.Equal(t, want, does(program(t, "package main\nimport \"flag\"\n"+text+"\n"+main)), text)
	}
	for text, want := range map[string]work{
		"package main\nfunc main() {}":                                  noDefinitions,
		"package main\nfunc main()":                                     something,
		"package main\nfunc main() { println() }":                       something,
		"package main\nfunc main() { flag.Parse(); flag.Parse() }":      noDefinitions,
		"package main\nfunc main() { flag.Parse(f()) }":                 something,
		"package main\nfunc main() { flag.Usage() }":                    something,
		"package main\nfunc main() { other.Parse() }":                   something,
		"package main\nfunc main() { f().Parse() }":                     something,
		"package main\nfunc main() { x := flag.Parse() }":               something,
		"package main\nfunc main() { go f() }":                          something,
		"package main\nfunc f() {}":                                     something,
		"package other\nfunc main() {}":                                 something,
		"package main\nimport \"flag\"\nfunc main() {\n// a comment\n}": noDefinitions,
	} {
		assert.Equal(t, want, does(program(t, text)), text)
	}
	assert.Equal(t, something, does(filepath.Join(t.TempDir(), "none.go")))
}

func program(t *testing.T, text string) string {
	file := filepath.Join(t.TempDir(), "main.go")
	write(t, file, text)
	return file
}
