package cell

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"maps"
	"slices"
	"strings"
)

// assign carries the new values of variables that are there in later cells, from wherever they are declared: those that a
// statement changes by itself, and those that functions of the notebook change that it may call.
func (a *analysis) assign(s ast.Stmt) {
	var ahead, behind string
	own, reached := a.direct(s), a.reached(s)
	for _, v := range a.variablesOf(s, reached) {
		name := v.Name()
		known, ours := a.result.Set[name]
		if !ours && !a.isLocal(v) {
			known = a.session.values[name]
		}
		carry := fmt.Sprintf("notebook.Carry(%q, &%s)", name, name)
		switch {
		case strings.Contains(known.Text, "= notebook.Made["):
			if isModel(v.Type()) && own.set[name] {
				behind += "; " + carry // its state
			} else if isModel(v.Type()) {
				ahead += carry + "; " // also where a training is interrupted
			}
		case reached.has(name) && !a.isLocal(v) && (known.Carried || a.carryOver(name, v.Type())):
			ahead += carry + "; " // the function may not come back
			a.changed[name] = a.changed[name] || reached.set[name] || own.set[name]
		case !changes(s, name, v.Type(), a.info) && (!own.has(name) || isError(v.Type())):
			a.spend(s, v, reached)
		case known.Carried, !a.isLocal(v) && a.carryOver(name, v.Type()):
			if behind += "; " + carry; leaves(s) && !a.isLocal(v) {
				ahead, behind = ahead+carry+"; ", strings.TrimSuffix(behind, "; "+carry)
			}
			if !a.isLocal(v) && (own.set[name] || assignedIn(s, a.info)[name]) {
				a.changed[name] = true
			}
		default:
			a.spend(s, v, own)
			a.spend(s, v, reached)
		}
	}
	if ahead != "" {
		stated, at := a.place(s.Pos())
		a.edits = slices.Insert(a.edits, 0, edit{stated, at, at, ahead}) // ahead of notebook.Result( too, which is there already
	}
	if behind != "" {
		a.insert(s.End(), behind)
	}
	a.needsLeft = a.needsLeft || ahead+behind != ""
}

// variablesOf are the variables of the program and of the cell's statements that a statement names or reaches.
func (a *analysis) variablesOf(s ast.Stmt, reached effects) (found []*types.Var) {
	seen := map[string]bool{}
	note := func(object types.Object) {
		v, isVariable := object.(*types.Var)
		if isVariable && !v.IsField() && !seen[v.Name()] && (a.isLocal(v) || v.Parent() == a.pkg.Scope()) {
			seen[v.Name()] = true
			found = append(found, v)
		}
	}
	ast.Inspect(s, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			note(a.info.Uses[id])
		}
		return true
	})
	for _, some := range []map[string]bool{reached.set, reached.lent} {
		for _, name := range slices.Sorted(maps.Keys(some)) {
			if local := a.info.Scopes[a.main.Type].Lookup(name); local == nil || local.Pos() > s.Pos() {
				note(a.pkg.Scope().Lookup(name))
			}
		}
	}
	return found
}

// leaves tells whether a statement may end the cell ahead of what follows it.
func leaves(s ast.Stmt) bool {
	found := false
	ast.Inspect(s, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.ReturnStmt, *ast.BranchStmt:
			found = true
		case *ast.CallExpr:
			id, ok := n.Fun.(*ast.Ident)
			found = found || ok && id.Name == "panic"
		}
		return !found
	})
	return found
}

// spend notes that a value which no file can hold may be another one after this cell: later cells would find the one before.
// What a cell declares with var, and doesn't assign to, is anew in each.
func (a *analysis) spend(s ast.Stmt, v *types.Var, by effects) {
	name := v.Name()
	before, ours := a.session.values[name]
	ours = ours && before.Lost == ""
	if !by.set[name] || a.isLocal(v) || isLock(v.Type()) || before.Carried && ours || ours && isModel(v.Type()) {
		return
	}
	assigned, addressed := a.assigned(s, name)
	why := storable(v.Type())
	if why == "" {
		why = "what it is declared with can't be told apart from it"
	}
	if !ours && (!assigned && !addressed || isError(v.Type())) {
		if !isError(v.Type()) {
			a.result.Fleeting[name] = Fleeting{Why: why}
		}
		return
	}
	if _, anew := a.result.Set[name]; anew {
		return
	}
	lost := "a later cell may have changed it, and " + why + ": run the cell that sets " + name + " again"
	switch {
	case assigned:
		lost = fmt.Sprintf("%s: write %s := … in one piece there, or use it in that cell only", why, name)
	case !ours:
		lost = fmt.Sprintf("that cell may have changed it through &%s, and %s: use it in that cell, or declare it again", name, why)
	}
	a.changed[name] = true
	a.result.Spent = append(a.result.Spent, name)
	a.result.Set[name] = Value{Lost: lost, Assigned: assigned}
}

// isLock tells whether a value is one of package sync, which is free again when its cell has ended.
func isLock(t types.Type) bool {
	if p, ok := types.Unalias(t).(*types.Pointer); ok {
		t = p.Elem()
	}
	named, ok := types.Unalias(t).(*types.Named)
	return ok && named.Obj().Pkg() != nil && named.Obj().Pkg().Path() == "sync" && slices.Contains([]string{"Mutex", "RWMutex", "WaitGroup", "Cond", "Pool"}, named.Obj().Name())
}

// carryOver has a variable that is declared with a value of its own keep the one that this cell gives it.
func (a *analysis) carryOver(name string, t types.Type) bool {
	if a.nameable(name) != "" && !a.declaresHere(name) || storable(t) != "" {
		return false
	}
	written, why := a.typeText(t)
	if why != "" {
		return false
	}
	if d, value, ok := a.soleDeclaration(name); ok { // of this cell
		if strings.Contains(value, "\n") {
			value = oneLine(value)
		}
		text := carriedText(name, written, value)
		stated, start := a.place(d.Pos())
		_, end := a.place(d.End())
		if stated || strings.Contains(text, "\n") { // a raw string's
			return false
		}
		in := text
		if _, one := d.(*ast.GenDecl); !one {
			in = strings.TrimPrefix(text, "var ")
		}
		a.edits = append(a.edits, edit{false, start, end, in})
		a.result.Set[name], a.result.Anew = Value{Carried: true, File: true, Text: text}, append(a.result.Anew, name)
		return true
	}
	value, ok := a.session.prior.value(name)
	if !ok {
		return false
	}
	text := carriedText(name, written, oneLine(value))
	a.extra = append(a.extra, text)
	a.result.Set[name] = Value{Carried: true, File: true, Text: text}
	return true
}

func carriedText(name, written, value string) string {
	if value != "" {
		value = ", " + value
	}
	return fmt.Sprintf("var %s = notebook.Carried[%s](%q%s)", name, written, name, value)
}

// soleDeclaration finds var name = value of this cell, or name = value among others in brackets, where that declares nothing else.
func (a *analysis) soleDeclaration(name string) (d ast.Node, value string, ok bool) {
	for _, decl := range a.file.Decls {
		all, isGen := decl.(*ast.GenDecl)
		if !isGen || all.Tok != token.VAR {
			continue
		}
		for _, one := range all.Specs {
			spec := one.(*ast.ValueSpec)
			if len(spec.Names) != 1 || spec.Names[0].Name != name {
				continue
			}
			if len(spec.Values) == 1 {
				value = a.source(spec.Values[0])
			}
			if all.Lparen.IsValid() {
				return spec, value, true
			}
			return all, value, true
		}
	}
	return nil, "", false
}
