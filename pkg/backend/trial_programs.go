//go:build cgo && !noxla && ((linux && (amd64 || arm64)) || (darwin && arm64))

package backend

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"

	"example.com/unstuck/pkg/backend/internal/programs"
)

// tryPrograms tells whether the plugin loads what it has serialized, and gets the same numbers of it: some reject every
// program on some processors.
func tryPrograms(p Plugin, opened compute.Backend) error {
	folder, err := os.MkdirTemp("", "unstuck-programs-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	store, err := programs.Open(filepath.Join(folder, "programs"), 0)
	if err != nil {
		return err
	}
	if err := programs.Attach(p.Path, store, nil); err != nil {
		return err
	}
	defer programs.Detach(p.Path)
	for range 2 {
		got, err := double(opened, 21)
		if err != nil {
			return err
		}
		if got != 42 {
			return fmt.Errorf("twice 21 is %v", got)
		}
	}
	if stats := programs.StatsOf(p.Path); stats != (programs.Stats{Loaded: 1, Compiled: 1}) {
		return fmt.Errorf("of one program twice: %+v", stats)
	}
	return nil
}

// double compiles a program that adds its input to itself, and runs it.
func double(b compute.Backend, x float32) (float32, error) {
	shape := shapes.Make(dtypes.Float32, 1)
	builder := b.Builder("double")
	in, err := builder.Main().Parameter("x", shape, nil)
	if err != nil {
		return 0, err
	}
	sum, err := builder.Main().Add(in, in)
	if err != nil {
		return 0, err
	}
	if err := builder.Main().Return([]compute.Value{sum}, nil); err != nil {
		return 0, err
	}
	program, err := builder.Compile()
	if err != nil {
		return 0, err
	}
	defer program.Finalize()
	input, err := b.BufferFromFlatData(0, []float32{x}, shape)
	if err != nil {
		return 0, err
	}
	defer input.Finalize()
	outputs, err := program.Execute([]compute.Buffer{input}, nil, 0)
	if err != nil {
		return 0, err
	}
	defer outputs[0].Finalize()
	result := []float32{0}
	err = outputs[0].ToFlatData(result)
	return result[0], err
}
