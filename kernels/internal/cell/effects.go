package cell

import (
	"go/ast"
	"go/token"
	"go/types"
	"maps"
	"strings"
)

// effects are the variables of the program, by name, that a part of it may change.
type effects struct {
	// set are those that it sets, or a part of them, and those that it hands to someone who changes what he gets.
	set map[string]bool
	// lent are those whose slice, map or pointer it gives another name, or hands to someone who most likely looks only.
	lent map[string]bool
}

func newEffects() effects { return effects{map[string]bool{}, map[string]bool{}} }

func (e effects) add(other effects) {
	maps.Copy(e.set, other.set)
	maps.Copy(e.lent, other.lent)
}

func (e effects) has(name string) bool { return e.set[name] || e.lent[name] }

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
	if named, ok := t.(*types.Named); ok && named.Obj().Pkg() == a.pkg && named.NumMethods() > 0 {
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

// variable tells whether an identifier stands for a variable of the program, or for one that statements of this cell set
// and a function of it uses, which the type checker doesn't find.
func (a *analysis) variable(id *ast.Ident) bool {
	switch object := a.info.Uses[id].(type) {
	case nil:
		_, defined := a.info.Defs[id]
		return !defined && id.Name != "_" && !predeclared(id.Name)
	case *types.Var:
		return !object.IsField() && a.pkg != nil && (object.Parent() == a.pkg.Scope() || a.isLocal(object))
	}
	return false
}

// direct is what n changes by itself.
func (a *analysis) direct(n ast.Node) effects {
	e := newEffects()
	set := func(x ast.Expr) {
		if id := rootOf(x); id != nil && a.variable(id) {
			e.set[id.Name] = true
		}
	}
	lend := func(x ast.Expr, as types.Type) {
		if id := rootOf(x); id != nil && a.variable(id) && (as == nil || a.shares(x, as)) {
			e.lent[id.Name] = true
		}
	}
	ast.Inspect(n, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			for _, to := range n.Lhs {
				set(to)
			}
			for _, x := range n.Rhs {
				lend(x, a.typeOf(x))
			}
		case *ast.IncDecStmt:
			set(n.X)
		case *ast.RangeStmt:
			for _, x := range []ast.Expr{n.Key, n.Value} {
				if x != nil {
					set(x)
					lend(n.X, a.typeOf(x))
				}
			}
		case *ast.UnaryExpr:
			if _, literal := n.X.(*ast.CompositeLit); n.Op == token.AND && !literal {
				set(n.X)
			}
		case *ast.ValueSpec:
			for _, x := range n.Values {
				lend(x, a.typeOf(x))
			}
		case *ast.ReturnStmt:
			for _, x := range n.Results {
				lend(x, a.typeOf(x))
			}
		case *ast.SendStmt:
			lend(n.Value, a.typeOf(n.Value))
		case *ast.CompositeLit:
			for _, x := range n.Elts {
				if pair, ok := x.(*ast.KeyValueExpr); ok {
					x = pair.Value
				}
				lend(x, a.typeOf(x))
			}
		case *ast.SelectorExpr:
			a.method(n, set, lend)
		case *ast.CallExpr:
			if looks(n, a.info) || a.isConversion(n) {
				break
			}
			for i, x := range n.Args {
				if a.changesArgument(n, i, map[*types.Func]bool{}) && a.shares(x, a.typeOf(x)) {
					set(x)
				}
				lend(x, a.typeOf(x))
			}
		}
		return true
	})
	return e
}

// typeOf is an expression's type, not valid where it can't be told.
func (a *analysis) typeOf(x ast.Expr) types.Type {
	if t := a.info.TypeOf(x); t != nil {
		return t
	}
	return types.Typ[types.Invalid]
}

// shares tells whether something can be changed through a copy of the value of x, whose type is as.
func (a *analysis) shares(x ast.Expr, as types.Type) bool {
	if tuple, ok := as.(*types.Tuple); ok && tuple.Len() > 0 { // v, ok := m[k]
		as = tuple.At(0).Type()
	}
	if valid(as) {
		return refers(as)
	}
	if id := rootOf(x); id != nil && a.main != nil {
		if v := a.info.Scopes[a.main.Type].Lookup(id.Name); v != nil && valid(v.Type()) {
			return refers(v.Type())
		}
	}
	return true
}

// method notes what the use of a method may change: one of a pointer takes the variable's address.
func (a *analysis) method(n *ast.SelectorExpr, set func(ast.Expr), lend func(ast.Expr, types.Type)) {
	selection := a.info.Selections[n]
	if selection == nil {
		if id := rootOf(n.X); id != nil && a.info.Uses[id] == nil {
			set(n.X) // it can't be told
		}
		return
	}
	f, ok := selection.Obj().(*types.Func)
	if !ok || selection.Kind() != types.MethodVal {
		return
	}
	_, pointer := f.Signature().Recv().Type().(*types.Pointer)
	_, isInterface := selection.Recv().Underlying().(*types.Interface)
	switch {
	case f.Pkg() != a.pkg && f.Pkg() != nil && a.session.ours(f.Pkg().Path()), isInterface:
		lend(n.X, selection.Recv())
		if pointer {
			lend(n.X, nil)
		}
	case pointer && (f.Pkg() != a.pkg || a.changesParameter(f, -1, map[*types.Func]bool{})):
		set(n.X)
	case !pointer && refers(selection.Recv()) && f.Pkg() == a.pkg && a.changesParameter(f, -1, map[*types.Func]bool{}):
		set(n.X)
	default:
		lend(n.X, selection.Recv())
		if pointer {
			lend(n.X, nil)
		}
	}
}

