package cell

import (
	"fmt"
	"go/types"
	"strings"
)

// Advice says what to do about what the compiler says, "" where that goes without saying.
func (s *Session) Advice(complaint string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if name, ok := strings.CutPrefix(complaint, "undefined: "); ok {
		if of, member, ok := strings.Cut(name, "."); ok {
			return s.adviceOnMember(of, member)
		}
		return s.adviceOnName(name)
	}
	if rest, ok := strings.CutPrefix(complaint, "use of package "); ok {
		name, _, _ := strings.Cut(rest, " ")
		if v, known := s.values[name]; known && v.Lost != "" {
			return s.adviceOnName(name)
		}
		return name + " is the name of a package: what a cell sets under it stays in that cell. Call the variable otherwise."
	}
	if strings.Contains(complaint, "no required module provides package") {
		return "The kernel fetches nothing from the network: run that go get in the project's folder and start the kernel again, or say %autoget in a cell of its own."
	}
	if name, ok := strings.CutSuffix(complaint, " (type) is not an expression"); ok {
		return fmt.Sprintf("%s is a type; a value of it is %s{}.", name, name)
	}
	if name, ok := strings.CutSuffix(complaint, " redeclared in this block"); ok {
		return fmt.Sprintf("An earlier cell declares %s otherwise: call it by another name, or remove the old one with %%rm %s.", name, name)
	}
	if complaint == "expected 1 expression" {
		return "One value is shown, that of the last line: fmt.Println(a, b) writes several."
	}
	if said := s.adviceForNewcomers(complaint); said != "" {
		return said
	}
	return adviceOnSlices(complaint)
}

// adviceOnSlices tells what makes data of the slices that someone has given for them.
func adviceOnSlices(complaint string) string {
	given, wanted, ok := strings.Cut(strings.TrimPrefix(complaint, "cannot use "), ") as dataset.")
	if !ok || !strings.HasPrefix(complaint, "cannot use ") {
		return ""
	}
	_, kind, _ := strings.Cut(given, " of type ")
	value, _, _ := strings.Cut(given, " (")
	if strings.ContainsAny(value, "{\n") {
		value = "xs" // a literal, which would be long
	}
	switch {
	case strings.HasPrefix(wanted, "Data value") && strings.HasPrefix(kind, "[]"):
		return "dataset.FromRows(xs, ys) makes a dataset.Data of two slices of rows, such as [][]float64: notebook.Must(dataset.FromRows(xs, ys))."
	case !strings.HasPrefix(wanted, "Array value"):
		return ""
	case strings.HasPrefix(kind, "[][]") && !strings.HasPrefix(kind, "[][][]"):
		return fmt.Sprintf("A slice of rows becomes an Array by notebook.Must(dataset.RowsOf(%s)), two of them a dataset.Data by notebook.Must(dataset.FromRows(xs, ys)).", value)
	case strings.HasPrefix(kind, "[]") && !strings.HasPrefix(kind, "[][]"):
		return fmt.Sprintf("A slice with one number a row becomes an Array by notebook.Must(dataset.ColumnOf(%s)); of another shape, by dataset.NewArray.", value)
	}
	return ""
}

func (s *Session) adviceOnName(name string) string {
	if v, known := s.values[name]; known && v.Lost != "" {
		if v.Assigned {
			return fmt.Sprintf("%s was changed in cell [%d] by an assignment that can't be kept, as %s.", name, v.Cell, v.Lost)
		}
		said := fmt.Sprintf("%s was set in cell [%d], but isn't there in this one: %s.", name, v.Cell, v.Lost)
		if !strings.Contains(v.Lost, ":") {
			said += " Set it here again, or in a function that both cells call."
		}
		return said
	}
	var known []string
	for other, v := range s.values {
		if v.Lost == "" {
			known = append(known, other)
		}
	}
	for other := range s.Imports {
		known = append(known, other)
	}
	if s.prior != nil {
		for other := range s.prior.kinds {
			if _, ok := s.prior.kind(other); ok {
				known = append(known, other)
			}
		}
	}
	if like := closest(name, known); like != "" {
		return "Did you mean " + like + "?"
	}
	if said := adviceOnPlot(name); said != "" {
		return said
	}
	return fmt.Sprintf("No cell that has run sets or declares %s: run the one that does first.", name)
}

func (s *Session) adviceOnMember(of, member string) string {
	path := s.importPath(of, nil)
	if path == "" || s.packages == nil {
		return ""
	}
	p, err := s.packages.Import(path)
	if err != nil {
		return ""
	}
	if like := closest(member, exported(p)); like != "" {
		return fmt.Sprintf("Did you mean %s.%s?", of, like)
	}
	return fmt.Sprintf("The package %s has no %s: type %s. and press Tab to see what it has.", path, member, of)
}

func exported(p *types.Package) (names []string) {
	for _, name := range p.Scope().Names() {
		if p.Scope().Lookup(name).Exported() {
			names = append(names, name)
		}
	}
	return names
}

// closest finds the name that is a slip of a finger or two away; of several one that goes on where it stops, then the first
// by the alphabet.
func closest(name string, names []string) string {
	best, least := "", min(2, len(name)/3)
	before := func(a, b string) bool {
		if goesOn := strings.HasPrefix(a, name); goesOn != strings.HasPrefix(b, name) {
			return goesOn
		}
		return a < b
	}
	for _, other := range names {
		d := distance(strings.ToLower(name), strings.ToLower(other))
		if other != name && (d < least || d == least && (best == "" || before(other, best))) {
			best, least = other, d
		}
	}
	return best
}

// distance counts the letters to add, drop or change between two names.
func distance(a, b string) int {
	x, y := []rune(a), []rune(b)
	row := make([]int, len(y)+1)
	for j := range row {
		row[j] = j
	}
	for i := range x {
		diagonal := row[0]
		row[0] = i + 1
		for j := range y {
			cost := diagonal
			if x[i] != y[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(y)]
}
