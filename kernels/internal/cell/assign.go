package cell

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"
)

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
			if !a.isLocal(v) && assignedIn(s, a.info)[id.Name] {
				a.changed[id.Name] = true
			}
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
