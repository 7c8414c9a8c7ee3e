package codec

import (
	"fmt"
	"reflect"
	"strings"
)

// Key writes a value with its types, all the way down, so that two values with one key make the same program. Values of
// a [Registry.Hidden] registry, which no program holds, are left out. False when there is a function, a channel, a
// map or a pointer in it, which equal text could not tell apart.
func Key(value any) (string, bool) {
	var b strings.Builder
	ok := key(&b, reflect.ValueOf(value))
	return b.String(), ok
}

func key(b *strings.Builder, v reflect.Value) bool {
	if !v.IsValid() {
		b.WriteString("nil")
		return true
	}
	switch v.Kind() {
	case reflect.Interface:
		return key(b, v.Elem())
	case reflect.Struct:
		fmt.Fprintf(b, "%s.%s{", v.Type().PkgPath(), v.Type())
		for i := range v.NumField() {
			if f := familyOf(v.Type().Field(i).Type); f != nil && f.hidden {
				continue
			}
			fmt.Fprintf(b, "%s:", v.Type().Field(i).Name)
			if !key(b, v.Field(i)) {
				return false
			}
			b.WriteByte(',')
		}
		b.WriteByte('}')
		return true
	case reflect.Slice, reflect.Array:
		fmt.Fprintf(b, "%s[", v.Type())
		for i := range v.Len() {
			if !key(b, v.Index(i)) {
				return false
			}
			b.WriteByte(',')
		}
		b.WriteByte(']')
		return true
	case reflect.Func, reflect.Chan, reflect.Pointer, reflect.UnsafePointer, reflect.Map:
		return false
	case reflect.String:
		fmt.Fprintf(b, "%q", v.String())
		return true
	default:
		fmt.Fprintf(b, "%v", v)
		return true
	}
}
