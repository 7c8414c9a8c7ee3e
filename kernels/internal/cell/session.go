package cell

import (
	"go/types"
	"strings"
	"sync"
)

// Session rewrites the cells of one kernel, in the order in which they run. Its zero value knows no packages: it shows
// what it can tell from the source alone, and carries nothing.
type Session struct {
	// Imports are the packages that every cell has at hand, their paths by the names they go by.
	Imports map[string]string
	// Exports finds the files of export data of packages and of all that they import, by path. Packages that can't be
	// compiled are left out.
	Exports func(paths []string) map[string]string
	// Standard lists the paths of the standard library, which GoNB imports where a cell uses one.
	Standard func() []string
	// Root is the folder of Go itself, where the standard library's source is.
	Root func() string
	// Helper is the path of the package with Carried, Carry, EndCell, Made and Result.
	Helper string

	preparing sync.Mutex // ahead of mu

	mu       sync.Mutex
	packages *exports
	standard map[string]string
	prior    *prior
	// own are the imports of earlier cells, by name.
	own map[string]string
	// values are what earlier cells have set, by name.
	values map[string]Value
	// fleeting are variables that a cell may have changed and that have their first values in each later one, by name.
	fleeting map[string]Fleeting
	// remove are the names that GoNB is to forget with the next cell.
	remove []string
}

// Value is what became of a name that a cell has set.
type Value struct {
	// Lost says why it isn't there in later cells; empty: it is.
	Lost string
	// From are the names that it is worked out from, when it is worked out again in every cell.
	From []string
	// Text is its declaration.
	Text string
	// Cell is the number of the cell that has set it.
	Cell int
	// Assigned is set when it is lost because that cell has assigned to it, or to a part of it, what later ones can't get.
	Assigned bool
	// Carried is set when the value is in a file, File when a part of it is at least, the state of a model.
	Carried, File bool
}

// Fleeting is what becomes of a variable that is declared with var, that only functions of the notebook change, and that no file can
// hold: those functions need it, so it stays, with its first value in each cell.
type Fleeting struct {
	Cell int    // that has changed it
	Why  string // it isn't kept
	told bool
}

// Rewritten is what GoNB gets in place of a cell.
type Rewritten struct {
	Code string
	// Set are the names that the cell sets.
	Set map[string]Value
	// Anew are the names whose values in files are void, because the cell declares them.
	Anew []string
	// Removed are the names that GoNB forgets, because their values would be wrong.
	Removed []string
	// Spent are the names that GoNB is to forget with the next cell: this one still uses them.
	Spent []string
	// Fleeting are the variables whose new values end with the cell.
	Fleeting map[string]Fleeting
	// Told are those of earlier cells of which this one says so.
	Told []string
	// Imports are those that the cell adds, by name.
	Imports map[string]string

	lead          int // lines of imports ahead of the cell
	head, skipped int // lines of declarations; lines of the cell ahead of the first statement
	same          bool
}

// Line leads from a line of Code, counted from 1, to that of the cell.
func (r Rewritten) Line(line int) int {
	line = max(line-r.lead, 1)
	switch {
	case r.same || line <= r.head:
		return line
	default:
		return max(line-r.head-1, 1) + r.skipped
	}
}

// Rewrite returns what becomes of a cell. One that the type checker can't stand stays as it is.
func (s *Session) Rewrite(code string) (r Rewritten) {
	s.mu.Lock()
	defer s.mu.Unlock()
	defer func() {
		if recover() != nil {
			r = Rewritten{Code: code, same: true}
		}
	}()
	a, ok := s.analyze(code)
	if !ok {
		return Rewritten{Code: code, same: true}
	}
	a.result.Removed, s.remove = s.remove, nil
	r = a.rewrite()
	for _, name := range r.Removed { // GoNB forgets them before it looks at the cell, which may ask for one
		if v, known := s.values[name]; known && v.Lost == "" && r.Set[name].Lost != "" {
			s.values[name] = Value{Lost: r.Set[name].Lost, Cell: v.Cell}
			s.prior = s.prior.without(map[string]bool{name: true})
		}
	}
	return r
}

// Number notes which cell the names are set by.
func (s *Session) Number(r Rewritten, number int) {
	for name, v := range r.Set {
		v.Cell = number
		r.Set[name] = v
	}
	for name, f := range r.Fleeting {
		f.Cell = number
		r.Fleeting[name] = f
	}
}

// Failed notes that a cell was never a program: what it sets isn't there, unless an earlier one has set it.
func (s *Session) Failed(r Rewritten) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.values == nil {
		s.values = map[string]Value{}
	}
	for name, v := range r.Set {
		if _, known := s.values[name]; !known {
			s.values[name] = Value{Cell: v.Cell, Lost: "that cell has failed: mend it and run it first"}
		}
	}
}

// Ran notes that GoNB has compiled a cell: what it declares is there in later ones. program is the source that GoNB has
// made of it, "" where it isn't at hand.
func (s *Session) Ran(r Rewritten, program string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if program != "" {
		s.prior = parsePrior(program)
	}
	if s.own == nil {
		s.own, s.values, s.fleeting = map[string]string{}, map[string]Value{}, map[string]Fleeting{}
	}
	for name, path := range r.Imports {
		s.own[name] = path
	}
	for name, value := range r.Set {
		s.values[name] = value
	}
	for name, f := range r.Fleeting {
		if !s.fleeting[name].told {
			s.fleeting[name] = f
		}
	}
	for _, name := range r.Told {
		s.fleeting[name] = Fleeting{told: true} // once is enough
	}
	for _, name := range r.Spent {
		s.remove = append(s.remove, name)
		s.prior = s.prior.without(map[string]bool{name: true})
	}
}

// Forget notes that names, all where there are none, are declared no longer.
func (s *Session) Forget(names ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(names) == 0 {
		s.prior, s.own, s.values, s.fleeting = nil, nil, nil, nil
		return
	}
	for _, name := range names {
		delete(s.values, name)
		delete(s.fleeting, name)
		s.prior = s.prior.without(map[string]bool{name: true})
	}
}

// Lose notes that a value isn't there in later cells.
func (s *Session) Lose(name, why string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	v := s.values[name]
	v.Lost = why
	s.values[name] = v
	s.remove = append(s.remove, name)
	s.prior = s.prior.without(map[string]bool{name: true})
}

// Value tells what is known of a name that an earlier cell has set.
func (s *Session) Value(name string) (Value, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	v, ok := s.values[name]
	return v, ok
}

// importPath finds the package that a name stands for where nothing is declared under it.
func (s *Session) importPath(name string, cell map[string]string) string {
	for _, known := range []map[string]string{cell, s.own, s.Imports} {
		if path := known[name]; path != "" {
			return path
		}
	}
	if s.standard == nil && s.Standard != nil {
		s.standard = standardNames(s.Standard())
	}
	return s.standard[name]
}

// ours tells whether a package is of those that every cell has at hand, other than the standard library's.
func (s *Session) ours(path string) bool {
	host, _, _ := strings.Cut(path, "/")
	for _, known := range s.Imports {
		if known == path {
			return strings.Contains(host, ".")
		}
	}
	return false
}

// isPackage tells whether cells use a name for a package.
func (s *Session) isPackage(name string, cell map[string]string) bool {
	return cell[name] != "" || s.own[name] != "" || s.Imports[name] != ""
}

func predeclared(name string) bool { return types.Universe.Lookup(name) != nil }
