package cell

import (
	"cmp"
	"slices"
	"strings"
)

// rewrite makes the cell's edits and returns what GoNB gets.
func (a *analysis) rewrite() Rewritten {
	a.result.Set, a.result.Fleeting, a.result.Imports = map[string]Value{}, map[string]Fleeting{}, a.imports
	if a.file != nil {
		a.last() // first: what it puts behind the last line belongs to that line
		a.values()
		a.unread()
		a.tellInput()
		a.unused()
		a.useDots()
	}
	declared, stated := a.apply(false), a.apply(true)
	if a.plain {
		a.arrange(declared, stated)
	} else {
		a.keepLines(declared, stated)
	}
	if len(a.needs) > 0 {
		a.result.lead = len(a.needs)
		a.result.Code = strings.Join(a.needs, "\n") + "\n" + a.result.Code
	}
	return a.result
}

// needImport has a package imported that the cell itself doesn't name.
func (a *analysis) needImport(spec string) {
	if line := "import " + spec; !slices.Contains(a.needs, line) {
		a.needs = append(a.needs, line)
	}
}

// apply returns the lines of the declarations or the statements with the edits made.
func (a *analysis) apply(stated bool) []string {
	source := a.declared
	if stated {
		source = a.stated
	}
	var b strings.Builder
	at := 0
	edits := slices.DeleteFunc(slices.Clone(a.edits), func(e edit) bool { return e.stated != stated })
	slices.SortStableFunc(edits, func(a, b edit) int { return cmp.Compare(a.start, b.start) })
	for _, e := range edits {
		if e.start < at {
			continue // inside of what another has replaced
		}
		b.WriteString(source[at:e.start])
		b.WriteString(e.text)
		b.WriteString(strings.Repeat("\n", strings.Count(source[e.start:e.end], "\n")))
		at = e.end
	}
	b.WriteString(source[at:])
	lines := strings.Split(b.String(), "\n")
	for i, line := range lines {
		if strings.HasPrefix(line, "package") {
			lines[i] = " " + line // GoNB drops what looks like a package clause, packages := 3 for one
		}
	}
	return lines
}

// keepLines puts every line where it was.
func (a *analysis) keepLines(declared, stated []string) {
	lines := strings.Split(a.code, "\n")
	for i := range lines {
		switch {
		case a.text.command[i]:
		case a.text.main >= 0 && i > a.text.main:
			lines[i] = stated[i]
		default:
			lines[i] = declared[i]
		}
	}
	a.result.same = true
	if a.result.Code = a.code; len(a.edits)+len(a.extra)+len(a.needs)+len(a.result.Removed) > 0 || slices.ContainsFunc(a.parts, func(p part) bool { return p.kind == clause }) {
		a.result.Code = strings.Join(append(append(lines, a.extraLines()...), a.removals()...), "\n")
	}
}

// extraLines are declarations behind a cell without main of ours: behind %% they would be inside.
func (a *analysis) extraLines() []string {
	if a.text.main >= 0 {
		return nil
	}
	return a.extra
}

// removals are GoNB's commands to forget what would be wrong; it executes them before it looks at the cell.
func (a *analysis) removals() (commands []string) {
	for _, name := range a.result.Removed {
		if _, anew := a.result.Set[name]; !anew || a.result.Set[name].Lost != "" {
			commands = append(commands, "%rm "+name)
		}
	}
	slices.Sort(commands)
	return slices.Compact(commands)
}

// arrange puts the declarations first and the statements into main.
func (a *analysis) arrange(declared, stated []string) {
	original := strings.Split(a.code, "\n")
	head := 0
	for i := range declared {
		if a.text.command[i] {
			declared[i] = original[i]
		}
		if strings.TrimSpace(declared[i]) != "" {
			head = i + 1
		}
	}
	first := slices.IndexFunc(stated, func(line string) bool { return strings.TrimSpace(line) != "" })
	lines := slices.Clone(declared[:head])
	a.result.head = head
	if left := a.statements(stated); left && first >= 0 {
		a.result.skipped = first
		opening := "func main() { flag.Parse();"
		if a.needsLeft {
			opening += " defer notebook.EndCell();"
		}
		lines = append(append(append(lines, opening), stated[first:]...), "}")
	}
	lines = append(lines, a.extra...)
	lines = append(lines, a.removals()...)
	a.result.Code = strings.Join(lines, "\n")
}

// statements tells whether main has any left, or something that the compiler must see.
func (a *analysis) statements(stated []string) bool {
	return a.file == nil || a.text.main >= 0 || len(split(strings.Join(stated, "\n"))) > 0
}
