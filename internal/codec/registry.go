package codec

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
)

// Registry knows the types that implement one interface: all layers, all initializers.
type Registry[T any] struct{ family }

// Family is a [Registry] of whatever interface.
type Family interface {
	// Class is the class of that name in Keras.
	Class(name string) (*Class, bool)
	// ByName is the value that Keras means by a plain string, "relu".
	ByName(name string) (any, bool)
	// Names are the strings that ByName knows.
	Names() []string
	// Kind is what the values are, in a word: "initializer".
	Kind() string
	// Null is the value that a config's null means; nil: none.
	Null() any
}

type family struct {
	kind   string
	module string
	hidden bool // no program holds these values
	null   any
	byName map[string]*Class
	names  []named
}

type named struct {
	name  string
	value any
}

// All of these are written while packages are initialized, one after the other, and only read afterwards.
var (
	classes  = map[reflect.Type]*Class{}
	families = map[reflect.Type]*family{}
)

// NewRegistry makes the registry of the interface T, whose classes Keras keeps in that module. There is one
// for each interface: a second is a panic.
func NewRegistry[T any](module string) *Registry[T] {
	t := reflect.TypeFor[T]()
	if families[t] != nil {
		panic(fmt.Sprintf("codec: there is a registry of %s already", t))
	}
	r := &Registry[T]{family{kind: snakeCase(t.Name()), module: module, byName: map[string]*Class{}}}
	families[t] = &r.family
	return r
}

// Hidden says that values of this kind never enter a compiled program: [Key] leaves them out.
func (r *Registry[T]) Hidden() *Registry[T] {
	r.hidden = true
	return r
}

// MeansNull sets what a null in a config stands for.
func (r *Registry[T]) MeansNull(value T) *Registry[T] {
	r.null = value
	return r
}

// Add registers the type of zero. It returns an empty struct so that a package variable can call it, in the
// file of the type:
//
//	var _ = layers.Add(Dropout{}, codec.Ignored("seed"))
func (r *Registry[T]) Add(zero T, options ...Option) struct{} {
	t := reflect.TypeOf(zero)
	c := classes[t]
	if c == nil {
		c = newClass(r.module, t, options...)
		classes[t] = c
	}
	r.call(c)
	return struct{}{}
}

// Variant registers another class of Keras that the same type stands for, read with other defaults.
func (r *Registry[T]) Variant(name string, zero T, options ...Option) struct{} {
	r.call(newClass(r.module, reflect.TypeOf(zero), append(options, Named(name))...))
	return struct{}{}
}

// call enters a class under its names.
func (r *Registry[T]) call(c *Class) {
	if c.Module == "" {
		return
	}
	for _, name := range append([]string{c.Name}, c.Aliases...) {
		if other := r.byName[name]; other != nil {
			panic(fmt.Sprintf("codec: %s and %s are both called %s", other.Type, c.Type, name))
		}
		r.byName[name] = c
	}
}

// Say registers a string by which Keras knows a value. Where several strings mean one value, the first is
// the one that is written.
func (r *Registry[T]) Say(name string, value T) struct{} {
	r.names = append(r.names, named{name, value})
	return struct{}{}
}

// Names lists the strings that [Registry.Say] was told, in order of the alphabet.
func (f *family) Names() []string {
	var names []string
	for _, n := range f.names {
		names = append(names, n.name)
	}
	slices.Sort(names)
	return names
}

// Unknown is the error for a string that a family doesn't know; it lists those that it does.
func Unknown(f Family, name string) error {
	return fmt.Errorf("unknown %s %q: known are %s", f.Kind(), name, strings.Join(f.Names(), ", "))
}

// Find is the value that a string stands for.
func (r *Registry[T]) Find(name string) (T, bool) {
	v, ok := r.ByName(name)
	if !ok {
		var none T
		return none, false
	}
	return v.(T), true
}

// NameOf is the string that stands for a value, compared with defaults written out; empty: there is none.
func (r *Registry[T]) NameOf(value T) string {
	return r.nameOf(value)
}

func (f *family) nameOf(value any) string {
	canonical := Canonical(value)
	for _, n := range f.names {
		if reflect.DeepEqual(Canonical(n.value), canonical) {
			return n.name
		}
	}
	return ""
}

// Class returns the class of a name.
func (f *family) Class(name string) (*Class, bool) {
	c := f.byName[name]
	return c, c != nil
}

// ByName returns the value of a string.
func (f *family) ByName(name string) (any, bool) {
	for _, n := range f.names {
		if n.name == name {
			return n.value, true
		}
	}
	return nil, false
}

// Kind returns what the values are.
func (f *family) Kind() string { return f.kind }

// Null returns what null means.
func (f *family) Null() any { return f.null }

// ClassOf is the class of a value's type; false for types that nobody registered.
func ClassOf(value any) (*Class, bool) {
	c := classes[reflect.TypeOf(value)]
	return c, c != nil
}

// Classes lists all classes of an interface, in order of their names.
func (r *Registry[T]) Classes() []*Class {
	var all []*Class
	for name, c := range r.byName {
		if name == c.Name {
			all = append(all, c)
		}
	}
	slices.SortFunc(all, func(a, b *Class) int { return strings.Compare(a.Name, b.Name) })
	return all
}

// familyOf is the registry of an interface type.
func familyOf(t reflect.Type) *family {
	return families[t]
}

// Canonical is a struct with every field that holds its default set to zero, so that two values that mean the
// same are equal. Values of types that nobody registered come back as they are.
func Canonical(value any) any {
	c := classes[reflect.TypeOf(value)]
	if c == nil {
		return value
	}
	v := reflect.New(c.Type).Elem()
	v.Set(reflect.ValueOf(value))
	together, zero := true, true
	for _, s := range c.Settings {
		f := v.Field(s.index)
		if s.Together {
			together = together && f.Kind() == reflect.Float64 && f.Float() == s.fallback()
			zero = zero && f.IsZero()
			continue
		}
		switch f.Kind() {
		case reflect.Float64:
			if s.Default != "" && f.Float() == s.fallback() {
				f.SetZero()
			}
		case reflect.Int:
			if s.Default != "" && float64(f.Int()) == s.fallback() {
				f.SetZero()
			}
		case reflect.String:
			if len(s.OneOf) > 0 && f.String() == s.OneOf[0] {
				f.SetZero()
			}
		}
	}
	if together || zero {
		for _, s := range c.Settings {
			if s.Together {
				v.Field(s.index).SetZero()
			}
		}
	}
	return v.Interface()
}
