//lint:file-ignore SA1019 Identifiers are resolved within one file, whose types are not at hand: what go/parser finds is enough for it.

package notebook

import (
	"fmt"
	"go/ast"
	"go/token"
	"maps"
	"slices"
	"strings"
)

// keepCall is a call of Keep or KeepModel as it is written.
type keepCall struct {
	within  *ast.FuncDecl
	around  []ast.Node // what the call lies in, from the function to the call
	name    ast.Expr
	compute ast.Expr
	inputs  []ast.Expr
}

// origin tells what the value of the call in that line is made from.
func (c *cellSource) origin(line int) (origin, error) {
	within := c.functionAt(line)
	main := c.declared["main"]
	whole := []ast.Node{c.file} // a cell of tests has no main
	if main != nil {
		whole = []ast.Node{main}
	}
	shared := within != nil && within != main
	calls := c.callsAt(within, line)
	for _, call := range calls {
		onlyNamed, err := call.check(c)
		if err != nil {
			return origin{}, err
		}
		shared = shared && !onlyNamed
	}
	if within != nil {
		whole = append(whole, within)
	}
	all := c.closureOf(whole...)
	if shared && len(calls) > 0 {
		all = c.closureOf(within)
	}
	if main := c.main(); main != nil {
		for name := range setAnew(main) {
			delete(all.files, carriedPath(name))
		}
	}
	o := origin{
		code:  digestText(all.digest(), surroundings()),
		files: slices.Sorted(maps.Keys(all.files)),
	}
	if main != nil {
		o.cell = digestText(c.tokens(main))
	}
	return o, nil
}

// main holds the cell's statements; a cell of tests has none.
func (c *cellSource) main() *ast.FuncDecl {
	main, _ := c.declared["main"].(*ast.FuncDecl)
	if main == nil || main.Body == nil {
		return nil
	}
	return main
}

func (c *cellSource) functionAt(line int) *ast.FuncDecl {
	for _, d := range c.file.Decls {
		if f, ok := d.(*ast.FuncDecl); ok && c.set.Position(f.Pos()).Line <= line && line <= c.set.Position(f.End()).Line {
			return f
		}
	}
	return nil
}

// callsAt finds the calls of Keep and KeepModel that begin in the line.
func (c *cellSource) callsAt(within *ast.FuncDecl, line int) (calls []keepCall) {
	if within == nil {
		return nil
	}
	var around []ast.Node
	ast.Inspect(within, func(n ast.Node) bool {
		if n == nil {
			around = around[:len(around)-1]
			return true
		}
		around = append(around, n)
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return true
		}
		compute := map[string]int{"Keep": 1, "KeepModel": 2}[calledName(call.Fun)]
		first, last := c.set.Position(call.Pos()).Line, c.set.Position(call.Lparen).Line
		if compute > 0 && len(call.Args) > compute && first <= line && line <= last {
			calls = append(calls, keepCall{within, slices.Clone(around), call.Args[0], call.Args[compute], call.Args[compute+1:]})
		}
		return true
	})
	return calls
}

// calledName is Keep in notebook.Keep, Keep and notebook.Keep[int].
func calledName(f ast.Expr) string {
	switch f := f.(type) {
	case *ast.Ident:
		return f.Name
	case *ast.SelectorExpr:
		return f.Sel.Name
	case *ast.IndexExpr:
		return calledName(f.X)
	case *ast.ParenExpr:
		return calledName(f.X)
	}
	return ""
}

// check looks at the variables that differ from one call to the next: parameters and those of loops. What compute uses
// of them must be told apart by an input, or else by the name; onlyNamed says that a parameter is told apart by the
// name alone.
func (k keepCall) check(c *cellSource) (onlyNamed bool, err error) {
	parameters, loops := k.varying()
	inInputs, inName := map[*ast.Object]bool{}, map[*ast.Object]bool{}
	for _, in := range k.inputs {
		k.trace(c, in, inInputs)
	}
	k.trace(c, k.name, inName)
	used := map[*ast.Object]bool{}
	k.trace(c, k.compute, used)
	var missing []string
	for object := range used {
		if !parameters[object] && !loops[object] || inInputs[object] {
			continue
		}
		if !inName[object] {
			missing = append(missing, object.Name)
		}
		onlyNamed = onlyNamed || parameters[object]
	}
	if len(missing) == 0 {
		return onlyNamed, nil
	}
	slices.Sort(missing)
	list := strings.Join(missing, ", ")
	return false, fmt.Errorf("what it computes depends on %s, whose values Keep can't see: pass them as inputs, Keep(name, compute, %s)", list, list)
}

