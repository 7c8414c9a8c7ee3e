package notebook

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// plainWidth is how wide a line of a value's text becomes before its parts get lines of their own; plainDepth how many values within each
// other are followed, which ends what points to itself.
const plainWidth, plainDepth = 100, 6

// plainText is a value as Go would make it, without what is zero: optim.Adam(0.01), nn.Dense{Units: 8}. Parts that tell of themselves by a
// String, GoCode or Error method are as they say; long lists and maps end in how much more there is.
func plainText(v any) string {
	switch r := reflect.ValueOf(v); r.Kind() {
	case reflect.Slice, reflect.Array, reflect.Map, reflect.Struct, reflect.Pointer:
		return plainOf(r, 0)
	case reflect.Func, reflect.Chan:
		return ownType(r.Type())
	}
	if v == nil {
		return "nil"
	}
	return fmt.Sprint(v)
}

func plainOf(v reflect.Value, depth int) string {
	if !v.IsValid() {
		return "nil"
	}
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface, reflect.Map, reflect.Func, reflect.Chan, reflect.Slice:
		if v.IsNil() {
			return "nil"
		}
	}
	if text, told := ofItself(v); told {
		return text
	}
	switch v.Kind() {
	case reflect.Interface:
		return plainOf(v.Elem(), depth)
	case reflect.String:
		return strconv.Quote(v.String())
	case reflect.Float32:
		return strconv.FormatFloat(v.Float(), 'g', -1, 32)
	case reflect.Func, reflect.Chan:
		return ownType(v.Type())
	case reflect.Pointer, reflect.Struct, reflect.Map, reflect.Slice, reflect.Array:
		if depth == plainDepth {
			return ownType(v.Type()) + "{…}"
		}
	default:
		return fmt.Sprint(v) // of a reflect.Value what it holds
	}
	switch v.Kind() {
	case reflect.Pointer:
		return "&" + plainOf(v.Elem(), depth+1)
	case reflect.Struct:
		return plainStruct(v, depth)
	case reflect.Map:
		return plainMap(v, depth)
	}
	var parts []string
	for i := range min(v.Len(), shownValues) {
		parts = append(parts, plainOf(v.Index(i), depth+1))
	}
	between := " "
	if k := v.Type().Elem().Kind(); k == reflect.Struct || k == reflect.Interface || k == reflect.Pointer || k == reflect.String || k == reflect.Map {
		between = ", "
	}
	return inBrackets("[", andMore(parts, v.Len()), between, "]")
}

// ofItself is what a value says by a method of its own.
func ofItself(v reflect.Value) (string, bool) {
	if !v.CanInterface() {
		return "", false
	}
	switch v := v.Interface().(type) {
	case fmt.Stringer:
		return safely(v.String), true
	case interface{ GoCode() string }:
		return safely(v.GoCode), true
	case error:
		return safely(v.Error), true
	}
	return "", false
}

func plainStruct(v reflect.Value, depth int) string {
	var parts []string
	hidden := false
	for i := range v.NumField() {
		field, of := v.Field(i), v.Type().Field(i)
		if !of.IsExported() {
			hidden = hidden || !field.IsZero()
			continue
		}
		if !field.IsZero() {
			parts = append(parts, of.Name+": "+plainOf(field, depth+1))
		}
	}
	if len(parts) == 0 && hidden {
		parts = []string{"…"}
	}
	return inBrackets(ownType(v.Type())+"{", parts, ", ", "}")
}

func plainMap(v reflect.Value, depth int) string {
	entries := map[string]string{}
	for at := v.MapRange(); at.Next(); {
		entries[plainOf(at.Key(), depth+1)] = plainOf(at.Value(), depth+1)
	}
	var parts []string
	for _, key := range slices.Sorted(maps.Keys(entries))[:min(len(entries), shownValues)] {
		parts = append(parts, key+": "+entries[key])
	}
	return inBrackets("{", andMore(parts, v.Len()), ", ", "}")
}

func andMore(parts []string, of int) []string {
	if more := of - len(parts); more > 0 {
		parts = append(parts, "… "+grouped(more)+" more")
	}
	return parts
}

// inBrackets has the parts on one line, or each on its own where that would be too wide or one of them has lines itself.
func inBrackets(before string, parts []string, between, after string) string {
	text := before + strings.Join(parts, between) + after
	if len([]rune(text)) <= plainWidth && !strings.Contains(text, "\n") || len(parts) == 0 {
		return text
	}
	if between == " " { // numbers stay together
		return text
	}
	lines := []string{before}
	for _, part := range parts {
		lines = append(lines, "  "+strings.ReplaceAll(part, "\n", "\n  "))
	}
	return strings.Join(append(lines, after), "\n")
}

// ownType is a type's name without the package that a cell is.
func ownType(t reflect.Type) string { return strings.ReplaceAll(t.String(), "main.", "") }
