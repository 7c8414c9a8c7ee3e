package fit

import (
	"fmt"
	"reflect"
	"unsafe"

	"github.com/gomlx/compute"
)

// forgetReductions lets the next function of a program have reductions of its own.
//
// go-xla, as of 0.4.5, makes the little function of a reduction ("lhs + rhs") a closure of the function that
// first reduces, keeps it for the whole program, and then refuses it in every other function. Until
// that is mended upstream, which a test would notice, the kept ones are dropped between functions; there is no public way.
// Other backends' builders are left as they are. A go-xla whose builder looks different is an error.
func forgetReductions(builder compute.Builder) error {
	if wrapped, ok := builder.(interface{ Inner() compute.Builder }); ok { // of several replicas
		return forgetReductions(wrapped.Inner())
	}
	v := reflect.ValueOf(builder)
	if v.Kind() != reflect.Pointer || v.Elem().Kind() != reflect.Struct || v.Elem().Type().PkgPath() != goXLA {
		return nil
	}
	for _, name := range keptReductions {
		field := v.Elem().FieldByName(name)
		if !field.IsValid() || field.Kind() != reflect.Map {
			return fmt.Errorf("%s has no map %s any more: this version of go-xla needs another pkg/fit/reductions.go, or none", v.Type(), name)
		}
		reflect.NewAt(field.Type(), unsafe.Pointer(field.UnsafeAddr())).Elem().Clear()
	}
	return nil
}

const goXLA = "github.com/gomlx/go-xla/compute/xla"

// keptReductions are the fields of go-xla's builder that keep them.
var keptReductions = []string{"cacheReductions", "cacheArgMinMax", "cacheSelections"}
