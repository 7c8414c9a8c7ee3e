package cell

import (
	"go/ast"
	"go/token"
	"go/types"
)

// function is one that the notebook declares, or a value of a variable with functions in it.
type function struct {
	own   effects
	calls calls
	is    *types.Func // nil: a value
}

// calls are the functions of the notebook that something may call: those that it names, and those behind what it uses.
type calls struct {
	named   map[*types.Func]bool
	methods bool // it uses an interface, or a type of the notebook with methods
	any     bool // it uses a variable that holds a function
}

// functions finds what the notebook's functions change and call.
func (a *analysis) functions() {
	for _, file := range []*ast.File{a.file, a.earlier} {
		if file == nil {
			continue
		}
		for _, d := range file.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				if d == a.main || d.Body == nil {
					continue
				}
				is, _ := a.info.Defs[d.Name].(*types.Func)
				a.known = append(a.known, function{is: is})
				if is != nil {
					a.bodies[is] = d
				}
			case *ast.GenDecl:
				if d.Tok == token.VAR {
					a.known = append(a.known, function{own: a.within(d), calls: a.callsIn(d)})
				}
			}
		}
	}
	for i, f := range a.known { // when all bodies are known
		if d := a.bodies[f.is]; d != nil {
			a.known[i].own, a.known[i].calls = a.direct(d.Body), a.callsIn(d.Body)
		}
	}
}

// within is what the function literals of a declaration change.
func (a *analysis) within(d *ast.GenDecl) effects {
	all := newEffects()
	ast.Inspect(d, func(n ast.Node) bool {
		f, ok := n.(*ast.FuncLit)
		if ok {
			all.add(a.direct(f.Body))
		}
		return !ok
	})
	return all
}

// anyFunction is what some function of the notebook changes: a later cell may call it.
func (a *analysis) anyFunction() effects {
	all := newEffects()
	for _, f := range a.known {
		all.add(f.own)
	}
	return all
}

// reached is what the functions of the notebook change that n may call.
func (a *analysis) reached(n ast.Node) effects {
	all, seen := newEffects(), make([]bool, len(a.known))
	for todo := []calls{a.callsIn(n)}; len(todo) > 0; {
		c := todo[0]
		todo = todo[1:]
		for i, f := range a.known {
			if !seen[i] && (c.any || c.named[f.is] || f.is == nil && c.methods || c.methods && f.is.Signature().Recv() != nil) {
				seen[i] = true
				all.add(f.own)
				todo = append(todo, f.calls)
			}
		}
	}
	return all
}

func (a *analysis) callsIn(n ast.Node) calls {
	c := calls{named: map[*types.Func]bool{}}
	ast.Inspect(n, func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		if !ok {
			return true
		}
		switch object := a.info.Uses[id].(type) {
		case *types.Func:
			if object.Pkg() == a.pkg {
				c.named[object.Origin()] = true
			}
		case *types.Var:
			a.callsBehind(object.Type(), &c, map[types.Type]bool{})
		case nil: // it isn't known: a statement of this cell sets it, and a function uses it
			_, defined := a.info.Defs[id]
			c.any = c.any || !defined && id.Name != "_"
		}
		return true
	})
	return c
}

// callsBehind notes which functions a value of a type can lead to.
func (a *analysis) callsBehind(t types.Type, c *calls, seen map[types.Type]bool) {
	if seen[t] {
		return
	}
	seen[t] = true
	if named, ok := types.Unalias(t).(*types.Named); ok && named.Obj().Pkg() == a.pkg && named.NumMethods() > 0 {
		c.methods = true
	} else if ok && named.Obj().Pkg() != nil && named.Obj().Pkg() != a.pkg && named.TypeArgs().Len() == 0 {
		return // what is in another package's type was made there, or is handed in where it can be seen
	}
	switch u := t.Underlying().(type) {
	case *types.Signature:
		c.any = true
	case *types.Interface:
		c.methods = true
	case *types.Pointer:
		a.callsBehind(u.Elem(), c, seen)
	case *types.Slice:
		a.callsBehind(u.Elem(), c, seen)
	case *types.Array:
		a.callsBehind(u.Elem(), c, seen)
	case *types.Chan:
		a.callsBehind(u.Elem(), c, seen)
	case *types.Map:
		a.callsBehind(u.Key(), c, seen)
		a.callsBehind(u.Elem(), c, seen)
	case *types.Struct:
		for f := range u.Fields() {
			a.callsBehind(f.Type(), c, seen)
		}
	}
}
