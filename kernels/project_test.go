package kernels

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestProject(t *testing.T) {
	p := newProject(t)
	assert.Equal(t, "example.org/thing", p.Module)

	inside, err := FindProject(filepath.Join(p.Root, "pkg", "fit"))
	require.NoError(t, err)
	assert.Equal(t, p, inside)
}

func TestProjectErrors(t *testing.T) {
	empty := t.TempDir()
	_, err := OpenProject(empty)
	assert.EqualError(t, err, "no go.mod in "+empty+": name the project's folder with --project")

	write(t, filepath.Join(empty, "go.mod"), "go 1.26\n")
	_, err = OpenProject(empty)
	assert.ErrorContains(t, err, "names no module")

	comma := filepath.Join(t.TempDir(), "a,b")
	write(t, filepath.Join(comma, "go.mod"), "module m\n")
	_, err = OpenProject(comma)
	assert.ErrorContains(t, err, "comma")

	colon := filepath.Join(t.TempDir(), "a"+string(os.PathListSeparator)+"b")
	write(t, filepath.Join(colon, "go.mod"), "module m\n")
	_, err = OpenProject(colon)
	assert.ErrorContains(t, err, "separates folders in PATH")
}

func TestTools(t *testing.T) {
	p := newProject(t)
	_, err := p.tools()
	assert.ErrorContains(t, err, "gonb, goimports, gopls missing")
	assert.ErrorContains(t, err, "make lab")

	bin := filepath.Join(p.Root, ".lab", "bin")
	for _, name := range toolNames {
		write(t, filepath.Join(bin, name), "#!/bin/sh\n")
	}
	folder, err := p.tools()
	require.NoError(t, err)
	assert.Equal(t, bin, folder)

	require.NoError(t, os.Chmod(filepath.Join(bin, "gopls"), 0o644))
	_, err = p.tools()
	assert.ErrorContains(t, err, "gopls missing")
}
