package torch

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"strings"
)

// Limits of what is read of a file, whatever it claims.
const (
	MaxGraph   = 64 << 20 // bytes of the JSON of a program
	MaxWeights = 2 << 30  // bytes of all weights
	maxNodes   = 100_000
)

// ErrNotProgram is the error of a file that isn't what torch.export.save writes, or isn't whole.
var ErrNotProgram = errors.New("not a program that torch.export.save wrote")

// Parts of a .pt2, below a folder of any name.
const (
	graphPart   = "models/model.json"
	weightsPart = "data/weights/model_weights_config.json"
	weightsDir  = "data/weights/"
	constsPart  = "data/constants/model_constants_config.json"
	constsDir   = "data/constants/"
	orderPart   = "byteorder"
	oldGraph    = "serialized_exported_program.json" // of PyTorch before 2.8
)

// archive is a .pt2 that is open.
type archive struct {
	files  map[string]*zip.File
	prefix string // in front of the names of all parts
	graph  string // the part with the program

	pickled bool  // its weights, if there are any, lie in a pickle
	left    int64 // bytes that may still be read

	numbers int // of the tensors that were read
}

func openArchive(r io.ReaderAt, size int64) (*archive, error) {
	z, err := zip.NewReader(r, size)
	if err != nil {
		return nil, fmt.Errorf("%v; a .pt2 is a zip file: %w", err, ErrNotProgram)
	}
	a := &archive{files: map[string]*zip.File{}, graph: graphPart, left: MaxWeights}
	found := false
	for _, f := range z.File {
		if _, twice := a.files[f.Name]; twice {
			return nil, fmt.Errorf("%s is there twice: %w", f.Name, ErrNotProgram)
		}
		a.files[f.Name] = f
		if prefix, ok := strings.CutSuffix(f.Name, graphPart); ok && !found {
			a.prefix, found = prefix, true
		}
	}
	if _, old := a.files[oldGraph]; old && !found {
		a.graph, found = oldGraph, true
	}
	a.pickled = !a.has(weightsPart)
	if !found {
		return nil, fmt.Errorf("there is no %s in it: %w", graphPart, ErrNotProgram)
	}
	if order, err := a.part(orderPart, 16); err == nil && strings.TrimSpace(string(order)) != "little" {
		return nil, fmt.Errorf("its numbers are %q-endian, only little-endian ones are read: %w", order, ErrNotProgram)
	}
	return a, nil
}

// has reports whether there is such a part.
func (a *archive) has(name string) bool {
	_, ok := a.files[a.prefix+name]
	return ok
}

// part reads one part into memory, at most limit bytes whatever it claims.
func (a *archive) part(name string, limit int64) ([]byte, error) { return a.read(name, limit, false) }

// start reads as much of a part, which may have more.
func (a *archive) start(name string, bytes int64) ([]byte, error) { return a.read(name, bytes, true) }

func (a *archive) read(name string, limit int64, more bool) ([]byte, error) {
	f, ok := a.files[a.prefix+name]
	if !ok {
		return nil, fmt.Errorf("there is no %s in it: %w", name, ErrNotProgram)
	}
	if limit > a.left {
		return nil, fmt.Errorf("with %s it has more than %d bytes of weights: %w", name, MaxWeights, ErrNotProgram)
	}
	if !more && f.UncompressedSize64 > uint64(limit) {
		return nil, fmt.Errorf("%s has %d bytes, more than the %d that are read: %w", name, f.UncompressedSize64, limit, ErrNotProgram)
	}
	r, err := f.Open()
	if err != nil {
		return nil, fmt.Errorf("%s: %v: %w", name, err, ErrNotProgram)
	}
	data, err := io.ReadAll(io.LimitReader(r, limit+overshoot(more)))
	if e := r.Close(); err == nil {
		err = e
	}
	switch {
	case err != nil:
		return nil, fmt.Errorf("%s: %v: %w", name, err, ErrNotProgram)
	case int64(len(data)) > limit:
		return nil, fmt.Errorf("%s has more than %d bytes: %w", name, limit, ErrNotProgram)
	}
	a.left -= int64(len(data))
	return data, nil
}

// overshoot is how far to read to find that there is more than there may be.
func overshoot(more bool) int64 {
	if more {
		return 0
	}
	return 1
}
