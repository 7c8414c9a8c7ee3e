package notebook

import (
	"crypto/sha256"
	"encoding"
	"encoding/gob"
	"encoding/hex"
	"fmt"
	"reflect"
	"strings"
)

var (
	gobEncoder      = reflect.TypeFor[gob.GobEncoder]()
	binaryMarshaler = reflect.TypeFor[encoding.BinaryMarshaler]()
)

// encodesItself reports whether gob leaves the storing to the type.
func encodesItself(t reflect.Type) bool {
	p := reflect.PointerTo(t)
	return p.Implements(gobEncoder) || p.Implements(binaryMarshaler)
}

// storable tells why values of type t would not come back as they were.
func storable(t reflect.Type) error {
	return walkType(t, t.String(), make(map[reflect.Type]bool))
}

func walkType(t reflect.Type, place string, seen map[reflect.Type]bool) error {
	if seen[t] || encodesItself(t) {
		return nil
	}
	seen[t] = true
	switch t.Kind() {
	case reflect.Func, reflect.Chan, reflect.UnsafePointer:
		return fmt.Errorf("%s is a %s, which no file can hold", place, t.Kind())
	case reflect.Interface:
		return fmt.Errorf("%s is an interface, whose value a later cell could not read back", place)
	case reflect.Pointer, reflect.Slice, reflect.Array:
		return walkType(t.Elem(), place, seen)
	case reflect.Map:
		if err := walkType(t.Key(), place+" (key)", seen); err != nil {
			return err
		}
		return walkType(t.Elem(), place, seen)
	case reflect.Struct:
		for i := range t.NumField() {
			field := t.Field(i)
			if !field.IsExported() {
				return fmt.Errorf("%s.%s is unexported and would be lost: keep its exported parts, or give %s the methods MarshalBinary and UnmarshalBinary",
					place, field.Name, t)
			}
			if err := walkType(field.Type, place+"."+field.Name, seen); err != nil {
				return err
			}
		}
	}
	return nil
}

// typeName is the type as Go writes it, packages by their full path.
func typeName(t reflect.Type) string {
	if t.Name() != "" && t.PkgPath() != "" {
		return t.PkgPath() + "." + t.Name()
	}
	return t.String()
}

// shapeOf digests the fields of a type, so that a struct that has gained or
// lost one since is noticed.
func shapeOf(t reflect.Type) string {
	var b strings.Builder
	describe(&b, t, make(map[reflect.Type]bool))
	sum := sha256.Sum256([]byte(b.String()))
	return hex.EncodeToString(sum[:8])
}

func describe(b *strings.Builder, t reflect.Type, seen map[reflect.Type]bool) {
	fmt.Fprintf(b, "%s:%s", typeName(t), t.Kind())
	if seen[t] {
		return
	}
	seen[t] = true
	switch t.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Array:
		b.WriteString(" of ")
		describe(b, t.Elem(), seen)
	case reflect.Map:
		b.WriteString(" from ")
		describe(b, t.Key(), seen)
		b.WriteString(" to ")
		describe(b, t.Elem(), seen)
	case reflect.Struct:
		b.WriteString("{")
		for i := range t.NumField() {
			fmt.Fprintf(b, "%s ", t.Field(i).Name)
			describe(b, t.Field(i).Type, seen)
			b.WriteString("; ")
		}
		b.WriteString("}")
	}
}
