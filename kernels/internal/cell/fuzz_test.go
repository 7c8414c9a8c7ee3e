package cell

import (
	"strings"
	"testing"
)

// FuzzRewrite holds that no cell makes the kernel panic, and that none of its lines gets lost: all that is in one stands where
// errors about that line lead from.
func FuzzRewrite(f *testing.F) {
	for _, seed := range []string{
		"x := 1\nx", "func f() {}\nx := f", "%%\nx", "%args a\\\nb\nx := 1", "x := `a\nb`\nx", "}\nx := 1", "/* a", "import \"os\"; os.Exit(1)",
		"a, b := 1, 2; c := 3\nfunc g() int { return a }\nvar d = a\nd", "if x := 1; x > 0 {\n}", "package x\ny := 1", "for i := range 3 {\n\tz := i\n}",
		"net := struct{\n\ta int\n}{\n\t1,\n}\nnet", "switch x := any(1).(type) {\ncase int:\n}", "x = ", "func (t T) m() {}\nfunc() {}()", "é := 1\né", "x:=1;x:=2", "package\na", "// f is one.\nfunc f() {}\nf()", "x :=\n0",
	} {
		f.Add(seed)
	}
	s := &Session{Imports: map[string]string{"fmt": "fmt", "notebook": project + "notebook"}, Helper: project + "notebook"}
	f.Fuzz(func(t *testing.T, code string) {
		r := s.Rewrite(code)
		lines, got := strings.Split(code, "\n"), strings.Split(r.Code, "\n")
		found := map[int]string{} // by the cell's line: all that stands where it came from
		for i, line := range got {
			found[r.Line(i+1)] += line + "\n"
		}
		for _, p := range split(read(code).source) {
			if p.kind == clause {
				return // GoNB writes that itself, so it is left out, be it on one line or two
			}
		}
		for i, line := range lines {
			for word := range strings.FieldsFuncSeq(line, func(r rune) bool { return !('a' <= r && r <= 'z') }) {
				if !strings.Contains(found[i+1], word) {
					t.Fatalf("line %d, %q, has become %q\n%s", i+1, line, found[i+1], r.Code)
				}
			}
		}
		Parses(code)
		s.Explain(code, len([]rune(code))/2)
		arranged, cursor := Arranged(code, len(code)/2)
		if cursor < 0 || cursor > len([]rune(arranged)) {
			t.Fatalf("the cursor is at %d of %q", cursor, arranged)
		}
	})
}
