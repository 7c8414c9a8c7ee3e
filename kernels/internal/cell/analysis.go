package cell

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// analysis is a cell that is being rewritten. Its declarations and its statements are two texts, each as long as the
// cell, with blanks where the other has something: a place in one is a place in the cell.
type analysis struct {
	session *Session
	code    string
	text    text
	parts   []part
	plain   bool // statements stand at the top level, without %%

	declared, stated     string
	declaredAt, statedAt int // where these begin in the file that was parsed

	set      *token.FileSet
	file     *ast.File         // nil where the cell doesn't parse
	earlier  *ast.File         // what earlier cells have declared; nil where that is nothing
	sources  map[string]string // of both, by the names under which they were parsed
	main     *ast.FuncDecl     // nil without statements
	imports  map[string]string
	dots     []string // paths of import . "path"
	info     types.Info
	pkg      *types.Package
	problems []types.Error
	sound    bool // all imports were at hand, so types can be relied on

	edits     []edit
	needs     []string // imports ahead of the cell
	extra     []string // declarations behind the cell
	result    Rewritten
	known     []function // of the notebook
	bodies    map[*types.Func]*ast.FuncDecl
	here      effects            // what this cell's statements change, by themselves or by functions
	mutable   effects            // what some function or this cell changes
	hoisted   map[string]bool    // names of statements that are variables of the program
	changed   map[string]bool    // names of earlier cells that get another value
	needless  map[token.Pos]bool // where these are defined: they needn't be used
	told      map[token.Pos]bool // errors that nothing looks at and that are told
	needsLeft bool               // something is carried: main must end with EndCell
}

// edit puts text in place of a stretch of the declarations or of the statements. It holds no line's end.
type edit struct {
	stated     bool
	start, end int
	text       string
}

// analyze takes a cell apart; it is not ok where GoNB had better see it as it is.
func (s *Session) analyze(code string) (*analysis, bool) {
	a := newAnalysis(s, code)
	if a.text.foreign || unreadable(code) || strings.TrimSpace(a.text.source) == "" {
		return nil, false
	}
	if a.text.main >= 0 {
		a.behindMain()
	} else if !a.take() {
		return nil, false
	}
	a.parse()
	return a, true
}

// unreadable tells whether Go's scanner would count a cell's bytes otherwise than they are, or refuse them.
func unreadable(code string) bool {
	return strings.ContainsAny(code, "\r\x00\ufeff") || !utf8.ValidString(code)
}

func newAnalysis(s *Session, code string) *analysis {
	code = guarded(code)
	return &analysis{session: s, code: code, text: read(code), hoisted: map[string]bool{}, changed: map[string]bool{}, needless: map[token.Pos]bool{}, told: map[token.Pos]bool{}, bodies: map[*types.Func]*ast.FuncDecl{}}
}

// behindMain gives what stands ahead of %% and behind it its place.
func (a *analysis) behindMain() {
	at := lineStart(a.text.source, a.text.main)
	end := lineStart(a.text.source, a.text.main+1)
	a.declared = a.text.source[:at] + blanks(a.text.source[at:])
	a.stated = blanks(a.text.source[:end]) + a.text.source[end:]
}

// take gives each part its place. It reports false where a cell has its own main.
func (a *analysis) take() bool {
	a.parts = split(a.text.source)
	declared, stated := []byte(blanks(a.text.source)), []byte(a.text.source)
	set := map[string]bool{} // what statements have set so far
	for i, p := range a.parts {
		source := a.text.source[p.start:p.end]
		if p.kind == declaration && p.token == token.FUNC && mainName(source) {
			return false
		}
		if p.kind == declaration && p.token == token.VAR && mentions(source, set) {
			p.kind, a.parts[i].kind = statement, statement // its value is there only when the statements have run
		}
		switch p.kind {
		case statement:
			a.plain = true
			for _, name := range defined(source) {
				set[name] = true
			}
		case declaration:
			start := withComment(a.text.source, p.start)
			copy(declared[start:p.end], a.text.source[start:p.end])
			blankBytes(stated[start:p.end])
		case clause:
			blankBytes(stated[p.start:p.end])
		}
		if p.kind != statement && p.end < len(stated) && stated[p.end] == ';' {
			stated[p.end] = ' '
			if p.kind == declaration {
				declared[p.end] = ';'
			}
		}
	}
	a.declared, a.stated = string(declared), string(stated)
	if !a.plain { // comments stay where they are
		a.declared, a.stated = a.text.source, blanks(a.text.source)
		for _, p := range a.parts {
			if p.kind == clause {
				a.declared = a.declared[:p.start] + blanks(a.declared[p.start:p.end]) + a.declared[p.end:]
			}
		}
	}
	return true
}

