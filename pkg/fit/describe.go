package fit

import (
	"fmt"
	"reflect"
	"strings"
	"sync"

	"github.com/gomlx/compute"

	"example.com/unstuck/pkg/nn"
)

// shared holds the programs of models that can be described, for each backend.
var (
	sharedMu sync.Mutex
	shared   = map[compute.Backend]*programs{}
)

// sharedPrograms returns where m's programs are kept and m's description there. Models that are built
// alike share their programs, so another learning rate, seed or clip value compiles nothing. A model
// with parts that hide what they do, such as an nn.Func, keeps its programs to itself.
func sharedPrograms(m *Model) (*programs, string) {
	description, ok := describe(m)
	if !ok {
		return &programs{}, ""
	}
	sharedMu.Lock()
	defer sharedMu.Unlock()
	if shared[m.backend] == nil {
		shared[m.backend] = &programs{}
	}
	return shared[m.backend], description
}

// describe writes down everything about m that is compiled into its programs.
func describe(m *Model) (string, bool) {
	o, ok := m.optimizer.(interface{ ProgramKey() (string, bool) })
	if !ok {
		return "", false
	}
	key, ok := o.ProgramKey()
	if !ok {
		return "", false
	}
	var b strings.Builder
	b.WriteString(key)
	for _, part := range []any{m.net, m.loss, m.options.Metrics, m.options.Probes} {
		b.WriteByte('\n')
		if !describeValue(&b, reflect.ValueOf(part)) {
			return "", false
		}
	}
	return b.String(), true
}

var initializerType = reflect.TypeFor[nn.Initializer]()

// describeValue writes a value with its types, all the way down; false when it meets a function, a
// channel or a pointer cycle's possibility, which equal text could not tell apart.
func describeValue(b *strings.Builder, v reflect.Value) bool {
	if !v.IsValid() {
		b.WriteString("nil")
		return true
	}
	switch v.Kind() {
	case reflect.Interface:
		return describeValue(b, v.Elem())
	case reflect.Struct:
		fmt.Fprintf(b, "%s.%s{", v.Type().PkgPath(), v.Type())
		for i := range v.NumField() {
			if v.Type().Field(i).Type == initializerType {
				continue // initial values are drawn on the host; no program holds them
			}
			fmt.Fprintf(b, "%s:", v.Type().Field(i).Name)
			if !describeValue(b, v.Field(i)) {
				return false
			}
			b.WriteByte(',')
		}
		b.WriteByte('}')
		return true
	case reflect.Slice, reflect.Array:
		fmt.Fprintf(b, "%s[", v.Type())
		for i := range v.Len() {
			if !describeValue(b, v.Index(i)) {
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
