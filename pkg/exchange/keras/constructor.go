package keras

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"slices"
	"strings"
	"sync"
)

// kind is what an object of a file is for; Keras has a module for each.
type kind string

const (
	layersKind       kind = "layers"
	initializersKind kind = "initializers"
	regularizersKind kind = "regularizers"
	constraintsKind  kind = "constraints"
	activationsKind  kind = "activations"
	lossesKind       kind = "losses"
	optimizersKind   kind = "optimizers"
	schedulesKind    kind = "schedules"
	metricsKind      kind = "metrics"
	modelsKind       kind = "models"
	policiesKind     kind = "policies" // number types
)

// constructor is what Keras' constructor of a class takes.
type constructor struct {
	Required []string       // keys that must be there
	Defaults map[string]any // what counts for a key that isn't
	Modules  []string       // where Keras finds the class
}

// fallback is what counts where a key is absent.
func (c *constructor) fallback(key string) any {
	if c == nil {
		return nil
	}
	return c.Defaults[key]
}

// takesNull tells whether a null is a value for the key: it is where the constructor's own default is one, and for
// the functions of recurrent layers, for which it is linear, and for how Bidirectional merges.
func (c *constructor) takesNull(key string) bool {
	if c == nil || strings.HasSuffix(key, "activation") || key == "merge_mode" {
		return true
	}
	return c.Defaults[key] == nil && !slices.Contains(c.Required, key)
}

//go:embed defaults.json
var defaultsJSON []byte

// constructors is defaults.json: testdata/make_defaults.py wrote it from Keras' own signatures.
type constructors struct {
	classes map[kind]map[string]*constructor
	strings map[kind][]string // that stand for an object, "adam"
}

var known = sync.OnceValue(func() (c constructors) {
	parts := map[kind]json.RawMessage{}
	must(json.Unmarshal(defaultsJSON, &parts))
	must(json.Unmarshal(parts["strings"], &c.strings))
	c.classes = map[kind]map[string]*constructor{}
	for _, k := range []kind{layersKind, initializersKind, regularizersKind, constraintsKind, lossesKind, optimizersKind, schedulesKind, modelsKind} {
		d := json.NewDecoder(bytes.NewReader(parts[k]))
		d.UseNumber()
		classes := map[string]*constructor{}
		must(d.Decode(&classes))
		c.classes[k] = classes
	}
	return c
})

// must holds for the embedded file.
func must(err error) {
	if err != nil {
		panic(err)
	}
}

// constructorOf finds a class, nil where it isn't one that this package reads.
func constructorOf(k kind, class string) *constructor { return known().classes[k][class] }

// knows tells whether a string stands for an object in Keras. For optimizers capitals don't count.
func (k kind) knows(name string) bool {
	if k == optimizersKind {
		name = strings.ToLower(name)
	}
	return slices.Contains(known().strings[k], name)
}

// finds tells whether Keras finds a class, or a function of its own, in a module.
func (k kind) finds(module, class string) bool {
	if c := constructorOf(k, class); c != nil {
		// Some backends have their own version of an optimizer, which computes the same.
		return slices.Contains(c.Modules, module) || k == optimizersKind && strings.HasPrefix(module, "keras.src.backend.")
	}
	switch k {
	case layersKind: // an activation layer in place of a function, or a class that isn't read
		return module == "keras" || strings.HasPrefix(module, "keras.")
	case modelsKind:
		return module == "keras" || module == "keras.models" ||
			strings.HasPrefix(module, "keras.src.models.") || strings.HasPrefix(module, "keras.src.engine.")
	case policiesKind:
		return module == "keras" || module == "keras.dtype_policies" || strings.HasPrefix(module, "keras.src.dtype_policies")
	}
	return module == "builtins" && class == "function" || strings.HasPrefix(module, "keras.")
}