// parse parses and type-checks the cell with what earlier ones have declared.
func (a *analysis) parse() {
	a.set = token.NewFileSet()
	first, err := parser.ParseFile(a.set, "cell.go", a.program(""), 0)
	if err != nil {
		return
	}
	a.imports = importsOf(first)
	declared := map[string]bool{}
	for _, d := range first.Decls {
		for _, name := range namesOf(d) {
			declared[name.name] = true
		}
	}
	earlier := a.session.prior.without(declared)
	names := a.packagesIn(first, declared, earlier)
	clauses, paths := importClauses(names)
	paths = slices.AppendSeq(paths, maps.Values(a.imports))
	a.dots = dotImports(first)
	paths = append(paths, a.dots...)
	for _, path := range earlier.dotImports() {
		if paths = append(paths, path); !slices.Contains(a.dots, path) {
			clauses += dotClause(path)
		}
	}
	a.set = token.NewFileSet()
	program := a.program(clauses)
	file, err := parser.ParseFile(a.set, "cell.go", program, 0)
	if err != nil {
		return
	}
	a.file, a.sources = file, map[string]string{"cell.go": program}
	for _, d := range file.Decls {
		if f, ok := d.(*ast.FuncDecl); ok && f.Recv == nil && f.Name.Name == "main" && a.hasMain() {
			a.main = f
		}
	}
	files := []*ast.File{file}
	if earlier != nil {
		before := earlier.imports()
		earlierClauses, earlierPaths := importClauses(before)
		paths = append(paths, earlierPaths...)
		for _, path := range earlier.dotImports() {
			earlierClauses += dotClause(path)
		}
		source := earlier.declarations(earlierClauses)
		if f, err := parser.ParseFile(a.set, "earlier.go", source, parser.SkipObjectResolution); err == nil {
			a.earlier, files = f, append(files, f)
			a.sources["earlier.go"] = source
		}
	}
	a.check(files, paths)
}

// check finds the types. Without export data it still finds what nothing uses.
func (a *analysis) check(files []*ast.File, paths []string) {
	s := a.session
	s.exports().want(paths)
	a.sound = true
	for _, p := range paths {
		a.sound = a.sound && (s.packages.files[p] != "" || p == "unsafe")
	}
	a.info = types.Info{
		Types: map[ast.Expr]types.TypeAndValue{}, Defs: map[*ast.Ident]types.Object{}, Uses: map[*ast.Ident]types.Object{},
		Selections: map[*ast.SelectorExpr]*types.Selection{}, Scopes: map[ast.Node]*types.Scope{},
	}
	config := types.Config{
		Importer: s.packages, DisableUnusedImportCheck: true,
		Error: func(err error) {
			if problem, ok := err.(types.Error); ok {
				a.problems = append(a.problems, problem)
			}
		},
	}
	a.pkg, _ = config.Check("main", a.set, files, &a.info) // the errors are in problems
}

func (a *analysis) hasMain() bool { return a.plain || a.text.main >= 0 }

// program is the file that stands for the cell.
func (a *analysis) program(imports string) string {
	head := "package main;" + imports + "\n"
	a.declaredAt = len(head)
	program := head + a.declared
	if !a.hasMain() {
		return program
	}
	program += "\nfunc main() {\n"
	a.statedAt = len(program)
	return program + a.stated + "\n}\n"
}

// packagesIn are the packages that a cell uses, by name: those that it imports and those that are at hand.
func (a *analysis) packagesIn(file *ast.File, declared map[string]bool, earlier *prior) map[string]string {
	names := map[string]string{}
	ast.Inspect(file, func(n ast.Node) bool {
		selector, ok := n.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		id, ok := selector.X.(*ast.Ident)
		if !ok || declared[id.Name] || a.imports[id.Name] != "" || names[id.Name] != "" {
			return true
		}
		if _, known := earlier.kind(id.Name); !known {
			if path := a.session.importPath(id.Name, a.imports); path != "" {
				names[id.Name] = path
			}
		}
		return true
	})
	return names
}

// importClauses writes imports in one line, and lists their paths with those of the cell's own.
func importClauses(names map[string]string) (clauses string, paths []string) {
	for _, name := range slices.Sorted(maps.Keys(names)) {
		clauses += "import " + name + " " + strconv.Quote(names[name]) + ";"
		paths = append(paths, names[name])
	}
	return clauses, paths
}

// place leads from the parsed file to the cell.
func (a *analysis) place(pos token.Pos) (stated bool, at int) {
	offset := a.set.Position(pos).Offset
	if a.hasMain() && offset >= a.statedAt {
		return true, min(offset-a.statedAt, len(a.stated))
	}
	return false, max(min(offset-a.declaredAt, len(a.declared)), 0)
}

func (a *analysis) insert(pos token.Pos, text string) {
	stated, at := a.place(pos)
	a.edits = append(a.edits, edit{stated, at, at, text})
}

// source is the cell's text of a node.
func (a *analysis) source(n ast.Node) string {
	stated, start := a.place(n.Pos())
	_, end := a.place(n.End())
	if stated {
		return a.stated[start:end]
	}
	return a.declared[start:end]
}

func lineStart(source string, line int) int {
	at := 0
	for range line {
		next := strings.IndexByte(source[at:], '\n')
		if next < 0 {
			return len(source)
		}
		at += next + 1
	}
	return at
}

// blanks is a text of the same length and lines without anything in it.
func blanks(text string) string {
	b := []byte(text)
	blankBytes(b)
	return string(b)
}

func blankBytes(b []byte) {
	for i := range b {
		if b[i] != '\n' {
			b[i] = ' '
		}
	}
}
