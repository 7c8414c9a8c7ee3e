package cell

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"
)

// values has what the statements of a plain cell set be there in later cells, in the first of these ways that fits:
//
//  1. Declared: where setting it neither takes time nor can be seen, x := expression becomes var x = expression, which GoNB
//     works out again in every cell. So it is with composite literals, numbers, and arithmetic; and where no file can hold
//     the value, with calls of the project's functions that take no context (what may take long takes one).
//  2. Carried: the value is left in a file when the cell ends, where encoding/gob can hold its type.
//  3. Made again, and a model given its state back: v, err := f() as in 1, of a type that no file can hold. What has a
//     method Close isn't: it is something outside of the program.
//
// What fits none of them stays in its cell, and Value.Lost says why. An error is nil in the next cell.
func (a *analysis) values() {
	if a.main != nil && !a.plain {
		a.behind()
	}
	if !a.plain || a.main == nil || !a.helps() {
		return
	}
	assigned := assignedIn(a.file, a.info)
	for _, s := range a.main.Body.List {
		switch s := s.(type) {
		case *ast.AssignStmt:
			if s.Tok == token.DEFINE {
				a.define(s, assigned)
				continue
			}
		}
		a.assign(s)
	}
	a.stale()
}

// behind notes what statements behind %% set, for whoever looks for it in a later cell.
func (a *analysis) behind() {
	for _, name := range a.info.Scopes[a.main.Type].Names() {
		if v, known := a.session.values[name]; known && v.Lost == "" {
			continue // it is there all the same, with its own value
		}
		a.result.Set[name] = Value{Lost: "that cell begins with %%, whose variables end with it: without that line later cells find them"}
	}
}

// name is a variable that a statement defines.
type name struct {
	id  *ast.Ident
	typ types.Type
}

func (a *analysis) define(s *ast.AssignStmt, assigned map[string]bool) {
	var fresh []name
	for _, to := range s.Lhs {
		id, ok := to.(*ast.Ident)
		if !ok || id.Name == "_" {
			continue
		}
		if object := a.info.Defs[id]; object != nil {
			fresh = append(fresh, name{id, object.Type()})
		}
	}
	if len(fresh) == 0 {
		a.assign(s)
		return
	}
	if a.declare(s, fresh, assigned) {
		return
	}
	top := len(fresh) > 0 // all of them can be variables of the program
	var after string
	for _, n := range fresh {
		value := a.carry(n)
		if value.Lost != "" && a.remake(s, n, &value) {
			value.Lost = ""
		}
		switch {
		case isError(n.typ) && a.nameable(n.id.Name) == "":
			a.extra = append(a.extra, "var "+n.id.Name+" error")
			a.result.Set[n.id.Name] = Value{}
			continue
		case value.Lost != "":
			top = false
			if _, known := a.session.prior.kind(n.id.Name); known && a.session.values[n.id.Name].Lost == "" && a.wasOurs(n.id.Name) {
				a.remove(n.id.Name) // or later cells would find the value before this one
			}
		case value.Carried || isModel(n.typ):
			after += fmt.Sprintf("; notebook.Carry(%q, &%s)", n.id.Name, n.id.Name)
		}
		a.result.Set[n.id.Name] = value
	}
	if after != "" {
		a.needsLeft = true
		a.insert(s.End(), after)
	}
	if top {
		stated, at := a.place(s.TokPos)
		a.edits = append(a.edits, edit{stated, at, at + 2, " ="})
		for _, n := range fresh {
			a.hoist(n)
		}
	}
	a.assign(s) // what else it changes: a model that is trained
}

// hoist notes that a name is a variable of the program, which needn't be used.
func (a *analysis) hoist(n name) { a.hoisted[n.id.Name], a.needless[n.id.Pos()] = true, true }

// wasOurs tells whether GoNB knows a name from a cell's statements.
func (a *analysis) wasOurs(name string) bool {
	_, ok := a.session.values[name]
	return ok
}

