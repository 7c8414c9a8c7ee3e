package codec

import (
	"maps"
	"reflect"
	"slices"
	"strings"
)

// Types lists the types of all registries, in order of their names: for one who writes values down by their types.
func Types() []reflect.Type {
	return slices.SortedFunc(maps.Keys(classes), func(a, b reflect.Type) int { return strings.Compare(a.String(), b.String()) })
}
