package codec

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"
)

// Key writes values down so that those with one key make the same program. Values of a [Registry.Hidden] registry,
// which programs don't hold, are left out where a registered type has them.
type Key struct {
	text, identity strings.Builder
	whole          bool // hidden values are written down, too
}

// NewKey begins a key with a text and the type of a value that describes itself by it.
func NewKey(text string, of any) *Key {
	k := &Key{}
	k.text.WriteString(text)
	k.typeOf(reflect.ValueOf(of))
	return k
}

// NewWholeKey begins a key that leaves nothing out: values with one key make the same program, which begins the same.
func NewWholeKey(text string) *Key {
	k := &Key{whole: true}
	k.text.WriteString(text)
	return k
}

// Add writes a value with its types, all the way down. False when it meets a function, a channel, a map or a
// pointer, which equal text could not tell apart.
func (k *Key) Add(value any) bool {
	k.text.WriteByte('\n')
	return k.value(reflect.ValueOf(value))
}

// Text is the key, the same in every process.
func (k *Key) Text() string { return k.text.String() }

// Identity is what the text leaves out: which types of this process these are, and numbers behind a String method.
func (k *Key) Identity() string { return k.identity.String() }

// typeOf notes a type itself: two that are declared in functions may have one name.
func (k *Key) typeOf(v reflect.Value) {
	fmt.Fprintf(&k.identity, "%x,", reflect.ValueOf(v.Type()).Pointer())
}

func (k *Key) value(v reflect.Value) bool {
	if !v.IsValid() {
		k.text.WriteString("nil")
		return true
	}
	if v.Kind() == reflect.Interface {
		return k.value(v.Elem())
	}
	k.typeOf(v)
	switch v.Kind() {
	case reflect.Struct:
		return k.fields(v)
	case reflect.Slice, reflect.Array:
		fmt.Fprintf(&k.text, "%s[", v.Type())
		for i := range v.Len() {
			if !k.value(v.Index(i)) {
				return false
			}
			k.text.WriteByte(',')
		}
		k.text.WriteByte(']')
		return true
	case reflect.Func, reflect.Chan, reflect.Pointer, reflect.UnsafePointer, reflect.Map:
		return false
	case reflect.String:
		fmt.Fprintf(&k.text, "%q", v.String())
		return true
	default:
		fmt.Fprintf(&k.text, "%v", v)
		k.identity.WriteString(exactly(v))
		return true
	}
}

func (k *Key) fields(v reflect.Value) bool {
	t := v.Type()
	fmt.Fprintf(&k.text, "%s.%s{", t.PkgPath(), t)
	for i := range v.NumField() {
		if f := familyOf(t.Field(i).Type); f != nil && f.hidden && !k.whole {
			var other Key
			if classes[t] == nil && !other.value(v.Field(i)) { // another package's layer may do with it what it likes
				return false
			}
			k.identity.WriteString(other.Text() + other.Identity())
			continue
		}
		fmt.Fprintf(&k.text, "%s:", t.Field(i).Name)
		if !k.value(v.Field(i)) {
			return false
		}
		k.text.WriteByte(',')
	}
	k.text.WriteByte('}')
	return true
}

// exactly is a boolean or a number whatever its String method makes of it.
func exactly(v reflect.Value) string {
	switch {
	case v.CanInt():
		return strconv.FormatInt(v.Int(), 10) + ","
	case v.CanUint():
		return strconv.FormatUint(v.Uint(), 10) + ","
	case v.CanFloat():
		return strconv.FormatFloat(v.Float(), 'g', -1, 64) + ","
	case v.CanComplex():
		return strconv.FormatComplex(v.Complex(), 'g', -1, 128) + ","
	default:
		return strconv.FormatBool(v.Bool()) + ","
	}
}
