package codec

import (
	"fmt"
	"math"
	"reflect"
	"strconv"
	"strings"
)

// Call is a call of a Python constructor, "layers.Dense(64, activation='relu')".
type Call struct {
	Function  string
	Arguments []string
}

// String is the call as Python.
func (c Call) String() string { return c.Function + "(" + strings.Join(c.Arguments, ", ") + ")" }

// Python is the call that makes the same value in Keras: arguments with Keras' default are left out, those that come
// first in Keras are written without a name. Layers are "layers.…", what else Keras has "keras.initializers.…".
//
// Errors: a type that Keras doesn't have, in the value or in a setting.
func Python(value any) (Call, error) {
	c, ok := ClassOf(value)
	if !ok || c.Module == "" {
		return Call{}, fmt.Errorf("%T: Keras has no such class", value)
	}
	call := Call{Function: "keras." + c.Module + "." + c.Name}
	if c.Module == "layers" {
		call.Function = "layers." + c.Name
	}
	v := reflect.ValueOf(value)
	together := c.allZeroTogether(v)
	for _, s := range c.Settings {
		field := v.Field(s.index)
		switch {
		case s.Field == "Name":
			continue
		case s.Key == "" && !field.IsZero():
			return Call{}, fmt.Errorf("%s.%s: Keras has no such setting", c.Name, s.Field)
		case s.Key == "" || s.left(field) && !s.Positional && !s.Required && !(s.Together && !together) && !s.listed(v):
			continue
		}
		text, err := s.python(field, together)
		if s.Rest != "" && !v.FieldByName(s.Rest).IsZero() {
			text = PythonFloat(float64(field.Int()) + v.FieldByName(s.Rest).Float())
		}
		if s.listed(v) {
			text, err = s.python(v.FieldByName(s.List), together)
		}
		if err != nil {
			return Call{}, fmt.Errorf("%s.%s: %w", c.Name, s.Field, err)
		}
		if !s.Positional {
			text = s.Key + "=" + text
		}
		call.Arguments = append(call.Arguments, text)
	}
	return call, nil
}

// listed reports whether the value has a list in place of the setting's number.
func (s Setting) listed(v reflect.Value) bool {
	return s.List != "" && !v.FieldByName(s.List).IsZero()
}

// left reports whether a field holds what Keras has where the argument is left out.
func (s Setting) left(field reflect.Value) bool {
	switch {
	case s.Default == "" && field.Kind() == reflect.Float64:
		return field.Float() == s.missing
	case s.Default == "" && field.Kind() == reflect.Int:
		return float64(field.Int()) == s.missing
	}
	return field.IsZero()
}

func (s Setting) python(field reflect.Value, together bool) (string, error) {
	if family := familyOf(s.Type); family != nil {
		return family.python(field.Interface())
	}
	switch field.Kind() {
	case reflect.Struct:
		var entries []string
		for name, x := range s.numbersOf(field) {
			entries = append(entries, PythonString(name)+": "+PythonFloat(x))
		}
		return "{" + strings.Join(entries, ", ") + "}", nil
	case reflect.Bool:
		return PythonBool(field.Bool() != s.Not), nil
	case reflect.Float64:
		if s.Optional && field.IsZero() {
			return "None", nil
		}
		return PythonFloat(s.number(field, together)), nil
	case reflect.Int:
		return strconv.FormatInt(field.Int(), 10), nil
	case reflect.String:
		if s.Null != "" && field.String() == s.Null {
			return "None", nil
		}
		return PythonString(field.String()), nil
	case reflect.Slice:
		elements := make([]string, field.Len())
		for i := range elements {
			elements[i] = fmt.Sprint(field.Index(i))
			x := field.Index(i)
			switch {
			case x.Kind() == reflect.Float64:
				elements[i] = PythonFloat(x.Float())
			case s.Open && elements[i] == "-1":
				elements[i] = "None"
			}
		}
		if s.Pairs && len(elements) > 2 {
			elements = paired(elements)
		}
		if s.Alone && len(elements) == 1 {
			return elements[0], nil
		}
		return "[" + strings.Join(elements, ", ") + "]", nil
	}
	return "", fmt.Errorf("%s: there is no such setting", s.Type)
}

func paired(elements []string) []string {
	var pairs []string
	for i := 0; i+1 < len(elements); i += 2 {
		pairs = append(pairs, "("+elements[i]+", "+elements[i+1]+")")
	}
	return pairs
}

// PythonCode is implemented by values whose text in Keras isn't a call of their class, such as a function with an option.
type PythonCode interface {
	PythonCode() string
}

// Python is a value as a setting of another is written in Keras: its string where there is one, else a call.
func (r *Registry[T]) Python(value T) (string, error) { return r.python(value) }

// python writes a value that is a setting of another: as Keras' string where there is one.
func (f *family) python(value any) (string, error) {
	if name := f.nameOf(value); name != "" {
		return PythonString(name), nil
	}
	if p, ok := value.(PythonCode); ok {
		return p.PythonCode(), nil
	}
	call, err := Python(value)
	if err != nil {
		return "", err
	}
	return call.String(), nil
}

// PythonBool is True or False.
func PythonBool(x bool) string {
	if x {
		return "True"
	}
	return "False"
}

// PythonFloat writes a number as Python does, with a point so that it stays a float.
func PythonFloat(x float64) string {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return fmt.Sprintf("float(%q)", strings.TrimPrefix(strings.ToLower(fmt.Sprint(x)), "+"))
	}
	text := strconv.FormatFloat(x, 'g', -1, 64)
	if !strings.ContainsAny(text, ".e") {
		text += ".0"
	}
	return text
}

// PythonString quotes a string; Go's escapes are Python's too.
func PythonString(s string) string {
	quoted := strconv.QuoteToASCII(s)
	inner := strings.ReplaceAll(quoted[1:len(quoted)-1], `\"`, `"`)
	return "'" + strings.ReplaceAll(inner, "'", `\'`) + "'"
}

// PythonArgument is name=value as a list that is empty where the value is the default.
func PythonArgument(name string, value, fallback float64) []string {
	if value == fallback {
		return nil
	}
	return []string{name + "=" + PythonFloat(value)}
}
