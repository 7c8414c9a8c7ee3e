package notebook

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/scanner"
	"go/token"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// cellSource is the program that GoNB has made of a cell: its statements are main, around it are the declarations of
// this cell and of all before it.
type cellSource struct {
	folder string
	text   []byte
	set    *token.FileSet
	file   *ast.File
	// declared are the declarations by the name that they give: a *ast.FuncDecl, a *ast.TypeSpec, a *ast.ValueSpec of a
	// variable, or the whole *ast.GenDecl of constants, because of iota.
	declared map[string]ast.Node
	methods  map[string][]*ast.FuncDecl // by the type's name
	inits    []*ast.FuncDecl
	imports  map[string]*ast.ImportSpec // by the name that the program uses
}

func readCell(path string) (*cellSource, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	return parseCell(path, text)
}

var majorVersion = regexp.MustCompile(`^v[0-9]+$`)

func parseCell(file string, text []byte) (*cellSource, error) {
	c := &cellSource{
		folder: filepath.Dir(file), text: text, set: token.NewFileSet(),
		declared: map[string]ast.Node{}, methods: map[string][]*ast.FuncDecl{}, imports: map[string]*ast.ImportSpec{},
	}
	var err error
	if c.file, err = parser.ParseFile(c.set, file, text, 0); err != nil {
		return nil, err
	}
	for _, spec := range c.file.Imports {
		of := importPath(spec)
		name := path.Base(of)
		if majorVersion.MatchString(name) {
			name = path.Base(path.Dir(of))
		}
		if spec.Name != nil {
			name = spec.Name.Name
		}
		c.imports[name] = spec
	}
	for _, d := range c.file.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			switch {
			case d.Recv != nil && len(d.Recv.List) > 0:
				of := receiver(d.Recv.List[0].Type)
				c.methods[of] = append(c.methods[of], d)
			case d.Name.Name == "init":
				c.inits = append(c.inits, d)
			default:
				c.declared[d.Name.Name] = d
			}
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				switch s := spec.(type) {
				case *ast.TypeSpec:
					c.declared[s.Name.Name] = s
				case *ast.ValueSpec:
					for _, name := range s.Names {
						if c.declared[name.Name] = s; d.Tok == token.CONST {
							c.declared[name.Name] = d
						}
					}
				}
			}
		}
	}
	return c, nil
}

func importPath(spec *ast.ImportSpec) string {
	of, _ := strconv.Unquote(spec.Path.Value) // the parser has seen to it
	return of
}

// receiver is the name of a method's type.
func receiver(of ast.Expr) string {
	name := ""
	ast.Inspect(of, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok && name == "" {
			name = id.Name
		}
		return name == ""
	})
	return name
}

// closure is a set of declarations with all that they use.
type closure struct {
	source *cellSource
	nodes  map[ast.Node]bool
	uses   map[string]bool // imports
	files  map[string]bool
}

// closureOf collects the nodes and what they use, and what that uses. A function that may change a variable among
// these belongs to them.
func (c *cellSource) closureOf(nodes ...ast.Node) closure {
	all := closure{c, map[ast.Node]bool{}, map[string]bool{}, map[string]bool{}}
	for _, n := range nodes {
		all.add(n)
	}
	for before := -1; before != len(all.nodes); {
		before = len(all.nodes)
		for _, d := range c.file.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && !all.nodes[f] && f.Body != nil && all.changedIn(f) {
				all.add(f)
			}
		}
	}
	return all
}

func (all closure) add(n ast.Node) {
	if all.nodes[n] {
		return
	}
	all.nodes[n] = true
	if t, ok := n.(*ast.TypeSpec); ok {
		for _, m := range all.source.methods[t.Name.Name] {
			all.add(m)
		}
	}
	ast.Inspect(n, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.Ident:
			if declared, ok := all.source.global(n); ok {
				all.add(declared)
			} else if _, ok := all.source.imports[n.Name]; ok && n.Obj == nil {
				all.uses[n.Name] = true
			}
		case *ast.CallExpr: // what an earlier cell has set counts by its value
			if name, ok := carriedName(n); ok {
				all.files[carriedPath(name)] = true
			}
		case *ast.BasicLit:
			if text, err := strconv.Unquote(n.Value); err == nil && n.Kind == token.STRING && isPath(text) {
				all.files[text] = true
			}
		}
		return true
	})
}