// changesArgument tells whether a call changes what its i-th argument refers to, as far as can be told.
func (a *analysis) changesArgument(call *ast.CallExpr, i int, around map[*types.Func]bool) bool {
	var id *ast.Ident
	f := call.Fun
	switch x := f.(type) {
	case *ast.IndexExpr:
		f = x.X
	case *ast.IndexListExpr:
		f = x.X
	}
	switch x := f.(type) {
	case *ast.Ident:
		id = x
	case *ast.SelectorExpr:
		id = x.Sel
	default:
		return true
	}
	switch object := a.info.Uses[id].(type) {
	case *types.Builtin:
		return i == 0 && (object.Name() == "copy" || object.Name() == "delete" || object.Name() == "clear")
	case *types.Func:
		if object.Pkg() == a.pkg {
			return a.changesParameter(object.Origin(), i, around)
		}
		return object.Pkg() != nil && rearranges(object.Pkg().Path(), object.Name())
	}
	return true // a function in a variable
}

// rearranges tells whether a function of the standard library changes the slice or map of any type that it gets.
func rearranges(path, name string) bool {
	switch path {
	case "sort":
		return !strings.HasPrefix(name, "Search") && !strings.HasSuffix(name, "AreSorted") && !strings.HasSuffix(name, "IsSorted") && name != "Find"
	case "slices":
		for _, word := range []string{"Sort", "Reverse", "Delete", "Insert", "Replace", "Compact"} {
			if strings.HasPrefix(name, word) && !strings.HasPrefix(name, "Sorted") {
				return true
			}
		}
	case "maps":
		return name == "Copy" || name == "DeleteFunc" || name == "Insert"
	case "container/heap":
		return true
	}
	return false
}

// changesParameter tells whether a function of the notebook changes what its i-th parameter, -1 for its receiver, refers to.
func (a *analysis) changesParameter(f *types.Func, i int, around map[*types.Func]bool) bool {
	d := a.bodies[f.Origin()]
	if d == nil {
		return true
	}
	if around[f.Origin()] {
		return false // whoever calls it first tells
	}
	around[f.Origin()] = true
	defer delete(around, f.Origin())
	signature := f.Origin().Signature()
	v := signature.Recv()
	if i >= 0 {
		if signature.Params().Len() == 0 {
			return false
		}
		v = signature.Params().At(min(i, signature.Params().Len()-1))
	}
	aliases, found := map[types.Object]bool{v: true}, false
	is := func(x ast.Expr) bool {
		id := rootOf(x)
		return id != nil && aliases[a.info.Uses[id]]
	}
	for before := 0; before < len(aliases); { // y := x, before y[0] = 1
		before = len(aliases)
		ast.Inspect(d.Body, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.AssignStmt:
				for k, x := range n.Rhs {
					if is(x) && a.shares(x, a.typeOf(x)) && k < len(n.Lhs) {
						a.alias(n.Lhs[k], aliases)
					}
				}
				for _, x := range n.Lhs {
					_, plain := x.(*ast.Ident)
					found = found || !plain && is(x)
				}
			case *ast.RangeStmt:
				if n.Value != nil && is(n.X) && a.shares(n.Value, a.typeOf(n.Value)) {
					a.alias(n.Value, aliases)
				}
			case *ast.IncDecStmt:
				_, plain := n.X.(*ast.Ident)
				found = found || !plain && is(n.X)
			case *ast.UnaryExpr:
				found = found || n.Op == token.AND && is(n.X)
			case *ast.SelectorExpr:
				if s := a.info.Selections[n]; s != nil && s.Kind() == types.MethodVal && is(n.X) {
					m := s.Obj().(*types.Func)
					found = found || m.Pkg() == a.pkg && !types.IsInterface(s.Recv()) && a.changesParameter(m, -1, around)
					_, pointer := m.Signature().Recv().Type().(*types.Pointer)
					found = found || pointer && m.Pkg() != a.pkg && !a.session.ours(m.Pkg().Path())
				}
			case *ast.CallExpr:
				for k, x := range n.Args {
					if !looks(n, a.info) && !a.isConversion(n) && is(x) && a.shares(x, a.typeOf(x)) {
						found = found || a.changesArgument(n, k, around)
					}
				}
			}
			return true
		})
	}
	return found
}

func (a *analysis) alias(x ast.Expr, aliases map[types.Object]bool) {
	if id, ok := x.(*ast.Ident); ok {
		if object := a.info.ObjectOf(id); object != nil {
			aliases[object] = true
		}
	}
}
