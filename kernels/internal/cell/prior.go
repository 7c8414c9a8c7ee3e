package cell

import (
	"go/ast"
	"go/parser"
	"go/token"
	"strconv"
)

// prior are the declarations of earlier cells, as GoNB has put them into the program of the last one.
type prior struct {
	text  string
	set   *token.FileSet
	file  *ast.File
	gone  map[string]bool
	kinds map[string]token.Token // VAR, FUNC, TYPE or CONST by name
}

// parsePrior reads GoNB's program; one that doesn't parse knows nothing.
func parsePrior(program string) *prior {
	set := token.NewFileSet()
	file, err := parser.ParseFile(set, "earlier.go", program, parser.SkipObjectResolution)
	if err != nil {
		return nil
	}
	p := &prior{text: program, set: set, file: file, gone: map[string]bool{"main": true}, kinds: map[string]token.Token{}}
	for _, d := range file.Decls {
		for _, name := range namesOf(d) {
			p.kinds[name.name] = name.kind
		}
	}
	return p
}

func (p *prior) without(names map[string]bool) *prior {
	if p == nil {
		return nil
	}
	less := *p
	less.gone = map[string]bool{}
	for _, gone := range []map[string]bool{p.gone, names} {
		for name := range gone {
			less.gone[name] = true
		}
	}
	return &less
}

func (p *prior) kind(name string) (token.Token, bool) {
	if p == nil || p.gone[name] {
		return 0, false
	}
	k, ok := p.kinds[name]
	return k, ok
}

// value is the source of what a variable is declared with, where it is declared alone.
func (p *prior) value(name string) (string, bool) {
	if _, known := p.kind(name); !known {
		return "", false
	}
	for _, d := range p.file.Decls {
		g, ok := d.(*ast.GenDecl)
		if !ok || g.Tok != token.VAR {
			continue
		}
		for _, spec := range g.Specs {
			s := spec.(*ast.ValueSpec)
			if len(s.Names) != 1 || s.Names[0].Name != name {
				continue
			}
			if len(s.Values) == 0 {
				return "", true
			}
			return p.text[p.set.Position(s.Values[0].Pos()).Offset:p.set.Position(s.Values[0].End()).Offset], true
		}
	}
	return "", false
}

// imports are those of the program, by name.
func (p *prior) imports() map[string]string {
	if p == nil {
		return nil
	}
	return importsOf(p.file)
}

// declarations returns the source of a file with what is still declared, for package main.
func (p *prior) declarations(imports string) string {
	text := []byte(p.text)
	blank := func(n ast.Node) {
		for i := p.set.Position(n.Pos()).Offset; i < p.set.Position(n.End()).Offset && i < len(text); i++ {
			if text[i] != '\n' {
				text[i] = ' '
			}
		}
	}
	blank(p.file.Name)
	for i := p.set.Position(p.file.Package).Offset; i < p.set.Position(p.file.Name.Pos()).Offset; i++ {
		text[i] = ' '
	}
	for _, d := range p.file.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			if p.gone[d.Name.Name] && d.Recv == nil || d.Recv != nil && p.gone[receiver(d)] {
				blank(d)
			}
		case *ast.GenDecl:
			if d.Tok == token.IMPORT {
				blank(d)
				continue
			}
			left := 0
			for _, spec := range d.Specs {
				if p.goneSpec(spec) {
					blank(spec)
				} else {
					left++
				}
			}
			if left == 0 {
				blank(d)
			}
		}
	}
	return "package main;" + imports + string(text)
}

func (p *prior) goneSpec(spec ast.Spec) bool {
	switch s := spec.(type) {
	case *ast.TypeSpec:
		return p.gone[s.Name.Name]
	case *ast.ValueSpec:
		for _, name := range s.Names {
			if p.gone[name.Name] {
				return true
			}
		}
	}
	return false
}

// receiver is T of func (t *T) name().
func receiver(f *ast.FuncDecl) string {
	if f.Recv == nil || len(f.Recv.List) == 0 {
		return ""
	}
	name := ""
	ast.Inspect(f.Recv.List[0].Type, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok && name == "" {
			name = id.Name
		}
		return name == ""
	})
	return name
}

type declaredName struct {
	name string
	kind token.Token
}

// namesOf are the names that a declaration of a file gives; methods and imports give none.
func namesOf(d ast.Decl) (names []declaredName) {
	switch d := d.(type) {
	case *ast.FuncDecl:
		if d.Recv == nil {
			names = append(names, declaredName{d.Name.Name, token.FUNC})
		}
	case *ast.GenDecl:
		for _, spec := range d.Specs {
			switch s := spec.(type) {
			case *ast.TypeSpec:
				names = append(names, declaredName{s.Name.Name, token.TYPE})
			case *ast.ValueSpec:
				for _, name := range s.Names {
					names = append(names, declaredName{name.Name, d.Tok})
				}
			}
		}
	}
	return names
}

func importsOf(file *ast.File) map[string]string {
	found := map[string]string{}
	for _, spec := range file.Imports {
		of, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			continue
		}
		name := packageName(of)
		if spec.Name != nil {
			name = spec.Name.Name
		}
		if name != "_" && name != "." {
			found[name] = of
		}
	}
	return found
}
