package cell

import (
	"go/ast"
	"go/token"
	"go/types"
	"maps"
	"slices"
	"strings"
	"unicode"
)

// placeholder stands at the end of the name that someone is typing.
const placeholder = "__here"

// Complete returns the names that could stand where someone types in a cell, as far as its types tell: the members of a package or
// of a value, the fields that a struct's literal hasn't set yet, and names that are declared. The cursor, start and end, between which a name goes, are in characters.
// It returns none where gopls may know more.
func (s *Session) Complete(code string, cursor int) (names []string, start, end int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	defer func() {
		if recover() != nil {
			names = nil
		}
	}()
	runes := []rune(code)
	end = min(max(cursor, 0), len(runes))
	for start = end; start > 0 && isNameRune(runes[start-1]); start-- {
	}
	typed := string(runes[start:end])
	if a, id, around := s.analyzeTyped(string(runes[:end])); id != nil {
		names = a.candidates(id, around)
	}
	names = slices.DeleteFunc(names, func(name string) bool {
		return name == "_" || strings.HasSuffix(name, placeholder) || !strings.HasPrefix(strings.ToLower(name), strings.ToLower(typed))
	})
	slices.Sort(names)
	return slices.Compact(names), start, end
}

func isNameRune(r rune) bool { return r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r) }

// analyzeTyped looks at a cell up to the cursor as if what is open there were closed, and finds the name that is typed and all that
// is around it, from the file on.
func (s *Session) analyzeTyped(begun string) (a *analysis, id *ast.Ident, around []ast.Node) {
	closing := closers(begun)
	for _, more := range []string{"", " {}"} {
		a, ok := s.analyze(begun + placeholder + more + closing)
		if !ok || a.file == nil {
			continue
		}
		var path []ast.Node
		ast.Inspect(a.file, func(n ast.Node) bool {
			if n == nil {
				path = path[:len(path)-1]
				return true
			}
			path = append(path, n)
			if name, ok := n.(*ast.Ident); ok && id == nil && strings.HasSuffix(name.Name, placeholder) {
				id, around = name, slices.Clone(path[:len(path)-1])
			}
			return true
		})
		if id != nil {
			return a, id, around
		}
	}
	return nil, nil, nil
}

// closers are the brackets that source leaves open, closed.
func closers(source string) string {
	var open []byte
	tokensOf(source, func(tok token.Token, _ string) bool {
		switch tok {
		case token.LPAREN:
			open = append(open, ')')
		case token.LBRACK:
			open = append(open, ']')
		case token.LBRACE:
			open = append(open, '}')
		case token.RPAREN, token.RBRACK, token.RBRACE:
			open = open[:max(len(open)-1, 0)]
		}
		return true
	})
	slices.Reverse(open)
	return string(open)
}

func (a *analysis) candidates(id *ast.Ident, around []ast.Node) []string {
	if len(around) == 0 || a.pkg == nil {
		return nil
	}
	switch parent := around[len(around)-1].(type) {
	case *ast.SelectorExpr:
		if parent.Sel == id {
			return a.members(parent.X)
		}
	case *ast.CompositeLit:
		if fields := a.fieldsLeft(parent); parent.Type != ast.Expr(id) && fields != nil {
			return fields
		}
	case *ast.KeyValueExpr:
		if literal, ok := around[len(around)-2].(*ast.CompositeLit); ok && parent.Key == ast.Expr(id) {
			return a.fieldsLeft(literal)
		}
	case *ast.Field, *ast.FuncDecl, *ast.TypeSpec, *ast.ValueSpec, *ast.LabeledStmt, *ast.BranchStmt:
		return nil // a name of one's own, or a type
	}
	return a.namesAt(id)
}

// members are the exported names of a package, or the fields and methods of a value.
func (a *analysis) members(x ast.Expr) (names []string) {
	if id, ok := x.(*ast.Ident); ok {
		if p, ok := a.info.Uses[id].(*types.PkgName); ok {
			return exported(p.Imported())
		}
	}
	t := a.info.TypeOf(x)
	if t == nil || !valid(t) {
		return nil
	}
	note := func(o types.Object) {
		if o.Exported() || o.Pkg() == a.pkg {
			names = append(names, o.Name())
		}
	}
	eachField(t, map[types.Type]bool{}, note)
	if _, isInterface := t.Underlying().(*types.Interface); !isInterface {
		if _, isPointer := t.Underlying().(*types.Pointer); !isPointer {
			t = types.NewPointer(t)
		}
	}
	for method := range types.NewMethodSet(t).Methods() {
		note(method.Obj())
	}
	return names
}

// eachField visits the fields of a struct or of a pointer to one, those of what it embeds, too.
func eachField(t types.Type, seen map[types.Type]bool, visit func(types.Object)) {
	if p, ok := t.Underlying().(*types.Pointer); ok {
		t = p.Elem()
	}
	s, ok := t.Underlying().(*types.Struct)
	if !ok || seen[t] {
		return
	}
	seen[t] = true
	for f := range s.Fields() {
		if visit(f); f.Embedded() {
			eachField(f.Type(), seen, visit)
		}
	}
}

// fieldsLeft are those that a struct's literal doesn't set; nil where it is none, or sets them by place.
func (a *analysis) fieldsLeft(literal *ast.CompositeLit) (names []string) {
	t := a.info.TypeOf(literal)
	if t == nil && literal.Type != nil {
		t = a.info.TypeOf(literal.Type)
	}
	if t == nil {
		return nil
	}
	if p, ok := t.Underlying().(*types.Pointer); ok {
		t = p.Elem()
	}
	s, ok := t.Underlying().(*types.Struct)
	if !ok {
		return nil
	}
	set := map[string]bool{}
	for i, x := range literal.Elts {
		pair, ok := x.(*ast.KeyValueExpr)
		if !ok {
			if i+1 < len(literal.Elts) {
				return nil
			}
			continue
		}
		if key, ok := pair.Key.(*ast.Ident); ok {
			set[key.Name] = true
		}
	}
	for f := range s.Fields() {
		if !set[f.Name()] && (f.Exported() || f.Pkg() == a.pkg) {
			names = append(names, f.Name())
		}
	}
	return names
}

// namesAt are the names that are declared where one is typed, and packages. An empty one stands for all that there is.
func (a *analysis) namesAt(id *ast.Ident) (names []string) {
	if id.Name == placeholder {
		return nil
	}
	for scope := a.pkg.Scope().Innermost(id.Pos()); scope != nil; scope = scope.Parent() {
		for _, name := range scope.Names() {
			if o := scope.Lookup(name); o.Pos() < id.Pos() || scope == a.pkg.Scope() || scope == types.Universe {
				names = append(names, name)
			}
		}
	}
	names = append(names, a.pkg.Scope().Names()...)
	for _, known := range []map[string]string{a.imports, a.session.own, a.session.Imports} {
		names = slices.AppendSeq(names, maps.Keys(known))
	}
	return slices.DeleteFunc(names, func(name string) bool { return name == "main" })
}
