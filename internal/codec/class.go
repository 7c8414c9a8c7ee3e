package codec

import (
	"fmt"
	"reflect"
	"slices"
)

// Class is what is known of one struct type.
type Class struct {
	Name     string       // Keras' class, "BatchNormalization"
	Aliases  []string     // other names under which configs have it
	Module   string       // Keras' module, "layers"; "" where Keras has no such class
	Type     reflect.Type // the struct
	Settings []Setting    // in the order of the fields
	Others   []Other      // arguments of Keras that have no field

	settle func(from Source, value any) any
}

// Other is an argument of Keras that a type has no field for.
type Other struct {
	Key      string
	Harmless []any // values that leave the result as it is, besides null; empty with Any false: only null
	Any      bool  // no value of it changes the result: a seed, a way to compute
	// LastAxis allows the number of the input's last axis, alone or in a list, besides −1.
	LastAxis bool
}

// Option adds to a class what its fields don't say.
type Option func(*Class)

// Named gives a class another name in Keras than its type has, and older ones behind it.
func Named(name string, aliases ...string) Option {
	return func(c *Class) { c.Name, c.Aliases = name, aliases }
}

// NoClass says that Keras knows the type by a string alone, or not at all.
func NoClass() Option {
	return func(c *Class) { c.Module = "" }
}

// Missing sets what a number is where a config doesn't say, for a class of Keras whose default isn't what the
// field's zero stands for.
func Missing(key string, value float64) Option {
	return func(c *Class) {
		for i := range c.Settings {
			if c.Settings[i].Key == key {
				c.Settings[i].missing = value
			}
		}
	}
}

// Only names an argument of Keras that is read at null and the values given alone.
func Only(key string, harmless ...any) Option {
	return func(c *Class) { c.Others = append(c.Others, Other{Key: key, Harmless: harmless}) }
}

// Ignored names arguments of Keras whose values change nothing here.
func Ignored(keys ...string) Option {
	return func(c *Class) {
		for _, key := range keys {
			c.Others = append(c.Others, Other{Key: key, Any: true})
		}
	}
}

// LastAxis names an argument of Keras that chooses an axis, of which only the last is supported.
func LastAxis(key string) Option {
	return func(c *Class) {
		c.Others = append(c.Others, Other{Key: key, Harmless: []any{-1, []any{-1}}, LastAxis: true})
	}
}

// Settled corrects a value behind the reading of its settings, where they say together what none of them says alone.
func Settled(f func(from Source, value any) any) Option {
	return func(c *Class) { c.settle = f }
}

// newClass describes a type. It panics when a tag makes no sense, which the first run of any test shows.
func newClass(module string, t reflect.Type, options ...Option) *Class {
	if t.Kind() != reflect.Struct {
		panic(fmt.Sprintf("codec: %s is not a struct", t))
	}
	c := &Class{Name: t.Name(), Module: module, Type: t}
	for i := range t.NumField() {
		f := t.Field(i)
		if !f.IsExported() || f.Anonymous {
			continue
		}
		s, err := parse(f, i)
		if err != nil {
			panic(fmt.Sprintf("codec: %s.%s: %v", t, f.Name, err))
		}
		c.Settings = append(c.Settings, s)
	}
	for _, s := range slices.Clone(c.Settings) {
		if s.Rest != "" || s.List != "" { // that field is part of this setting
			c.Settings = slices.DeleteFunc(c.Settings, func(other Setting) bool { return other.Field == s.Rest || other.Field == s.List })
		}
	}
	for _, o := range options {
		o(c)
	}
	return c
}

// Has reports whether the type has a setting in that field.
func (c *Class) Has(field string) bool {
	_, ok := c.setting(field)
	return ok
}

// CallSetting is the field whose setting Keras takes not in the constructor but in the call, under that name.
func (c *Class) CallSetting(name string) (field string, ok bool) {
	for _, s := range c.Settings {
		if s.Key == "" && s.Field != "Name" && snakeCase(s.Field) == name {
			return s.Field, true
		}
	}
	return "", false
}

// setting is the one in that field.
func (c *Class) setting(field string) (Setting, bool) {
	for _, s := range c.Settings {
		if s.Field == field {
			return s, true
		}
	}
	return Setting{}, false
}

// Zero is the value with all settings at their defaults.
func (c *Class) Zero() any { return reflect.Zero(c.Type).Interface() }
