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
		"fit/fit.go":             "package fit\n",
		"fit/deep/deep.go":       "package deep\n",
		"fit/deep/data/data.go":  "package data\n",
		"fit/fittest/help.go":    "package fittest\n",
		"fit/internal/in/in.go":  "package in\n",
		"fit/testdata/a/a.go":    "package a\n",
		"room/inside/inside.go":  "package inside\n",
	} {
		write(t, filepath.Join(p.Root, "pkg", file), content)
	}
	cell, err := Prelude(p)
	require.NoError(t, err)
	assert.Equal(t, `%noautoget
!*go mod edit -require=example.org/thing@v0.0.0 -replace='example.org/thing=`+p.Root+`'
import (
	"context"
	"fmt"
	"math"
	"time"
	"example.org/thing/pkg/broken"
	"example.org/thing/pkg/data"
	"example.org/thing/pkg/fit"
	"example.org/thing/pkg/fit/deep"
	"example.org/thing/pkg/room/inside"
)
`, cell)
}

func TestPreludeWithoutPackages(t *testing.T) {
	cell, err := Prelude(Project{Root: t.TempDir(), Module: "m"})
	require.NoError(t, err)
	assert.NotContains(t, cell, `"m/`)
}