// varying are the parameters of the functions around the call, and the variables of the loops around it.
func (k keepCall) varying() (parameters, loops map[*ast.Object]bool) {
	parameters, loops = map[*ast.Object]bool{}, map[*ast.Object]bool{}
	fields := func(list *ast.FieldList) {
		if list == nil {
			return
		}
		for _, field := range list.List {
			for _, name := range field.Names {
				parameters[name.Obj] = true
			}
		}
	}
	set := func(nodes ...ast.Node) {
		for _, n := range nodes {
			if id, ok := n.(*ast.Ident); ok && id.Obj != nil {
				loops[id.Obj] = true
			}
		}
	}
	for _, n := range k.around {
		switch n := n.(type) {
		case *ast.FuncDecl:
			fields(n.Recv)
			fields(n.Type.Params)
		case *ast.FuncLit:
			fields(n.Type.Params)
		case *ast.RangeStmt:
			set(n.Key, n.Value)
		case *ast.ForStmt:
			if init, ok := n.Init.(*ast.AssignStmt); ok {
				for _, to := range init.Lhs {
					set(to)
				}
			}
			ast.Inspect(n.Body, func(n ast.Node) bool { // for { rate *= 10; … }
				switch s := n.(type) {
				case *ast.AssignStmt:
					if s.Tok != token.DEFINE {
						for _, to := range s.Lhs {
							set(to)
						}
					}
				case *ast.IncDecStmt:
					set(s.X)
				}
				return true
			})
		}
	}
	return parameters, loops
}

// trace adds the local variables that an expression uses, and those that they were set from.
func (k keepCall) trace(c *cellSource, e ast.Node, found map[*ast.Object]bool) {
	ast.Inspect(e, func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		if !ok || id.Obj == nil || id.Obj.Kind != ast.Var || found[id.Obj] {
			return true
		}
		if at := id.Obj.Pos(); at < k.within.Pos() || at >= k.within.End() || e.Pos() <= at && at < e.End() {
			return true // the whole program's, or the expression's own
		}
		found[id.Obj] = true
		for _, from := range k.setFrom(id.Obj) {
			k.trace(c, from, found)
		}
		return true
	})
}

// setFrom are the expressions that a local variable gets its value from.
func (k keepCall) setFrom(object *ast.Object) (from []ast.Node) {
	is := func(e ast.Expr) bool {
		id, ok := root(e).(*ast.Ident)
		return ok && id.Obj == object
	}
	ast.Inspect(k.within.Body, func(n ast.Node) bool {
		switch s := n.(type) {
		case *ast.AssignStmt:
			for i, to := range s.Lhs {
				switch {
				case !is(to):
				case len(s.Lhs) == len(s.Rhs):
					from = append(from, s.Rhs[i])
				default:
					from = append(from, s.Rhs[0])
				}
			}
		case *ast.ValueSpec:
			for _, name := range s.Names {
				if name.Obj == object {
					for _, v := range s.Values {
						from = append(from, v)
					}
				}
			}
		case *ast.RangeStmt:
			if s.Key != nil && is(s.Key) || s.Value != nil && is(s.Value) {
				from = append(from, s.X)
			}
		case *ast.CallExpr: // fill(&x, rate)
			for _, a := range s.Args {
				if u, ok := a.(*ast.UnaryExpr); ok && u.Op == token.AND && is(u.X) {
					for _, b := range s.Args {
						from = append(from, b)
					}
				}
			}
		}
		return true
	})
	return from
}
