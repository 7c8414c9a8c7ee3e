package kernels

import (
	"go/ast"
	"go/parser"
	"go/token"
)

// work is what a program does when it is started.
type work int

const (
	something     work = iota // or it can't be told
	definitions               // nothing, but it defines things
	noDefinitions             // nothing, and there is nothing else in it
)

// does tells what the program in a file of Go does, as far as its text says. It does something where main has
// statements other than GoNB's flag.Parse(), where there is a function init, where a variable's value must be worked
// out, and where a package is imported for its effect alone. How the other packages begin doesn't count.
func does(file string) work {
	program, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
	if err != nil || program.Name.Name != "main" {
		return something
	}
	main, defines := false, false
	for _, declaration := range program.Decls {
		switch d := declaration.(type) {
		case *ast.FuncDecl:
			switch {
			case d.Recv == nil && d.Name.Name == "init":
				return something
			case d.Recv == nil && d.Name.Name == "main":
				if main = d.Body != nil && idle(d.Body); !main {
					return something
				}
			default:
				defines = true
			}
		case *ast.GenDecl:
			if !idleDeclaration(d) {
				return something
			}
			defines = defines || d.Tok != token.IMPORT
		}
	}
	switch {
	case !main:
		return something
	case defines:
		return definitions
	default:
		return noDefinitions
	}
}

// idle tells whether a function's body holds nothing but flag.Parse().
func idle(body *ast.BlockStmt) bool {
	for _, statement := range body.List {
		expression, ok := statement.(*ast.ExprStmt)
		if !ok {
			return false
		}
		call, ok := expression.X.(*ast.CallExpr)
		if !ok || len(call.Args) > 0 {
			return false
		}
		selector, ok := call.Fun.(*ast.SelectorExpr)
		if !ok || selector.Sel.Name != "Parse" {
			return false
		}
		if pkg, ok := selector.X.(*ast.Ident); !ok || pkg.Name != "flag" {
			return false
		}
	}
	return true
}

// idleDeclaration tells whether a declaration of imports, constants, types or variables has no effect of its own.
func idleDeclaration(d *ast.GenDecl) bool {
	for _, spec := range d.Specs {
		switch s := spec.(type) {
		case *ast.ImportSpec:
			if s.Name != nil && s.Name.Name == "_" || s.Path.Value == `"C"` {
				return false
			}
		case *ast.ValueSpec:
			for _, value := range s.Values {
				if d.Tok == token.VAR && !idleValue(value) {
					return false
				}
			}
		}
	}
	return true
}

// left tells whether a call finds what an earlier cell has left, as package cell writes it: a program that doesn't use it
// needn't.
func left(call *ast.CallExpr) bool {
	if made, ok := call.Fun.(*ast.CallExpr); ok { // notebook.Made[T]("x")(…)
		return left(made)
	}
	instance, ok := call.Fun.(*ast.IndexExpr)
	if !ok {
		return false
	}
	selector, ok := instance.X.(*ast.SelectorExpr)
	if !ok || selector.Sel.Name != "Carried" && selector.Sel.Name != "Made" {
		return false
	}
	pkg, ok := selector.X.(*ast.Ident)
	return ok && pkg.Name == "notebook"
}

// idleValue tells whether finding a value can neither be seen nor fail: nothing in it is called, received, looked up
// or divided.
func idleValue(value ast.Expr) bool {
	safe := true
	ast.Inspect(value, func(n ast.Node) bool {
		switch e := n.(type) {
		case *ast.FuncLit:
			return false // defined, not called
		case *ast.CompositeLit: // nn.Dense{…}: its type has a dot in it, and no effect
			for _, element := range e.Elts {
				safe = safe && idleValue(element)
			}
			return false
		case *ast.CallExpr:
			safe = safe && left(e)
			return false
		case *ast.IndexExpr, *ast.IndexListExpr, *ast.SliceExpr, *ast.StarExpr, *ast.TypeAssertExpr, *ast.SelectorExpr:
			safe = false
		case *ast.UnaryExpr:
			safe = safe && e.Op != token.ARROW
		case *ast.BinaryExpr:
			switch e.Op {
			case token.QUO, token.REM, token.SHL, token.SHR:
				safe = false
			}
		}
		return safe
	})
	return safe
}
