package codec

import (
	"fmt"
	"iter"
	"maps"
	"reflect"
	"slices"
)

// Config is a value as Keras serializes it: {"module", "class_name", "config", "registered_name"}, every setting
// with its value, defaults written out. Marshal it with encoding/json. A nil value is nil.
//
// Errors: a type that Keras doesn't have, in the value or in a setting.
func Config(value any) (map[string]any, error) {
	if value == nil {
		return nil, nil
	}
	c, ok := ClassOf(value)
	if !ok || c.Module == "" {
		return nil, fmt.Errorf("%T: Keras has no such class", value)
	}
	config, err := c.settingsOf(reflect.ValueOf(value))
	if err != nil {
		return nil, fmt.Errorf("%s.%w", c.Name, err)
	}
	return map[string]any{"module": "keras." + c.Module, "class_name": c.Name, "config": config, "registered_name": nil}, nil
}

func (c *Class) settingsOf(v reflect.Value) (map[string]any, error) {
	config := map[string]any{}
	together := c.allZeroTogether(v)
	for _, s := range c.Settings {
		if s.Key == "" {
			if !v.Field(s.index).IsZero() && s.Field != "Name" {
				return nil, fmt.Errorf("%s: Keras has no such setting", s.Field)
			}
			continue
		}
		if s.Rest != "" {
			if config[s.Key] = v.Field(s.index).Int(); !v.FieldByName(s.Rest).IsZero() {
				config[s.Key] = float64(v.Field(s.index).Int()) + v.FieldByName(s.Rest).Float()
			}
			continue
		}
		if s.listed(v) {
			config[s.Key] = v.FieldByName(s.List).Interface()
			continue
		}
		value, err := s.config(v.Field(s.index), together)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", s.Field, err)
		}
		if value == nil && s.Type.Kind() == reflect.Slice {
			continue // Keras' default, which needn't be null
		}
		config[s.Key] = value
	}
	return config, nil
}

// allZeroTogether reports whether the fields that share a default mean it.
func (c *Class) allZeroTogether(v reflect.Value) bool {
	for _, s := range c.Settings {
		if s.Together && !v.Field(s.index).IsZero() {
			return false
		}
	}
	return true
}

// number is the value that the setting's field stands for.
func (s Setting) number(field reflect.Value, together bool) float64 {
	x := field.Float()
	if x == 0 && (!s.Together || together) {
		return s.fallback()
	}
	return zeroIfTiny(x)
}

// zeroIfTiny undoes what Read does to a 0 where zero means a default.
func zeroIfTiny(x float64) float64 {
	if float32(x) == 0 {
		return 0
	}
	return x
}

// numbersOf are the numbers that a struct of them has set, by Keras' names and in the order of the fields.
func (s Setting) numbersOf(field reflect.Value) iter.Seq2[string, float64] {
	return func(yield func(string, float64) bool) {
		for i := range s.Type.NumField() {
			part, err := parse(s.Type.Field(i), i)
			if err != nil || field.Field(i).IsZero() {
				continue // reading has said it; zero: not set
			}
			if !yield(part.Key, zeroIfTiny(field.Field(i).Float())) {
				return
			}
		}
	}
}

// opened has null for −1.
func opened(sizes []int) []any {
	all := make([]any, len(sizes))
	for i, n := range sizes {
		if n >= 0 {
			all[i] = n
		}
	}
	return all
}

func (s Setting) config(field reflect.Value, together bool) (any, error) {
	if family := familyOf(s.Type); family != nil {
		if field.IsNil() {
			if s.Default != "" {
				return s.Default, nil
			}
			return nil, nil
		}
		value := field.Interface()
		if name := family.nameOf(value); name != "" {
			return name, nil
		}
		return Config(value)
	}
	switch s.Type.Kind() {
	case reflect.Struct:
		return maps.Collect(s.numbersOf(field)), nil
	case reflect.Bool:
		return field.Bool() != s.Not, nil
	case reflect.Float64:
		if s.Optional && field.IsZero() {
			return nil, nil
		}
		return s.number(field, together), nil
	case reflect.Int:
		if field.IsZero() {
			return int(s.fallback()), nil
		}
		return int(field.Int()), nil
	case reflect.String:
		switch {
		case field.IsZero() && len(s.OneOf) > 0:
			return s.OneOf[0], nil
		case field.IsZero() && s.Optional, s.Null != "" && field.String() == s.Null:
			return nil, nil
		}
		return field.String(), nil
	case reflect.Slice:
		if field.IsNil() {
			return nil, nil
		}
		if sizes, ok := field.Interface().([]int); ok && s.Pairs && len(sizes) > 2 {
			return slices.Collect(slices.Chunk(sizes, 2)), nil
		}
		if s.Alone && field.Len() == 1 {
			return field.Index(0).Interface(), nil
		}
		if sizes, ok := field.Interface().([]int); ok && s.Open {
			return opened(sizes), nil
		}
		return field.Interface(), nil
	}
	return nil, fmt.Errorf("%s: there is no such setting in Keras", s.Type)
}
