package keras

import (
	"encoding/json"
	"math"
	"slices"
	"strings"

	"example.com/unstuck/internal/codec"
	"example.com/unstuck/pkg/nn"
)

// source lets package codec read settings from an object of the file. Where Keras' constructor is known, what counts
// for an absent key comes from there.
type source struct{ *object }

func (s source) Has(key string) bool {
	_, there := s.fields[key]
	return there
}

func (s source) Null(key string) bool {
	v, there := s.fields[key]
	return there && v == nil
}

func (s source) Pointed(key string) {
	if v := s.get(key); v != nil {
		if _, whole := wholeOf(v); whole {
			s.problem(key, "%s has no point: Keras takes 1.0 here, not 1", show(v))
		}
	}
}

func (s source) Old() bool { return s.keras2 }

// Missing asks for the key, which reports it where Keras' constructor is known.
func (s source) Missing(key string) {
	before := len(s.problems)
	s.get(key)
	if len(s.problems) == before {
		s.problem(key, "is missing")
	}
}

// given reports whether the key has a value, and marks it as known where it hasn't.
func (s source) given(key string) bool {
	if s.object.has(key) {
		return true
	}
	s.ignore(key)
	return false
}

func (s source) Flag(key string, fallback bool) bool {
	if !s.given(key) {
		return fallback
	}
	return s.flag(key)
}

func (s source) Number(key string, fallback float64) float64 {
	if !s.given(key) {
		return fallback
	}
	return s.number(key)
}

func (s source) Text(key, fallback string) string {
	if !s.given(key) {
		return fallback
	}
	return s.text(key)
}

func (s source) Whole(key string, fallback, from, to int) int {
	if !s.given(key) {
		return fallback
	}
	return s.whole(key, from, to)
}

func (s source) Problem(key, format string, args ...any) { s.problem(key, format, args...) }

// Ignore looks at keys whose value doesn't matter. A seed must still be one.
func (s source) Ignore(keys ...string) {
	for _, key := range keys {
		if key == "seed" {
			s.seed(key)
		} else {
			s.ignore(key)
		}
	}
}

func (s source) Only(o codec.Other) {
	harmless := o.Harmless
	if o.LastAxis && s.lastAxisNumber > 0 {
		harmless = append(slices.Clone(harmless), s.lastAxisNumber, []any{s.lastAxisNumber})
	}
	s.only(o.Key, harmless...)
}

// Wholes reads a list of whole numbers, or one alone; what isn't one is reported.
func (s source) Wholes(key string, open bool) []int {
	list := s.listed(key)
	if open {
		list = slices.Clone(list)
		for i, v := range list {
			if v == nil {
				list[i] = json.Number("-1")
			}
		}
	}
	return s.wholes(key, list)
}

// IsList reports whether the value is a list, or Keras' wrapping of an array.
func (s source) IsList(key string) bool {
	_, ok := arrayOf(s.fields[key])
	return ok
}

// arrayOf is a list as such, or as Keras writes an array of NumPy's.
func arrayOf(v any) ([]any, bool) {
	if wrapped, ok := v.(map[string]any); ok && (wrapped["class_name"] == "__numpy__" || wrapped["class_name"] == "__tensor__") {
		config, _ := wrapped["config"].(map[string]any)
		v = config["value"]
	}
	list, ok := v.([]any)
	return list, ok
}

// LastAxis is the number of the last axis of the layer's input, 0 when it isn't known.
func (s source) LastAxis() int { return s.lastAxisNumber }

// Inside lets read take the settings of an object, and reports those that nobody asked for.
func (s source) Inside(key string, read func(codec.Source)) {
	if c := s.child(key); c != nil {
		read(source{c})
		c.done()
	}
}

// Numbers reads a list of finite numbers, or one alone; what isn't one is reported.
func (s source) Numbers(key string, nested bool) []float64 {
	list := s.listed(key)
	if nested {
		list = joined(list, maxNesting)
	}
	var numbers []float64
	for _, v := range list {
		x, ok := numberOf(v)
		if !ok || math.IsNaN(x) || math.IsInf(x, 0) {
			s.problem(key, "%s is not a list of finite numbers", show(s.get(key)))
			return nil
		}
		numbers = append(numbers, x)
	}
	return numbers
}

