package fit

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"sync"

	"github.com/gomlx/compute"
	"github.com/gomlx/gomlx/ml/model"

	"example.com/unstuck/pkg/nn"
)

// shared holds the programs of models that can be described, for each backend that is open.
var (
	sharedMu sync.Mutex
	shared   = map[compute.Backend]*programs{}
)

// sharedPrograms returns where m's programs are kept. Models that are built alike share their programs, so another
// learning rate, seed or clip value compiles nothing. A model with parts that hide what they do, such as an nn.Func,
// keeps its programs to itself.
func sharedPrograms(m *Model, described bool) *programs {
	if !described {
		return newPrograms(m.backend)
	}
	sharedMu.Lock()
	defer sharedMu.Unlock()
	for b := range shared {
		if b.IsFinalized() {
			delete(shared, b) // nobody can run its programs any more
		}
	}
	if shared[m.backend] == nil {
		shared[m.backend] = newPrograms(m.backend)
	}
	return shared[m.backend]
}

// description is everything about a model that is compiled into its programs, but for what its state is like.
type description struct {
	text     string // the same in every process, so that checkpoints can hold its hash
	identity string // what text leaves out: which types of this process these are, and numbers behind a String method
}

// describe writes down what m is made of; false when it can't be told.
func describe(m *Model) (description, bool) {
	o, ok := m.optimizer.(interface{ ProgramKey() (string, bool) })
	if !ok {
		return description{}, false
	}
	key, ok := o.ProgramKey()
	if !ok {
		return description{}, false
	}
	var d describer
	d.text.WriteString(key)
	d.typeOf(reflect.ValueOf(m.optimizer))
	for _, part := range []any{m.net, m.loss, m.options.Metrics, m.options.Probes} {
		d.text.WriteByte('\n')
		if !d.value(reflect.ValueOf(part)) {
			return description{}, false
		}
	}
	return description{text: d.text.String(), identity: d.identity.String()}, true
}

// stateKey tells the variables that programs take and give, and which of them are trained.
func (m *Model) stateKey() string {
	var b strings.Builder
	for _, v := range m.state.vars {
		fmt.Fprintf(&b, "%q %s %t;", v.Path(), v.Shape(), v.Trainable)
	}
	for path, value := range m.store.IterParams() {
		if path != model.JoinPath(model.RootScopePath, model.ParamInitialSeed) { // only variables hold what is drawn from it
			fmt.Fprintf(&b, "%q=%#v;", path, value)
		}
	}
	return b.String()
}

var initializerType = reflect.TypeFor[nn.Initializer]()

// ownLayers is the package whose layers draw initial values on the host only, into variables: no program holds them.
var ownLayers = reflect.TypeFor[nn.Dense]().PkgPath()

// describer writes values down.
type describer struct{ text, identity strings.Builder }

// typeOf notes a type itself: two that are declared in functions may have one name.
func (d *describer) typeOf(v reflect.Value) {
	fmt.Fprintf(&d.identity, "%x,", reflect.ValueOf(v.Type()).Pointer())
}

// value writes a value with its types, all the way down; false when it meets a function, a channel or a pointer
// cycle's possibility, which equal text could not tell apart.
func (d *describer) value(v reflect.Value) bool {
	if !v.IsValid() {
		d.text.WriteString("nil")
		return true
	}
	if v.Kind() == reflect.Interface {
		return d.value(v.Elem())
	}
	d.typeOf(v)
	switch v.Kind() {
	case reflect.Struct:
		return d.fields(v)
	case reflect.Slice, reflect.Array:
		fmt.Fprintf(&d.text, "%s[", v.Type())
		for i := range v.Len() {
			if !d.value(v.Index(i)) {
				return false
			}
			d.text.WriteByte(',')
		}
		d.text.WriteByte(']')
		return true
	case reflect.Func, reflect.Chan, reflect.Pointer, reflect.UnsafePointer, reflect.Map:
		return false
	case reflect.String:
		fmt.Fprintf(&d.text, "%q", v.String())
		return true
	default:
		fmt.Fprintf(&d.text, "%v", v)
		d.identity.WriteString(number64(v))
		return true
	}
}

func (d *describer) fields(v reflect.Value) bool {
	t := v.Type()
	fmt.Fprintf(&d.text, "%s.%s{", t.PkgPath(), t)
	for i := range v.NumField() {
		if t.Field(i).Type == initializerType {
			var other describer
			if t.PkgPath() != ownLayers && !other.value(v.Field(i)) {
				return false
			}
			d.identity.WriteString(other.text.String() + other.identity.String())
			continue
		}
		fmt.Fprintf(&d.text, "%s:", t.Field(i).Name)
		if !d.value(v.Field(i)) {
			return false
		}
		d.text.WriteByte(',')
	}
	d.text.WriteByte('}')
	return true
}

// number64 is a boolean or a number whatever its String method makes of it.
func number64(v reflect.Value) string {
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