// declare turns a definition into a declaration, where that makes no difference to anything but later cells.
func (a *analysis) declare(s *ast.AssignStmt, fresh []name, assigned map[string]bool) bool {
	if len(s.Lhs) != len(fresh) || len(s.Lhs) != len(s.Rhs) {
		return false
	}
	for _, problem := range a.problems {
		if strings.HasPrefix(problem.Msg, notUsed) && problem.Pos >= s.Rhs[0].Pos() && problem.Pos < s.End() {
			return false // there is something to mend in it
		}
	}
	var from []string
	for i, n := range fresh {
		if isModel(n.typ) || closes(n.typ) || a.unwrapped(s.Rhs[i]) != nil {
			return false
		}
		if storable(n.typ) == "" && refers(n.typ) && handed(a.main, n.id.Name, a.info) {
			return false // whoever has it may change it
		}
		deps, ok := a.repeatable(s.Rhs[i], assigned, storable(n.typ) != "")
		if !ok || assigned[n.id.Name] || a.nameable(n.id.Name) != "" {
			return false
		}
		from = append(from, deps...)
	}
	start, end := s.Pos(), s.End()
	stated, from0 := a.place(start)
	_, to := a.place(end)
	a.edits = append(a.edits, edit{stated, from0, to, ""})
	_, eq := a.place(s.TokPos)
	text := "var " + a.stated[from0:eq] + "=" + a.stated[eq+2:to]
	a.declareAt(from0, to, text)
	for _, n := range fresh {
		a.hoist(n)
		a.result.Set[n.id.Name] = Value{From: from, Text: text}
		a.result.Anew = append(a.result.Anew, n.id.Name)
	}
	return true
}

// declareAt puts a declaration where the statement has been, on as many lines.
func (a *analysis) declareAt(start, end int, text string) {
	a.edits = append(a.edits, edit{false, start, end, text})
	a.declared = a.declared[:start] + strings.Repeat(" ", end-start) + a.declared[end:]
}

// repeatable tells whether an expression can be worked out in every cell and comes to the same: what it is worked out
// from, or not ok. Calls of packages' functions count only where calls says so.
func (a *analysis) repeatable(x ast.Expr, assigned map[string]bool, calls bool) (from []string, ok bool) {
	ok = true
	ast.Inspect(x, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.Ident:
			from, ok = a.dependsOn(n, from, assigned, ok)
		case *ast.FuncLit: // defined, not called: it needs what it uses to be variables of the program, no more
			ast.Inspect(n, func(n ast.Node) bool {
				if id, isName := n.(*ast.Ident); isName {
					v, isVariable := a.info.Uses[id].(*types.Var)
					if isVariable && a.isLocal(v) {
						from, ok = append(from, id.Name), ok && a.hoisted[id.Name]
					}
				}
				return ok
			})
			return false
		case *ast.CallExpr:
			ok = ok && (a.isConversion(n) || calls && a.callsPackage(n))
		case *ast.IndexListExpr, *ast.IndexExpr:
			ok = ok && a.isInstance(n.(ast.Expr))
		case *ast.SliceExpr, *ast.StarExpr, *ast.TypeAssertExpr:
			ok = false
		case *ast.UnaryExpr:
			ok = ok && n.Op != token.ARROW
		case *ast.BinaryExpr:
			switch n.Op {
			case token.QUO, token.REM, token.SHL, token.SHR:
				ok = ok && a.info.Types[n].Value != nil // a constant
			}
		case *ast.SelectorExpr:
			if selection := a.info.Selections[n]; selection != nil {
				_, pointer := selection.Recv().Underlying().(*types.Pointer)
				ok = ok && !pointer && !selection.Indirect() && selection.Kind() == types.FieldVal
			}
		}
		return ok
	})
	return from, ok
}

func (a *analysis) dependsOn(id *ast.Ident, from []string, assigned map[string]bool, ok bool) ([]string, bool) {
	v, isVariable := a.info.Uses[id].(*types.Var)
	if !isVariable || v.IsField() || !ok {
		return from, ok
	}
	switch {
	case v.Parent() == nil || v.Pkg() != a.pkg:
		return from, ok // another package's
	case a.isLocal(v):
		return append(from, id.Name), a.hoistedAs(id.Name)
	case v.Parent() == a.pkg.Scope():
		return append(from, id.Name), !assigned[id.Name]
	}
	return from, ok // a function's own
}