// joined are the numbers of lists in lists.
func joined(list []any, depth int) []any {
	var all []any
	for _, v := range list {
		if deeper, ok := v.([]any); ok && depth > 0 {
			all = append(all, joined(deeper, depth-1)...)
		} else {
			all = append(all, v)
		}
	}
	return all
}

// Pairs reads a list of two whole numbers or of pairs of them, one behind the other.
func (s source) Pairs(key string) []int {
	var flat []any
	list := s.listed(key)
	for _, v := range list {
		pair, ok := v.([]any)
		if !ok {
			return s.wholes(key, list)
		}
		if len(pair) != 2 {
			s.problem(key, "%s is not a list of pairs", show(s.get(key)))
			return nil
		}
		flat = append(flat, pair...)
	}
	return s.wholes(key, flat)
}

// listed is a list, or one number for a list of it.
func (s source) listed(key string) []any {
	v := s.get(key)
	if _, alone := numberOf(v); alone {
		return []any{v}
	}
	if array, ok := arrayOf(v); ok {
		return array
	}
	return s.list(key)
}

func (s source) wholes(key string, list []any) []int {
	var sizes []int
	for _, v := range list {
		x, ok := wholeOf(v)
		if !ok || x > maxSize || x < -maxSize {
			s.problem(key, "%s is not a list of whole numbers up to %d", show(s.get(key)), maxSize)
			return nil
		}
		sizes = append(sizes, x)
	}
	return sizes
}

// layerWithin reads a layer that is a setting of another.
func (s source) layerWithin(key string) any {
	o := s.child(key)
	if o == nil {
		return nil
	}
	if strings.Count(o.path, ".config.") > 4*maxNesting {
		o.add(o.path, "layers are nested more than %d deep", maxNesting)
		return nil
	}
	l := o.layer(nil)
	if l == nil {
		return nil
	}
	l.within = key
	if key == "layer" && s.has("merge_mode") { // as Keras names it, whatever the file says
		l.within = "forward_layer"
	}
	*s.inside = append(*s.inside, *l)
	return l.value
}

// activation refuses a function that makes another shape as the setting of a layer, in which Keras doesn't reckon with it.
func (s source) activation(key string, value any) any {
	if a, ok := value.(nn.Activation); ok && nn.Reshapes(a) && s.of != constructorOf(layersKind, "Activation") {
		s.problem(key, "%s makes another shape, which Keras doesn't reckon with here: put layers.Activation(%s) behind the layer", show(s.get(key)), show(s.get(key)))
	}
	return value
}

// Object reads what Keras writes for a value of a class: its name, or its class with its settings.
func (s source) Object(key string, f codec.Family) any {
	k := kind(f.Kind() + "s")
	if k == layersKind {
		return s.layerWithin(key)
	}
	v, ok := s.serialized(key, k)
	if !ok {
		return nil
	}
	if v.class == "hard_sigmoid" && s.keras2 && k == activationsKind {
		return nn.HardSigmoid{Steep: true}
	}
	if v.config == nil {
		if !k.knows(v.class) {
			s.problem(key, "unknown %s %q: Keras has none of that name", f.Kind(), v.class)
			return nil
		}
		if value, ok := f.ByName(v.class); ok {
			return s.activation(key, value)
		}
	}
	class, ok := f.Class(v.class)
	if !ok {
		s.problem(key, "the %s %s is not supported", f.Kind(), v.class)
		return nil
	}
	c := v.settings(s.at(key), k, s.report)
	c.lastAxisNumber = s.lastAxisNumber
	if class.Module == "layers" {
		c.of = constructorOf(layersKind, v.class)
		if _, activity := c.common(); activity != nil {
			c.problem("activity_regularizer", "is not supported of a layer that is another's activation")
		}
	}
	if k == initializersKind && c.keras2 {
		c.ignore("name", "dtype")
	}
	value := class.Read(source{c})
	c.done()
	return s.activation(key, value)
}
