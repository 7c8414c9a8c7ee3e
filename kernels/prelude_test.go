package kernels

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestPrelude(t *testing.T) {
	p := newProject(t)
	for file, content := range map[string]string{
		"data/data.go":           "package data\n",
		"broken/broken.go":       "package broken\n\nfunc {\n",
		"onlytests/some_test.go": "package onlytests\n",
		"tool/main.go":           "package main\n",
		"internal/x.go":          "package internal\n",
		"empty/README.md":        "",
		"afile.go":               "package pkg\n",
		"fit/deep/deep.go":       "package deep\n",
	} {
		write(t, filepath.Join(p.Root, "pkg", file), content)
	}
	cell, err := Prelude(p)
	require.NoError(t, err)
	assert.Equal(t, `%noautoget
import (
	"context"
	"fmt"
	"math"
	"time"
	"example.org/thing/pkg/broken"
	"example.org/thing/pkg/data"
	"example.org/thing/pkg/fit"
)
`, cell)
}

func TestPreludeWithoutPackages(t *testing.T) {
	cell, err := Prelude(Project{Root: t.TempDir(), Module: "m"})
	require.NoError(t, err)
	assert.NotContains(t, cell, `"m/`)
}
