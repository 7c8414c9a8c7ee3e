package cell

import (
	"bytes"
	"go/types"
)

// signature is how something is declared, in one line but for a type.
func (a *analysis) signature(o types.Object, d origin) string {
	switch o := o.(type) {
	case *types.TypeName:
		if d.text != "" {
			return d.text
		}
	case *types.Builtin:
		return d.text
	case *types.Func:
		if o.Signature().Recv() != nil {
			return a.methodSignature(o)
		}
	case *types.Const:
		return types.ObjectString(o, a.qualified) + " = " + o.Val().String()
	}
	return types.ObjectString(o, a.qualified)
}

// qualified writes a package ahead of a name as cells do.
func (a *analysis) qualified(p *types.Package) string {
	if p == a.pkg {
		return ""
	}
	return p.Name()
}

func (a *analysis) methodSignature(f *types.Func) string {
	var b bytes.Buffer
	b.WriteString("func (")
	if name := f.Signature().Recv().Name(); name != "" && name != "_" {
		b.WriteString(name + " ")
	}
	types.WriteType(&b, f.Signature().Recv().Type(), a.qualified)
	b.WriteString(") " + f.Name())
	types.WriteSignature(&b, f.Signature(), a.qualified)
	return b.String()
}

// methods are those of a type that cells can call; an interface's stand in its declaration.
func (a *analysis) methods(t types.Type) (signatures []string) {
	if types.IsInterface(t) {
		return nil
	}
	for method := range types.NewMethodSet(types.NewPointer(t)).Methods() {
		if f, ok := method.Obj().(*types.Func); ok && (f.Exported() || f.Pkg() == a.pkg) {
			signatures = append(signatures, a.methodSignature(f))
		}
	}
	return signatures
}

// receiverType is the type that a method belongs to, nil of what is none.
func receiverType(f *types.Func) *types.Named {
	recv := f.Signature().Recv()
	if recv == nil {
		return nil
	}
	t := recv.Type()
	if p, ok := t.(*types.Pointer); ok {
		t = p.Elem()
	}
	named, _ := t.(*types.Named)
	return named
}
