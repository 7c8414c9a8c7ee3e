package cell

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"strings"
)

// values has what the statements of a plain cell set be there in later cells, in the first of these ways that fits:
//
//  1. Declared: where setting it neither takes time nor can be seen, x := expression becomes var x = expression, which GoNB
//     works out again in every cell. So it is with composite literals, numbers, and arithmetic; and where no file can hold
//     the value, with calls of the project's functions that take no context (what may take long takes one).
//  2. Carried: the value is left in a file when the cell ends, where encoding/gob can hold its type.
//  3. Made again in later cells, and a model given its state back: v, err := f() as in 1, and what is made of carried
//     values, of a type that no file can hold. What has a method Close isn't: it is something outside of the program.
//
// What fits none of them stays in its cell, and Value.Lost says why. An error is carried as its text.
func (a *analysis) values() {
	if a.main != nil && !a.plain {
		a.behind()
	}
	if !a.plain || a.main == nil || !a.helps() {
		return
	}
	a.functions()
	a.here, a.mutable = a.direct(a.main.Body), a.anyFunction()
	a.here.add(a.reached(a.main.Body))
	a.mutable.add(a.here)
	for _, s := range a.main.Body.List {
		switch s := s.(type) {
		case *ast.AssignStmt:
			if s.Tok == token.DEFINE {
				a.define(s)
				continue
			}
			if a.reassign(s) {
				continue
			}
			a.reaching(s)
		}
		a.assign(s)
	}
	a.tellFleeting()
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

func (a *analysis) define(s *ast.AssignStmt) {
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
	if a.declare(s, fresh) {
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
		a.reaching(s)
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
func (a *analysis) declare(s *ast.AssignStmt, fresh []name) bool {
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
		if isModel(n.typ) || isError(n.typ) || closes(n.typ) || a.unwrapped(s.Rhs[i]) != nil {
			return false
		}
		if storable(n.typ) == "" && (refers(n.typ) && handed(a.main, n.id.Name, a.info) || a.here.lent[n.id.Name]) {
			return false // whoever has it may change it
		}
		deps, ok := a.repeatable(s.Rhs[i], a.mutable.set, need{calls: storable(n.typ) != ""})
		if !ok || a.here.set[n.id.Name] || a.nameable(n.id.Name) != "" {
			return false
		}
		from = append(from, deps...)
	}
	start, end := s.Pos(), s.End()
	stated, from0 := a.place(start)
	_, to := a.place(end)
	a.edits = append(a.edits, edit{stated, from0, to, ""})
	text := a.declarations(s, fresh)
	a.declareAt(from0, to, text)
	for _, n := range fresh {
		a.hoist(n)
		a.result.Set[n.id.Name] = Value{From: from, Text: text}
		a.result.Anew = append(a.result.Anew, n.id.Name)
	}
	return true
}

// declarations writes one for each name that a definition sets, on as many lines as that has: each can then get another
// value by itself.
func (a *analysis) declarations(s *ast.AssignStmt, fresh []name) (text string) {
	_, start := a.place(s.Pos())
	_, end := a.place(s.TokPos)
	text = strings.Repeat("\n", strings.Count(a.stated[start:end], "\n"))
	_, end = a.place(s.TokPos + token.Pos(len(s.Tok.String())))
	for i, x := range s.Rhs {
		_, from := a.place(x.Pos())
		_, to := a.place(x.End())
		space := strings.Repeat("\n", strings.Count(a.stated[end:from], "\n"))
		if space == "" {
			space = " "
		}
		text += "var " + fresh[i].id.Name + " =" + space + a.stated[from:to]
		if end = to; i+1 < len(s.Rhs) {
			text += "; "
		}
	}
	return text
}

// declareAt puts a declaration where the statement has been, on as many lines.
func (a *analysis) declareAt(start, end int, text string) {
	if rest := strings.TrimLeft(a.stated[end:], " \t"); strings.HasPrefix(rest, ";") {
		text += ";" // another may follow on that line
	}
	a.edits = append(a.edits, edit{false, start, end, text})
	a.declared = a.declared[:start] + strings.Repeat(" ", end-start) + a.declared[end:]
}

// carry declares a variable for later cells whose value this one leaves in a file.
func (a *analysis) carry(n name) Value {
	if why := a.nameable(n.id.Name); why != "" {
		return Value{Lost: why}
	}
	if !valid(n.typ) {
		return Value{Lost: "its type isn't known"}
	}
	if why := storable(n.typ); why != "" && !isError(n.typ) {
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
