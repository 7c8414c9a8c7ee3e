package fit

import (
	"reflect"
	"unsafe"

	"github.com/gomlx/compute"
)

// forgetReductions lets the next function of a program have reductions of its own.
//
// go-xla 0.4.1 makes the little function of a reduction ("lhs + rhs") a closure of the function that
// first reduces, keeps it for the whole program, and then refuses it in every other function. Until
// that is mended upstream, the kept ones are dropped between functions; there is no public way. Builders
// without such fields are left as they are.
func forgetReductions(builder compute.Builder) {
	v := reflect.ValueOf(builder)
	if v.Kind() != reflect.Pointer || v.Elem().Kind() != reflect.Struct {
		return
	}
	for _, name := range []string{"cacheReductions", "cacheArgMinMax", "cacheSelections"} {
		if field := v.Elem().FieldByName(name); field.IsValid() && field.Kind() == reflect.Map {
			reflect.NewAt(field.Type(), unsafe.Pointer(field.UnsafeAddr())).Elem().Clear()
		}
	}
}