// isLocal tells whether a variable is one of those that the cell's statements define at the top level.
func (a *analysis) isLocal(v *types.Var) bool {
	return a.main != nil && v.Parent() == a.info.Scopes[a.main.Type]
}

// hoistedAs tells whether a name of this cell has become a declaration, rather than a variable that is set.
func (a *analysis) hoistedAs(name string) bool {
	return a.hoisted[name] && a.result.Set[name].Text != "" && !a.result.Set[name].Carried
}

func (a *analysis) isConversion(call *ast.CallExpr) bool {
	return a.info.Types[call.Fun].IsType()
}

func (a *analysis) isInstance(x ast.Expr) bool {
	t, ok := a.info.Types[x]
	return ok && (t.IsType() || t.IsValue() && isSignature(t.Type))
}

func isSignature(t types.Type) bool {
	_, ok := t.Underlying().(*types.Signature)
	return ok
}

// callsPackage tells whether a call is that of a function without a context, of a package that the project provides:
// os.Create does something each time.
func (a *analysis) callsPackage(call *ast.CallExpr) bool {
	f := call.Fun
	switch i := f.(type) {
	case *ast.IndexExpr:
		f = i.X
	case *ast.IndexListExpr:
		f = i.X
	}
	selector, ok := f.(*ast.SelectorExpr)
	if !ok {
		return false
	}
	function, ok := a.info.Uses[selector.Sel].(*types.Func)
	if !ok || function.Signature().Recv() != nil || function.Pkg() == nil || !a.session.ours(function.Pkg().Path()) {
		return false
	}
	for p := range function.Signature().Params().Variables() {
		if named, ok := p.Type().(*types.Named); ok && named.Obj().Name() == "Context" && named.Obj().Pkg() != nil && named.Obj().Pkg().Path() == "context" {
			return false
		}
	}
	return true
}

// carry declares a variable for later cells whose value this one leaves in a file.
func (a *analysis) carry(n name) Value {
	if isError(n.typ) {
		return Value{}
	}
	if why := a.nameable(n.id.Name); why != "" {
		return Value{Lost: why}
	}
	if !valid(n.typ) {
		return Value{Lost: "its type isn't known"}
	}
	if why := storable(n.typ); why != "" {
		return Value{Lost: why}
	}
	written, why := a.typeText(n.typ)
	if why != "" {
		return Value{Lost: why}
	}
	text := fmt.Sprintf("var %s = notebook.Carried[%s](%q)", n.id.Name, written, n.id.Name)
	a.extra = append(a.extra, text)
	return Value{Carried: true, File: true, Text: text}
}

// remake declares a variable for later cells that is made once more in them.
func (a *analysis) remake(s *ast.AssignStmt, n name, value *Value) bool {
	if closes(n.typ) || !isModel(n.typ) && assignedIn(a.file, a.info)[n.id.Name] {
		return false
	}
	if len(s.Rhs) != 1 || len(s.Lhs) > 2 || s.Lhs[0] != ast.Expr(n.id) || a.nameable(n.id.Name) != "" || !a.sound {
		return false
	}
	call, ok := s.Rhs[0].(*ast.CallExpr)
	if !ok {
		return false
	}
	if inner := a.unwrapped(call); inner != nil {
		call = inner
	}
	results, isTuple := a.info.Types[call].Type.(*types.Tuple)
	if isTuple && (results.Len() != 2 || !isError(results.At(1).Type())) || !isTuple && len(s.Lhs) == 2 {
		return false
	}
	from, ok := a.repeatable(call, assignedIn(a.file, a.info), true)
	if !ok {
		return false
	}
	written, why := a.typeText(n.typ)
	if why != "" {
		return false
	}
	made := a.source(call)
	if strings.Contains(made, "\n") {
		made = oneLine(made)
	}
	if !isTuple {
		made += ", nil"
	}
	text := fmt.Sprintf("var %s = notebook.Made[%s](%q)(%s)", n.id.Name, written, n.id.Name, made)
	a.extra = append(a.extra, text)
	*value = Value{From: from, Text: text, File: isModel(n.typ)}
	return true
}

