package notebook

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestThePackagesBehindAValueCount(t *testing.T) {
	root := t.TempDir()
	write := func(path, text string) {
		path = filepath.Join(root, path)
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o700))
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	}
	project := filepath.Join(root, "the project")
	write("cell/go.work", "go 1.26.8\n\nuse (\n\t.\n\t"+`"`+project+`"`+"\n)\n")
	write("cell/go.mod", "module gonb_1234\n\ngo 1.26.8\n\nreplace example.com/p => "+`"`+project+`"`+"\n")
	write("the project/go.mod", "module example.com/p // mine\n\ngo 1.26\n")
	write("the project/go.sum", "a v1.0.0 h1:x\n")
	write("the project/pkg/fit/fit.go", "package fit\n\nimport _ \"example.com/p/pkg/nn\"\n")
	write("the project/pkg/nn/nn.go", "package nn\n")
	write("the project/pkg/figure/figure.go", "package figure\n")
	cell := filepath.Join(root, "cell")
	now := func() string { return localPackages(cell, []string{"fmt", "example.com/p/pkg/fit"}) }

	before := now()
	assert.Equal(t, before, now())
	for _, change := range [][2]string{
		{"the project/pkg/nn/nn.go", "package nn\n\nconst Units = 2\n"}, // imported by an import
		{"the project/pkg/fit/more.go", "package fit\n"},
		{"the project/go.mod", "module example.com/p\n\ngo 1.26\n\nrequire a v1.0.1\n"},
		{"the project/go.sum", "a v1.0.1 h1:y\n"},
		{"cell/go.mod", "module gonb_1234\n\nrequire b v1.0.0\n"},
	} {
		write(change[0], change[1])
		after := now()
		assert.NotEqual(t, before, after, change[0])
		before = after
	}
	for _, change := range [][2]string{
		{"the project/pkg/figure/figure.go", "package figure\n\nconst Red = 2\n"}, // not behind the value
		{"the project/pkg/nn/nn_test.go", "package nn\n"},
		{"cell/go.mod", "module gonb_5678\n\nrequire b v1.0.0\n"},                                                     // the kernel's own name
		{"cell/go.mod", "module gonb_5678\n\nreplace example.com/cells => /tmp/unstuck-1/module\nrequire b v1.0.0\n"}, // the kernel's own folders
		{"cell/go.mod", "module gonb_5678\n\nreplace example.com/cells => \"/tmp/a folder/module\"\nrequire b v1.0.0\n"},
	} {
		write(change[0], change[1])
		assert.Equal(t, before, now(), change[0])
	}
}
