package kernels

import (
	"encoding/json"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// newProject makes a module with a package, in a folder whose name needs care.
func newProject(t *testing.T) Project {
	t.Helper()
	root := filepath.Join(t.TempDir(), "mein Prójekt [α]")
	write(t, filepath.Join(root, "go.mod"), "module example.org/thing\n\ngo 1.26\n")
	write(t, filepath.Join(root, "pkg", "fit", "fit.go"), "package fit\n")
	p, err := OpenProject(root)
	require.NoError(t, err)
	return p
}

func write(t *testing.T, file, content string) {
	t.Helper()
	require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o755))
	require.NoError(t, os.WriteFile(file, []byte(content), 0o755))
}

func TestInstallListRemove(t *testing.T) {
	p := newProject(t)
	folder := filepath.Join(t.TempDir(), "a prefix ü", "kernels")
	none, err := List(folder)
	require.NoError(t, err)
	assert.Empty(t, none)

	installed, err := Install(folder, Specs(), p.Command(), p)
	require.NoError(t, err)
	require.Len(t, installed, 3)
	for _, name := range append([]string{specFile}, logoNames...) {
		assert.FileExists(t, filepath.Join(installed[1], name))
	}

	listed, err := List(folder)
	require.NoError(t, err)
	require.Len(t, listed, 3)
	assert.Equal(t, Specs()[1], listed[1].Spec)
	assert.Equal(t, p.Root, listed[1].Project)

	removed, err := Remove(folder, Specs()[:2])
	require.NoError(t, err)
	assert.Equal(t, installed[:2], removed)
	listed, err = List(folder)
	require.NoError(t, err)
	require.Len(t, listed, 1)
	assert.Equal(t, "unstuck-go", listed[0].Name)
}

func TestListSaysWhatIsMissing(t *testing.T) {
	p := newProject(t)
	folder := t.TempDir()
	_, err := Install(folder, Specs(), p.Command(), p)
	require.NoError(t, err)

	listed, err := List(folder)
	require.NoError(t, err)
	require.Len(t, listed[2].Missing, 2)
	assert.Equal(t, p.Command(), listed[2].Missing[0])
	assert.Contains(t, listed[2].Missing[1], "gonb, goimports, gopls missing in")
	assert.Contains(t, listed[0].Missing[2], "no xla:cpu plugin in")

	for _, tool := range append(toolNames, "unstuck") {
		write(t, filepath.Join(p.Root, ".lab", "bin", tool), "#!/bin/sh\n")
	}
	write(t, filepath.Join(p.Python(), "lib/python3.12/site-packages/some_package/pjrt_c_api_cpu_plugin.so"), "")
	listed, err = List(folder)
	require.NoError(t, err)
	assert.Empty(t, listed[0].Missing)
	assert.Empty(t, listed[2].Missing)
	assert.Len(t, listed[1].Missing, 1)
}

func TestRemoveLeavesOthersAlone(t *testing.T) {
	folder := t.TempDir()
	foreign := filepath.Join(folder, "unstuck-go", specFile)
	write(t, foreign, `{"argv": ["other"], "display_name": "Someone else's", "language": "go"}`)
	neighbour := filepath.Join(folder, "python3", specFile)
	write(t, neighbour, `{}`)

	removed, err := Remove(folder, Specs())
	require.NoError(t, err)
	assert.Empty(t, removed)
	assert.FileExists(t, foreign)
	assert.FileExists(t, neighbour)
}

// Readers must never see half a kernelspec, however many installations run at the same time.
func TestInstallAtTheSameTime(t *testing.T) {
	p := newProject(t)
	folder := t.TempDir()
	_, err := Install(folder, Specs()[:1], p.Command(), p)
	require.NoError(t, err)

	var installing sync.WaitGroup
	for range 8 {
		installing.Go(func() {
			for range 10 {
				_, err := Install(folder, Specs()[:1], p.Command(), p)
				assert.NoError(t, err)
			}
		})
	}
	done := make(chan struct{})
	go func() { installing.Wait(); close(done) }()
	for reading := true; reading; {
		select {
		case <-done:
			reading = false
		default:
		}
		content, err := os.ReadFile(filepath.Join(folder, "unstuck-xla-cpu", specFile))
		require.NoError(t, err)
		require.True(t, json.Valid(content))
	}
	entries, err := os.ReadDir(filepath.Join(folder, "unstuck-xla-cpu"))
	require.NoError(t, err)
	assert.Len(t, entries, 4, "no temporary file stays")
}

func TestInstallNeedsAPathThatHoldsAnywhere(t *testing.T) {
	_, err := Install(t.TempDir(), Specs(), "bin/unstuck", newProject(t))
	assert.ErrorContains(t, err, "not an absolute path")
}