// unwrapped is f() in notebook.Must(f()), which in a later cell would end that one.
func (a *analysis) unwrapped(x ast.Expr) *ast.CallExpr {
	call, ok := x.(*ast.CallExpr)
	if !ok || len(call.Args) != 1 {
		return nil
	}
	selector, ok := call.Fun.(*ast.SelectorExpr)
	if !ok || selector.Sel.Name != "Must" {
		return nil
	}
	if f, ok := a.info.Uses[selector.Sel].(*types.Func); !ok || f.Pkg() == nil || f.Pkg().Path() != a.session.Helper {
		return nil
	}
	inner, _ := call.Args[0].(*ast.CallExpr)
	return inner
}

// oneLine writes source without line ends, as the compiler reads it: with the semicolons that it would see there.
func oneLine(source string) string {
	var words []string
	tokensOf(source, func(tok token.Token, literal string) bool {
		switch {
		case tok == token.SEMICOLON:
			words = append(words, ";")
		case literal != "":
			words = append(words, literal)
		default:
			words = append(words, tok.String())
		}
		return true
	})
	for len(words) > 0 && words[len(words)-1] == ";" {
		words = words[:len(words)-1]
	}
	return strings.Join(words, " ")
}

// assign carries the new value of a variable that is there in later cells, from wherever it is declared.
func (a *analysis) assign(s ast.Stmt) {
	var names []string
	ast.Inspect(s, func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		if !ok || slices.Contains(names, id.Name) {
			return true
		}
		v, isVariable := a.info.Uses[id].(*types.Var)
		if !isVariable || v.IsField() || !a.isLocal(v) && v.Parent() != a.pkg.Scope() {
			return true
		}
		known, ours := a.result.Set[id.Name]
		if !ours && !a.isLocal(v) {
			known = a.session.values[id.Name]
		}
		switch {
		case strings.Contains(known.Text, "= notebook.Made["):
			if !isModel(v.Type()) {
				return true
			}
			names = append(names, id.Name) // its state
		case !changes(s, id.Name, v.Type(), a.info):
		case known.Carried, !a.isLocal(v) && a.carryOver(id.Name, v.Type()):
			names = append(names, id.Name)
		}
		return true
	})
	for _, name := range names {
		a.needsLeft = true
		a.insert(s.End(), fmt.Sprintf("; notebook.Carry(%q, &%s)", name, name))
	}
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
		text := carriedText(name, written, value)
		stated, start := a.place(d.Pos())
		_, end := a.place(d.End())
		if stated || strings.Contains(a.declared[start:end], "\n") {
			return false
		}
		a.edits = append(a.edits, edit{false, start, end, text})
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

// soleDeclaration finds var name = value of this cell, where it declares nothing else.
func (a *analysis) soleDeclaration(name string) (d *ast.GenDecl, value string, ok bool) {
	for _, decl := range a.file.Decls {
		d, isGen := decl.(*ast.GenDecl)
		if !isGen || d.Tok != token.VAR || len(d.Specs) != 1 || d.Lparen.IsValid() {
			continue
		}
		spec := d.Specs[0].(*ast.ValueSpec)
		if len(spec.Names) == 1 && spec.Names[0].Name == name {
			if len(spec.Values) == 1 {
				value = a.source(spec.Values[0])
			}
			return d, value, true
		}
	}
	return nil, "", false
}

// stale removes what is made again from something that this cell sets otherwise: it would be another value without a word.
func (a *analysis) stale() {
	changed := map[string]bool{}
	for name, value := range a.result.Set {
		if before, known := a.session.values[name]; known && value.Lost == "" && (before.Text != value.Text || value.Carried) {
			changed[name] = true
		}
	}
	for again := true; again; {
		again = false
		for name, value := range a.session.values {
			if _, anew := a.result.Set[name]; anew || changed[name] || value.Lost != "" {
				continue
			}
			for _, from := range value.From {
				if changed[from] {
					changed[name], again = true, true
					a.remove(name)
					a.result.Set[name] = Value{Lost: "it is made from " + from + ", which another cell has set since: run the cell that sets " + name + " again"}
					break
				}
			}
		}
	}
}

func (a *analysis) remove(name string) { a.result.Removed = append(a.result.Removed, name) }
