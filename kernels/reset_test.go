package kernels

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestForgetsImports(t *testing.T) {
	for cell, want := range map[string]bool{
		"%reset":              true,
		"// first\n%reset \n": true,
		"//gonb:%reset":       true,
		"%reset go.mod":       false,
		"fmt.Println(1)":      false,
		"// see %reset":       false,
		"%resets":             false,
	} {
		assert.Equal(t, want, forgetsImports(cell), cell)
	}
}
