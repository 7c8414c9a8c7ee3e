package kernels

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// linkerVariable makes the test program link cells.
const linkerVariable = "UNSTUCK_TEST_LINKER"

// TestLink builds cells as GoNB does: first the prelude's program, which does nothing, then others.
func TestLink(t *testing.T) {
	if testing.Short() {
		t.Skip("builds programs")
	}
	programs := t.TempDir()
	flag, err := linkThrough(programs, []string{os.Args[0], "a word that isn't plain"})
	require.NoError(t, err)
	cell := filepath.Join(t.TempDir(), "gonb_1")
	require.NoError(t, os.Mkdir(cell, 0o755))
	write(t, filepath.Join(cell, "go.mod"), "module gonb_1\n\ngo 1.26\n")
	build := func(text string, environment ...string) (size int64, output string) {
		t.Helper()
		write(t, filepath.Join(cell, "main.go"), "package main\n\nimport \"flag\"\n\n"+text+"\n")
		program := filepath.Join(cell, "gonb_1")
		command := exec.Command("go", "build", "-o", program)
		command.Dir = cell
		command.Env = append(os.Environ(), append(environment, "GOWORK=off", "GOFLAGS="+GOFLAGS(flag), linkerVariable+"=1")...)
		out, err := command.CombinedOutput()
		if err != nil {
			return 0, string(out)
		}
		info, err := os.Stat(program)
		require.NoError(t, err)
		out, err = exec.Command(program).CombinedOutput()
		if err != nil {
			out = []byte(err.Error())
		}
		return info.Size(), string(out)
	}
	const idle = "func main() { flag.Parse() }"
	const talk = "func talk() { println(\"said\") }\n"

	before, _ := build(talk + idle)
	assert.NoFileExists(t, filepath.Join(programs, "nothing"), "no prelude yet: linked as ever")
	nothing, output := build(idle)
	assert.Empty(t, output)
	assert.Positive(t, before)

	size, output := build("import \"net/http\"\nfunc serve() { http.ListenAndServe(\"\", nil) }\n" + talk + idle)
	assert.Empty(t, output)
	assert.Equal(t, nothing, size, "the prelude's program stands for it")
	_, output = build(talk + "func main() { flag.Parse(); talk() }")
	assert.Equal(t, "said\n", output)
	_, output = build(talk + "func init() { talk() }\n" + idle)
	assert.Equal(t, "said\n", output)
	_, output = build("var x = func() int { panic(\"seen\") }()\n" + idle)
	assert.Equal(t, "exit status 2", output)
	_, output = build("func f() int { return \"text\" }\n" + idle)
	assert.Contains(t, output, "cannot use \"text\"", "what the compiler says comes through")
	_, output = build("func missing()\nfunc main() { flag.Parse(); missing() }")
	assert.Contains(t, output, "missing function body")
	require.NoError(t, os.Remove(filepath.Join(programs, "nothing")))
	size, _ = build("import \"net/http\"\nfunc serve() { http.ListenAndServe(\"\", nil) }\n" + idle)
	assert.Greater(t, size, nothing, "linked, where the program that does nothing is gone")
}

func TestIsCell(t *testing.T) {
	is := func(folder string, environment ...string) bool {
		return isCell(folder, func(name string) string { return lookup(environment, name) })
	}
	assert.True(t, is("/tmp/unstuck-1/gonb_ab", "TOOLEXEC_IMPORTPATH=gonb_ab"))
	assert.False(t, is("/tmp/unstuck-1/gonb_ab"))
	assert.False(t, is("/tmp/unstuck-1/gonb_ab", "TOOLEXEC_IMPORTPATH=gonb_ab.test"), "a cell's test")
	assert.False(t, is("/tmp/unstuck-1/gonb_ab", "TOOLEXEC_IMPORTPATH=gonb_ab", "GOARCH=wasm"), "a page")
	assert.False(t, is("/home/a/program", "TOOLEXEC_IMPORTPATH=program"), "what a cell builds with a command")
}

func TestLinkThroughPlainPathsOnly(t *testing.T) {
	flag, err := linkThrough(t.TempDir(), nil)
	require.NoError(t, err)
	assert.Empty(t, flag)
	folder := filepath.Join(t.TempDir(), "my folder")
	require.NoError(t, os.Mkdir(folder, 0o755))
	flag, err = linkThrough(folder, []string{"unstuck"})
	require.NoError(t, err)
	assert.Empty(t, flag)
	_, err = linkThrough(filepath.Join(folder, "none"), []string{"unstuck"})
	assert.NoError(t, err, "not even tried")
	_, err = linkThrough(strings.ReplaceAll(folder, " ", ""), []string{"unstuck"})
	assert.Error(t, err)
}

func TestWithFlag(t *testing.T) {
	for goflags, want := range map[string]string{
		"":                              "-toolexec=/k",
		"-trimpath":                     "-trimpath -toolexec=/k",
		"--toolexec=mine -trimpath":     "--toolexec=mine -trimpath",
		"'-toolexec=mine --v' -modfile": "'-toolexec=mine --v' -modfile",
	} {
		assert.Equal(t, want, withFlag(goflags, "-toolexec=/k"), goflags)
	}
	assert.Equal(t, "-trimpath", withFlag("-trimpath", ""))
}
