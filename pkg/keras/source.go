package keras

import (
	"math"
	"slices"

	"example.com/unstuck/internal/codec"
)

// source lets package codec read settings from an object of the file.
type source struct{ *object }

func (s source) Has(key string) bool {
	_, there := s.fields[key]
	return there
}

func (s source) Null(key string) bool {
	v, there := s.fields[key]
	return there && v == nil
}

func (s source) Flag(key string, fallback bool) bool         { return s.flag(key, fallback) }
func (s source) Number(key string, fallback float64) float64 { return s.number(key, fallback) }
func (s source) Text(key, fallback string) string            { return s.text(key, fallback) }
func (s source) Whole(key string, fallback, from, to int) int {
	return s.whole(key, fallback, from, to)
}
func (s source) Problem(key, format string, args ...any) { s.problem(key, format, args...) }
func (s source) Ignore(keys ...string)                   { s.ignore(keys...) }

func (s source) Only(o codec.Other) {
	harmless := o.Harmless
	if o.LastAxis && s.lastAxisNumber > 0 {
		harmless = append(slices.Clone(harmless), s.lastAxisNumber, []any{s.lastAxisNumber})
	}
	s.only(o.Key, harmless...)
}

// Wholes reads a list of whole numbers, or one alone; what isn't one is reported.
func (s source) Wholes(key string) []int {
	if v := s.get(key); v != nil {
		if _, alone := numberOf(v); alone {
			return s.wholes(key, []any{v})
		}
	}
	return s.wholes(key, s.list(key))
}

// Pairs reads a list of two whole numbers or of pairs of them, one behind the other.
func (s source) Pairs(key string) []int {
	var flat []any
	list := s.list(key)
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

func (s source) wholes(key string, list []any) []int {
	var sizes []int
	for _, v := range list {
		x, ok := numberOf(v)
		if !ok || x != math.Trunc(x) || math.Abs(x) > maxSize {
			s.problem(key, "%s is not a list of whole numbers up to %d", show(s.get(key)), maxSize)
			return nil
		}
		sizes = append(sizes, int(x))
	}
	return sizes
}

// Object reads what Keras writes for a value of a class: its name, or its class with its settings.
func (s source) Object(key string, f codec.Family) any {
	v, ok := s.serialized(key)
	if !ok {
		return nil
	}
	if v.class == "hard_sigmoid" && s.keras2 {
		s.problem(key, "Keras 2's hard_sigmoid, 0.2·x + 0.5 cut to 0…1, is not supported; Keras 3 has another one")
	}
	if v.config == nil {
		if value, ok := f.ByName(v.class); ok {
			return value
		}
	}
	class, ok := f.Class(v.class)
	if !ok && v.config == nil && len(f.Names()) > 0 {
		s.problem(key, "%v", codec.Unknown(f, v.class))
		return nil
	}
	if !ok {
		s.problem(key, "the %s %s is not supported", f.Kind(), v.class)
		return nil
	}
	c := v.settings(s.at(key), s.report)
	if class.Module == "layers" {
		c.common()
	}
	value := class.Read(source{c})
	c.done()
	return value
}
