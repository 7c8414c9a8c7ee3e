// Package sweep reads what is to be tried from a file and tries it.
package sweep

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"

	"go.yaml.in/yaml/v3"

	"example.com/unstuck/internal/boundedfile"
	"example.com/unstuck/pkg/exchange/saved"
	"example.com/unstuck/pkg/explore"
	"example.com/unstuck/pkg/training"
)

// File is what a sweep's file says, in YAML or JSON.
type File struct {
	Training string  `json:"training"` // a folder as unstuck fit takes it, beside the file unless it begins with /; empty: the file's own
	Space    space   `json:"space"`
	Search   Method  `json:"search"`
	Seeds    []int64 `json:"seeds"`  // every point is trained with each; empty: the training's own
	Length   int     `json:"epochs"` // of each training; 0: as the folder says
	Goal     Goal    `json:"goal"`
}

// Goal is what is looked for.
type Goal struct {
	Monitor string   `json:"monitor"` // empty: "val_loss", or "loss" where nothing is validated on
	Highest bool     `json:"highest"` // high values are the good ones
	Enough  *float64 `json:"enough"`  // a value that ends the sweep once a trial has it or a better one
}

// Method is how points are chosen; one of them.
type Method struct {
	Grid    bool     `json:"grid"`
	Random  int      `json:"random"`  // how many points are drawn
	Seed    int64    `json:"seed"`    // of what is drawn
	Halving *Halving `json:"halving"` // of the points of the grid or of those that are drawn; see [explore.Halve]
}

// Halving says how successive halving goes about it; see [explore.HalvingOptions].
type Halving struct {
	First  int `json:"first"`
	Factor int `json:"factor"`
}

// largest is how many bytes of a file are read.
const largest = 1 << 20

// Plan is a sweep that was read, with its training.
type Plan struct {
	File     File
	Path     string
	Training training.Training
	Points   []explore.Point
}

// Read reads a sweep and its training. Errors name the file and the place in it.
func Read(path string) (Plan, error) {
	p := Plan{Path: path}
	text, err := boundedfile.Read(path, largest, "sweep")
	if err != nil {
		return p, err
	}
	if p.File, err = parse(text); err != nil {
		return p, fmt.Errorf("%s: %w", path, err)
	}
	dir := p.File.Training
	if !filepath.IsAbs(dir) {
		dir = filepath.Join(filepath.Dir(path), dir)
	}
	files, err := saved.Find(dir, saved.Files{})
	if err != nil {
		return p, err
	}
	if p.Training, err = files.Read(); err != nil {
		return p, err
	}
	if p.File.Length > 0 {
		p.Training.Epochs = p.File.Length
	}
	if p.Training.Epochs == 0 {
		return p, fmt.Errorf("%s: neither it nor a fit.json says how long a training is: give epochs", path)
	}
	if p.Points, err = p.File.points(p.Training); err != nil {
		return p, fmt.Errorf("%s: %w", path, err)
	}
	return p, nil
}

// parse reads YAML, which JSON is too, by the words and the strictness of JSON.
func parse(text []byte) (File, error) {
	var f File
	var any map[string]any
	if err := yaml.Unmarshal(text, &any); err != nil {
		return f, err
	}
	plain, err := json.Marshal(any)
	if err != nil {
		return f, err
	}
	decoder := json.NewDecoder(bytes.NewReader(plain))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&f); err != nil {
		return f, err
	}
	m := f.Search
	switch {
	case m.Random < 0:
		return f, fmt.Errorf("search.random is %d, must be positive", m.Random)
	case m.Grid && m.Random > 0:
		return f, errors.New("search has both grid and random: give one of them")
	case f.Length < 0:
		return f, fmt.Errorf("epochs is %d, must be positive", f.Length)
	}
	return f, nil
}

// points are those that the search begins with.
func (f File) points(t training.Training) ([]explore.Point, error) {
	axes, err := f.Space.axes(t, f.Search.Random > 0)
	if err != nil {
		return nil, err
	}
	if f.Search.Random > 0 {
		return axes.Random(f.Search.Random, f.Search.Seed)
	}
	return axes.Grid()
}
