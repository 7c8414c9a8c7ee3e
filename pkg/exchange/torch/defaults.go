package torch

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"sync"
)

//go:embed defaults.json
var defaultsFile []byte

// options are what a class of PyTorch takes: those that must be given, and the others with their values where they aren't.
type options struct {
	Required []string
	Defaults map[string]any
}

// classes are the losses, optimizers and schedulers of PyTorch, as testdata/make_defaults.py found them.
type classes struct {
	Torch                          string
	Losses, Optimizers, Schedulers map[string]options
}

var known = sync.OnceValue(func() classes {
	var c classes
	d := json.NewDecoder(bytes.NewReader(defaultsFile))
	d.UseNumber()
	if err := d.Decode(&c); err != nil {
		panic(err) // the file is part of the program
	}
	return c
})
