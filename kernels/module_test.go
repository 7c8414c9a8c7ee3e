package kernels

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/mod/modfile"
)

// The module requires what the project does, and finds what lies beside the project.
func TestCellsModule(t *testing.T) {
	p := Project{Root: filepath.Join(t.TempDir(), "a folder"), Module: "example.org/thing"}
	write(t, filepath.Join(p.Root, "go.mod"), `module example.org/thing

go 1.26

require (
	example.org/beside v1.2.3
	example.org/far v1.0.0 // indirect
)

replace example.org/beside => ../beside

replace example.org/far v1.0.0 => example.org/fork v1.0.1

exclude example.org/far v1.1.0

tool example.org/far/cmd
`)
	write(t, filepath.Join(p.Root, "go.sum"), "sums\n")
	module, err := cellsModule(t.TempDir(), p)
	require.NoError(t, err)
	content, err := os.ReadFile(filepath.Join(module, "go.mod"))
	require.NoError(t, err)
	file, err := modfile.Parse("go.mod", content, nil)
	require.NoError(t, err)
	assert.Equal(t, "example.org/thing/cells", file.Module.Mod.Path)
	assert.Equal(t, "1.26", file.Go.Version)
	required := map[string]string{}
	for _, r := range file.Require {
		required[r.Mod.Path] = r.Mod.Version
	}
	assert.Equal(t, map[string]string{"example.org/thing": "v0.0.0", "example.org/beside": "v1.2.3", "example.org/far": "v1.0.0"}, required)
	replaced := map[string]string{}
	for _, r := range file.Replace {
		replaced[r.Old.String()] = r.New.String()
	}
	assert.Equal(t, map[string]string{
		"example.org/thing":      p.Root,
		"example.org/beside":     filepath.Join(filepath.Dir(p.Root), "beside"),
		"example.org/far@v1.0.0": "example.org/fork@v1.0.1",
	}, replaced)
	require.Len(t, file.Exclude, 1)
	assert.Empty(t, file.Tool)
	sums, err := os.ReadFile(filepath.Join(module, "go.sum"))
	require.NoError(t, err)
	assert.Equal(t, "sums\n", string(sums))
}

func TestCellsModuleOfLittle(t *testing.T) {
	p := Project{Root: t.TempDir(), Module: "m"}
	_, err := cellsModule(t.TempDir(), p)
	require.ErrorContains(t, err, "go.mod")
	write(t, filepath.Join(p.Root, "go.mod"), "module m\n")
	module, err := cellsModule(t.TempDir(), p)
	require.NoError(t, err)
	assert.NoFileExists(t, filepath.Join(module, "go.sum"))
	write(t, filepath.Join(p.Root, "go.mod"), "module m\nrequire (\n")
	_, err = cellsModule(t.TempDir(), p)
	require.ErrorContains(t, err, "the cells' module")
}
