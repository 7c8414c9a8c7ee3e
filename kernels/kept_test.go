package kernels

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// cellBuilder builds cells of a kernel as GoNB does. Kernels with the same kept folder share what they link.
type cellBuilder struct {
	t          *testing.T
	cell, flag string
}

func newCellBuilder(t *testing.T, name, kept string) cellBuilder {
	t.Helper()
	folder := t.TempDir()
	programs := filepath.Join(folder, "programs")
	require.NoError(t, os.Mkdir(programs, 0o755))
	require.NoError(t, os.Symlink(kept, filepath.Join(programs, linkedFolder)))
	flag, err := linkThrough(programs, []string{os.Args[0], "a word"})
	require.NoError(t, err)
	cell := filepath.Join(folder, name)
	require.NoError(t, os.Mkdir(cell, 0o755))
	write(t, filepath.Join(cell, "go.mod"), "module "+name+"\n\ngo 1.26\n")
	return cellBuilder{t, cell, flag}
}

// run builds a cell and returns what it writes.
func (b cellBuilder) run(source string, goflags ...string) string {
	b.t.Helper()
	write(b.t, filepath.Join(b.cell, "main.go"), source)
	program := filepath.Join(b.cell, filepath.Base(b.cell))
	command := exec.Command("go", "build", "-o", program)
	command.Dir = b.cell
	flags := GOFLAGS(strings.Join(append(goflags, b.flag), " "))
	command.Env = append(os.Environ(), "GOWORK=off", "GOFLAGS="+flags, linkerVariable+"=1")
	out, err := command.CombinedOutput()
	require.NoError(b.t, err, string(out))
	out, _ = exec.Command(program).CombinedOutput()
	return string(out)
}

func keptFiles(t *testing.T, folder string) map[string]time.Time {
	t.Helper()
	entries, err := os.ReadDir(folder)
	require.NoError(t, err)
	files := map[string]time.Time{}
	for _, entry := range entries {
		info, err := entry.Info()
		require.NoError(t, err)
		files[entry.Name()] = info.ModTime()
	}
	return files
}

func saying(text string) string {
	return "package main\n\nfunc main() { println(\"" + text + "\") }\n"
}

// TestLinkAgain executes cells again, behind others and in another kernel.
func TestLinkAgain(t *testing.T) {
	if testing.Short() {
		t.Skip("builds programs")
	}
	kept := t.TempDir()
	first, second := newCellBuilder(t, "gonb_11111111", kept), newCellBuilder(t, "gonb_22222222", kept)
	require.Len(t, first.cell, len(second.cell))
	assert.Equal(t, "one\n", first.run(saying("one")))
	require.Len(t, keptFiles(t, kept), 1)
	assert.Equal(t, "two\n", first.run(saying("two")))
	require.Len(t, keptFiles(t, kept), 2)
	assert.Equal(t, "one\n", first.run(saying("one")), "not the program that was linked last")
	assert.Equal(t, "two\n", second.run(saying("two")))
	assert.Equal(t, "one\n", second.run(saying("one")))
	require.Len(t, keptFiles(t, kept), 2, "nothing was linked in the second kernel")

	const panics = "package main\n\nfunc main() {\n\tpanic(\"at the disco\")\n}\n"
	trace := first.run(panics)
	assert.Contains(t, trace, filepath.Join(first.cell, "main.go")+":4")
	require.Len(t, keptFiles(t, kept), 3)
	trace = second.run(panics)
	assert.Contains(t, trace, filepath.Join(second.cell, "main.go")+":4", "GoNB looks for its own folder in traces")
	assert.NotContains(t, trace, first.cell)
	require.Len(t, keptFiles(t, kept), 3)

	info := "package main\n\nimport (\n\t\"fmt\"\n\t\"runtime/debug\"\n)\n\nfunc main() {\n\ti, ok := debug.ReadBuildInfo()\n\tfmt.Println(i.Path, ok)\n}\n"
	assert.Equal(t, "gonb_11111111 true\n", first.run(info))
	assert.Equal(t, "gonb_22222222 true\n", second.run(info))
	require.Len(t, keptFiles(t, kept), 4)
}

