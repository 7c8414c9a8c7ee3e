package codec

import (
	"fmt"
	"reflect"
	"slices"
)

// Settings lists the settings of a value whose Go type is T, with what they hold: all initializers of a layer, say.
// An interface that is nil is listed as nil. Values of types that nobody registered have none.
func Settings[T any](value any) []Held[T] {
	c, ok := ClassOf(value)
	if !ok {
		return nil
	}
	v := reflect.ValueOf(value)
	var all []Held[T]
	for _, s := range c.Settings {
		if s.Type != reflect.TypeFor[T]() {
			continue
		}
		held, _ := v.Field(s.index).Interface().(T) // not there when nil
		means := held
		if standard, ok := s.standard().(T); ok && v.Field(s.index).IsZero() {
			means = standard
		}
		all = append(all, Held[T]{Setting: s, Value: held, Means: means})
	}
	return all
}

// Held is a setting and what it holds.
type Held[T any] struct {
	Setting
	Value T // what the field holds
	Means T // what that stands for: for a nil interface Keras' default
}

// With is a copy of value with one field changed; to may be nil for an interface. An error names what doesn't fit.
func With(value any, field string, to any) (any, error) {
	c, ok := ClassOf(value)
	if !ok {
		return nil, fmt.Errorf("%T has no settings that can be changed", value)
	}
	s, ok := c.setting(field)
	if !ok {
		return nil, fmt.Errorf("%s has no setting %s", c.Name, field)
	}
	v := reflect.New(c.Type).Elem()
	v.Set(reflect.ValueOf(value))
	f := v.Field(s.index)
	if to == nil {
		f.SetZero()
		return v.Interface(), nil
	}
	next := reflect.ValueOf(to)
	if !next.Type().AssignableTo(f.Type()) {
		return nil, fmt.Errorf("%s.%s is a %s, not a %T", c.Name, field, f.Type(), to)
	}
	f.Set(next)
	return v.Interface(), nil
}

// Copy is to with all settings that from has under the same name and type, but those listed; its Name too.
func Copy(to, from any, but ...string) any {
	source, ok1 := ClassOf(from)
	target, ok2 := ClassOf(to)
	if !ok1 || !ok2 {
		return to
	}
	v := reflect.New(target.Type).Elem()
	v.Set(reflect.ValueOf(to))
	for _, s := range source.Settings {
		t, ok := target.setting(s.Field)
		if ok && t.Type == s.Type && !slices.Contains(but, s.Field) {
			v.Field(t.index).Set(reflect.ValueOf(from).Field(s.index))
		}
	}
	return v.Interface()
}
