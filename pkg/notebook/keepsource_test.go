package notebook

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// aCell is a program as GoNB makes it of a cell; "// here" marks the call of Keep.
const aCell = `package main

import (
	"flag"
	"fmt"
	"example.com/unstuck/pkg/notebook"
)

type width int

func (w width) double() int { return 2 * int(w) }

type unused struct{}

const (
	first = iota
	second
)

var (
	units = 64
	rates = []float64{0.1, 0.2}
	apart = 7
)

func network() int { return units + width(3).double() + second }

func train(rate float64) (float64, error) {
	return float64(network()) * rate * rates[0], nil
}

func kept(rate float64) float64 {
	return notebook.Must(notebook.Keep("kept", func() (float64, error) { // here
		return train(rate)
	}, rate))
}

func other() int { return 1 }

func main() {
	flag.Parse()
	fmt.Println(kept(0.1), "a title")
}
`

// originIn returns the origin of the call that is marked in a program.
func originIn(t *testing.T, program string) (origin, error) {
	t.Helper()
	before, _, found := strings.Cut(program, "// here")
	require.True(t, found)
	c, err := parseCell(filepath.Join(t.TempDir(), "main.go"), []byte(program))
	require.NoError(t, err)
	return c.origin(strings.Count(before, "\n") + 1)
}

func mustOrigin(t *testing.T, program string) origin {
	t.Helper()
	o, err := originIn(t, program)
	require.NoError(t, err)
	return o
}

func edit(t *testing.T, program, old, new string) string {
	t.Helper()
	edited := strings.Replace(program, old, new, 1)
	require.NotEqual(t, program, edited, "%q", old)
	return edited
}

func TestCodeThatAValueIsMadeFrom(t *testing.T) {
	base := mustOrigin(t, aCell).code
	for _, e := range [][2]string{
		{"units = 64", "units = 2"},
		{"rates = []float64{0.1", "rates = []float64{0.3"},
		{"return 2 * int(w)", "return 3 * int(w)"},
		{"type width int", "type width int32"},
		{"first = iota", "first = iota + 1"},
		{"* rate * rates", "* rate * rate * rates"},
		{"return train(rate)\n", "v, err := train(rate)\n\t\treturn v + 1, err\n"},
		{"flag.Parse()", "flag.Parse()\n\tunits = 5"},
		{"flag.Parse()", "flag.Parse()\n\tunits++"},
		{"flag.Parse()", "flag.Parse()\n\trates[0] = 5"},
		{"flag.Parse()", "flag.Parse()\n\tfill(rates)"},
		{"func other", "func init() { p := &units; *p = 3 }\n\nfunc other"},
	} {
		assert.NotEqual(t, base, mustOrigin(t, edit(t, aCell, e[0], e[1])).code, "%s", e)
	}
	for _, e := range [][2]string{
		{`"a title"`, `"another title"`}, // the parameters are inputs: the cell that calls doesn't count
		{"apart = 7", "apart = 8"},
		{"return 1", "return 2"},
		{"type unused struct{}", "type unused struct{ a int }"},
		{"func network", "\n// network is a comment.\nfunc network"},
		{"return train(rate)\n", "return train( rate )  // as it is\n"},
		{"flag.Parse()", "flag.Parse()\n\tfmt.Println(units)"},
		{"func other() int { return 1 }\n", ""},
	} {
		assert.Equal(t, base, mustOrigin(t, edit(t, aCell, e[0], e[1])).code, "%s", e)
	}
}

// Without inputs, whatever the cell does counts.
func TestWithoutInputsTheCellCounts(t *testing.T) {
	program := edit(t, edit(t, aCell, "}, rate))", "}))"), `Keep("kept",`, `Keep(fmt.Sprint("kept ", rate),`)
	base := mustOrigin(t, program).code
	for _, e := range [][2]string{{"kept(0.1)", "kept(0.2)"}, {"units = 64", "units = 2"}} {
		assert.NotEqual(t, base, mustOrigin(t, edit(t, program, e[0], e[1])).code, "%s", e)
	}
	direct := edit(t, aCell, "kept(0.1),", `notebook.Must(notebook.Keep("direct", func() (float64, error) { return train(0.1) })),`)
	direct = edit(t, edit(t, direct, " // here", ""), `"a title")`, `"a title") // here`)
	base = mustOrigin(t, direct).code
	for _, e := range [][2]string{{"train(0.1)", "train(0.2)"}, {"units = 64", "units = 2"}} {
		assert.NotEqual(t, base, mustOrigin(t, edit(t, direct, e[0], e[1])).code, "%s", e)
	}
	assert.Equal(t, base, mustOrigin(t, edit(t, direct, "apart = 7", "apart = 8")).code)
}

func TestFilesThatTheCodeNames(t *testing.T) {
	t.Chdir(t.TempDir())
	o := mustOrigin(t, edit(t, aCell, "return units +", `os.ReadFile("patients.csv"); return units +`))
	assert.Contains(t, o.files, "patients.csv")
	none := o.filesNow()
	require.NoError(t, os.WriteFile("patients.csv", []byte("1,2"), 0o600))
	one := o.filesNow()
	assert.NotEqual(t, none, one)
	assert.Equal(t, one, o.filesNow())
	require.NoError(t, os.WriteFile("patients.csv", []byte("1,3"), 0o600))
	assert.NotEqual(t, one, o.filesNow())
}

func TestTheBackendAndArgumentsCount(t *testing.T) {
	t.Setenv("GOMLX_BACKEND", "go")
	onGo := mustOrigin(t, aCell).code
	t.Setenv("GOMLX_BACKEND", "xla:cpu")
	onXLA := mustOrigin(t, aCell).code
	assert.NotEqual(t, onGo, onXLA)
	defer func(args []string) { os.Args = args }(os.Args)
	os.Args = append(os.Args, "-units=2")
	assert.NotEqual(t, onXLA, mustOrigin(t, aCell).code)
}
