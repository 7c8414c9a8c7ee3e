package codec

import (
	"fmt"
	"reflect"
)

// Defaults is a value of a registered type with every number that Keras has where an argument is left out, written
// out. It panics for a type that nobody registered.
func Defaults[T any](zero T) T {
	c, ok := ClassOf(zero)
	if !ok {
		panic(fmt.Sprintf("codec: %T is not registered", zero))
	}
	v := reflect.New(c.Type).Elem()
	for _, s := range c.Settings {
		if f := v.Field(s.index); f.Kind() == reflect.Float64 {
			f.SetFloat(s.missing)
		} else if f.Kind() == reflect.Int {
			f.SetInt(int64(s.missing))
		}
	}
	return v.Interface().(T)
}