// global returns the declaration that a name stands for, if it is not a local one.
func (c *cellSource) global(name *ast.Ident) (ast.Node, bool) {
	if name.Obj == nil || c.file.Scope.Lookup(name.Name) != name.Obj {
		return nil, false
	}
	declared, ok := c.declared[name.Name]
	return declared, ok
}

// changedIn tells whether the function may change a variable of the closure: it sets it or takes its address; a
// variable that is more than a number or a text can be changed by whoever has it.
func (all closure) changedIn(f *ast.FuncDecl) bool {
	is := func(e ast.Node, any bool) bool {
		id, ok := e.(*ast.Ident)
		if !ok {
			return false
		}
		declared, ok := all.source.global(id)
		spec, isVariable := declared.(*ast.ValueSpec)
		return ok && isVariable && all.nodes[spec] && (any || !plainValues(spec))
	}
	found := false
	ast.Inspect(f.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			for _, to := range n.Lhs {
				found = found || is(root(to), true)
			}
		case *ast.IncDecStmt:
			found = found || is(root(n.X), true)
		case *ast.RangeStmt:
			found = found || n.Key != nil && is(root(n.Key), true) || n.Value != nil && is(root(n.Value), true)
		case *ast.UnaryExpr:
			found = found || n.Op == token.AND && is(root(n.X), true)
		case *ast.Ident:
			found = found || is(n, false)
		}
		return !found
	})
	return found
}

// root is the variable at the beginning of x.Field[i].
func root(e ast.Expr) ast.Node {
	for {
		switch x := e.(type) {
		case *ast.SelectorExpr:
			e = x.X
		case *ast.IndexExpr:
			e = x.X
		case *ast.ParenExpr:
			e = x.X
		case *ast.StarExpr:
			e = x.X
		default:
			return e
		}
	}
}

// plainValues tells whether variables are given numbers or texts, which nobody changes but by setting the variable.
func plainValues(spec *ast.ValueSpec) bool {
	for _, v := range spec.Values {
		if minus, ok := v.(*ast.UnaryExpr); ok {
			v = minus.X
		}
		if _, ok := v.(*ast.BasicLit); !ok {
			return false
		}
	}
	return len(spec.Values) > 0
}

// digest is the same for the same code wherever it stands, however it is laid out and commented.
func (all closure) digest() string {
	var parts []string
	for n := range all.nodes {
		parts = append(parts, all.source.tokens(n))
	}
	var packages []string
	for name := range all.uses {
		of := importPath(all.source.imports[name])
		parts = append(parts, "import "+name+" "+of)
		packages = append(packages, of)
	}
	for _, spec := range all.source.file.Imports {
		if spec.Name != nil && (spec.Name.Name == "." || spec.Name.Name == "_") {
			packages = append(packages, importPath(spec))
		}
	}
	slices.Sort(parts)
	return digestText(append(parts, localPackages(all.source.folder, packages))...)
}

// tokens is the code of a node, token by token.
func (c *cellSource) tokens(n ast.Node) string {
	from, to := c.set.Position(n.Pos()).Offset, c.set.Position(n.End()).Offset
	text := c.text[from:to]
	var s scanner.Scanner
	set := token.NewFileSet()
	s.Init(set.AddFile("", set.Base(), len(text)), text, nil, 0)
	var b strings.Builder
	for {
		_, tok, literal := s.Scan()
		if tok == token.EOF {
			return b.String()
		}
		if tok == token.SEMICOLON {
			literal = ""
		}
		fmt.Fprintf(&b, "%s %s\n", tok, literal)
	}
}