// TestLinkAnew lists what makes a cell another one.
func TestLinkAnew(t *testing.T) {
	if testing.Short() {
		t.Skip("builds programs")
	}
	kept := t.TempDir()
	kernel := newCellBuilder(t, "gonb_11111111", kept)
	expect := func(files int, why string) { t.Helper(); assert.Len(t, keptFiles(t, kept), files, why) }
	kernel.run(saying("x"))
	expect(1, "")
	kernel.run(saying("x"), "-tags=other")
	expect(2, "a flag of the go command")
	kernel.run(saying("x"), "-gcflags=-N")
	expect(3, "a flag of the compiler")
	kernel.run(saying("x"), "-ldflags=-X=main.y=2")
	expect(4, "a flag of the linker")
	write(t, filepath.Join(kernel.cell, "go.mod"), "module gonb_11111111\n\ngo 1.20\n")
	kernel.run(saying("x"))
	expect(5, "the version of the language")
	write(t, filepath.Join(kernel.cell, "other.go"), "package main\n\nfunc init() { println(\"other\") }\n")
	assert.Equal(t, "other\nx\n", kernel.run(saying("x")))
	expect(6, "another file")
	write(t, filepath.Join(kernel.cell, "text.txt"), "embedded")
	embedding := "package main\n\nimport _ \"embed\"\n\n//go:embed text.txt\nvar text string\n\nfunc main() { println(text) }\n"
	assert.Equal(t, "other\nembedded\n", kernel.run(embedding))
	write(t, filepath.Join(kernel.cell, "text.txt"), "changed")
	assert.Equal(t, "other\nchanged\n", kernel.run(embedding))
	expect(6, "a cell that embeds a file isn't kept")
}

// TestLinkAgainDamaged puts something else where programs are kept.
func TestLinkAgainDamaged(t *testing.T) {
	if testing.Short() {
		t.Skip("builds programs")
	}
	kept := t.TempDir()
	kernel := newCellBuilder(t, "gonb_11111111", kept)
	kernel.run(saying("one"))
	var file string
	for name := range keptFiles(t, kept) {
		file = filepath.Join(kept, name)
	}
	whole, err := os.ReadFile(file)
	require.NoError(t, err)
	for what, content := range map[string][]byte{
		"empty":     nil,
		"cut":       whole[:len(whole)/2],
		"zeros":     append(whole[:200:200], make([]byte, len(whole)-200)...),
		"no line":   bytes.Repeat([]byte("x"), 1000),
		"other ID":  bytes.Replace(whole, []byte(`"buildID":"`), []byte(`"buildID":"x`), 1),
		"no folder": bytes.Replace(whole, []byte(kernel.cell), []byte(""), 1),
	} {
		write(t, file, string(content))
		kernel.run(saying("two")) // or the go command finds the program of the cell still there
		assert.Equal(t, "one\n", kernel.run(saying("one")), what)
		mended, err := os.ReadFile(file)
		require.NoError(t, err)
		assert.Equal(t, whole, mended, what)
	}
}

func TestLinkKeptNowhere(t *testing.T) {
	if testing.Short() {
		t.Skip("builds programs")
	}
	kernel := newCellBuilder(t, "gonb_11111111", filepath.Join(t.TempDir(), "a file", "below"))
	assert.Equal(t, "one\n", kernel.run(saying("one")))
	assert.Equal(t, "one\n", kernel.run(saying("one")))
}

func TestDropOld(t *testing.T) {
	folder := t.TempDir()
	now := time.Now()
	for i, name := range []string{"new", "old", "older"} {
		file := filepath.Join(folder, name)
		write(t, file, "0123456789")
		require.NoError(t, os.Chtimes(file, now, now.Add(-time.Duration(i)*time.Hour)))
	}
	require.NoError(t, dropOld(folder, 25))
	files := keptFiles(t, folder)
	assert.Len(t, files, 2)
	assert.NotContains(t, files, "older")
	require.NoError(t, dropOld(folder, 5))
	assert.Empty(t, keptFiles(t, folder))
	assert.Error(t, dropOld(filepath.Join(folder, "none"), 5))
}

func TestLinkKept(t *testing.T) {
	programs := t.TempDir()
	project := Project{Root: t.TempDir(), Module: "example.com/x"}
	require.NoError(t, linkKept(project, programs))
	write(t, filepath.Join(programs, linkedFolder, "a"), "x")
	assert.FileExists(t, filepath.Join(project.Root, ".lab", "cells", "a"))
	info, err := os.Stat(filepath.Join(project.Root, ".lab", "cells"))
	require.NoError(t, err)
	assert.Equal(t, os.FileMode(0o700), info.Mode().Perm())

	require.NoError(t, os.Chmod(filepath.Join(project.Root, ".lab", "cells"), 0o770))
	programs = t.TempDir()
	require.NoError(t, linkKept(project, programs))
	kept, err := os.Lstat(filepath.Join(programs, linkedFolder))
	require.NoError(t, err)
	assert.True(t, kept.IsDir(), "others could leave programs in the project's")

	programs = t.TempDir()
	project.Root = filepath.Join(programs, "file")
	write(t, project.Root, "no folder")
	require.NoError(t, linkKept(project, programs))
	assert.DirExists(t, filepath.Join(programs, linkedFolder), "the kernel's own")
}
