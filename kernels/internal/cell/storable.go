package cell

import (
	"fmt"
	"go/types"
	"strings"
)

// storable tells, as far as a type can, why a file can't hold its values for a later cell; "" where it can. It is as
// strict as the package notebook, and refuses types that hold themselves besides: one that holds itself for good would
// never end.
func storable(t types.Type) string { return walk(t, map[types.Type]bool{}) }

func walk(t types.Type, around map[types.Type]bool) string {
	if around[t] {
		return fmt.Sprintf("a %s can hold itself", short(t))
	}
	around[t] = true
	defer delete(around, t)
	if encodesItself(t) {
		return ""
	}
	switch u := t.Underlying().(type) {
	case *types.Basic:
		if u.Kind() == types.UnsafePointer || u.Kind() == types.Invalid || u.Info()&types.IsUntyped != 0 {
			return fmt.Sprintf("nothing can be kept of a %s", short(t))
		}
		return ""
	case *types.Signature:
		return "a function can't be put into a file"
	case *types.Chan:
		return "a channel can't be put into a file"
	case *types.Interface:
		return fmt.Sprintf("what is in an interface (%s) can't be read back from a file", short(t))
	case *types.Pointer:
		return walk(u.Elem(), around)
	case *types.Slice:
		return walk(u.Elem(), around)
	case *types.Array:
		return walk(u.Elem(), around)
	case *types.Map:
		if why := walk(u.Key(), around); why != "" {
			return why
		}
		return walk(u.Elem(), around)
	case *types.Struct:
		if u.NumFields() == 0 {
			return "" // see Carry: gob has nothing to write, which an error then tells
		}
		for f := range u.Fields() {
			if !f.Exported() {
				return fmt.Sprintf("%s has the field %s, which is unexported and would be lost in a file", short(t), f.Name())
			}
			if why := walk(f.Type(), around); why != "" {
				return why
			}
		}
		return ""
	}
	return fmt.Sprintf("nothing can be kept of a %s", short(t))
}

// encodesItself tells whether gob leaves the storing to the type.
func encodesItself(t types.Type) bool {
	if _, ok := t.(*types.Named); !ok {
		return false
	}
	methods := types.NewMethodSet(types.NewPointer(t))
	return methods.Lookup(nil, "GobEncode") != nil && methods.Lookup(nil, "GobDecode") != nil ||
		methods.Lookup(nil, "MarshalBinary") != nil && methods.Lookup(nil, "UnmarshalBinary") != nil
}

// isModel tells whether a type is that of a fit.Model, whose state can be kept apart from it.
func isModel(t types.Type) bool { return pointsTo(t, "Model") }

// isHistory tells whether a type is that of a training's course, which is worth having when the training is interrupted.
func isHistory(t types.Type) bool { return pointsTo(t, "History") }

func pointsTo(t types.Type, name string) bool {
	p, ok := t.(*types.Pointer)
	if !ok {
		return false
	}
	named, ok := p.Elem().(*types.Named)
	return ok && named.Obj().Name() == name && named.Obj().Pkg() != nil && strings.HasSuffix(named.Obj().Pkg().Path(), "/pkg/fit")
}

// closes tells whether a value stands for something outside of the program, such as a file.
func closes(t types.Type) bool { return types.NewMethodSet(t).Lookup(nil, "Close") != nil }

func short(t types.Type) string {
	return types.TypeString(t, func(p *types.Package) string {
		if p.Name() == "main" {
			return ""
		}
		return p.Name()
	})
}
