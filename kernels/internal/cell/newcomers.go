package cell

import (
	"fmt"
	"go/types"
	"regexp"
	"strings"
)

// What the compiler says of what is written otherwise in other languages.
var (
	givenText   = regexp.MustCompile(`^cannot use "(\w+)" \(.*constant.*\) as (\w+)\.(\w+) value `)
	ofTwoKinds  = regexp.MustCompile(`^invalid operation: .* \(mismatched types (u?int\d*|float\d\d) and (u?int\d*|float\d\d)\)$`)
	numberAs    = regexp.MustCompile(`^cannot use (\w+) \(variable of type (?:u?int\d*|float\d\d)\) as (u?int\d*|float\d\d) value `)
	fraction    = regexp.MustCompile(`^.* \(untyped float constant.*\) truncated to (u?int\d*)`)
	tooFew      = regexp.MustCompile(`^too (?:few|many) values in struct literal of type (\w+)`)
	moreResults = regexp.MustCompile(`^assignment mismatch: 1 variable but .* returns 2 values$`)
)

// adviceForNewcomers says how Go writes what other languages write otherwise, "" where that isn't what is wrong.
func (s *Session) adviceForNewcomers(complaint string) string {
	switch {
	case complaint == "illegal rune literal" || complaint == "more than one character in rune literal":
		return `Text stands between double quotes: "hello". Single ones hold one character.`
	case strings.HasPrefix(complaint, "expected statement, found 'else'"):
		return "else stands behind the closing brace, on its line: } else {."
	case moreResults.MatchString(complaint):
		return "The second value is an error: notebook.Must(…) around the call leaves the first, or take both, as in v, err := …"
	}
	if found := givenText.FindStringSubmatch(complaint); found != nil {
		return s.adviceOnText(found[1], found[2], found[3])
	}
	if found := ofTwoKinds.FindStringSubmatch(complaint); found != nil {
		to := found[1]
		if strings.HasPrefix(found[2], "float") {
			to = found[2]
		}
		return fmt.Sprintf("Go converts no numbers by itself: %s(n) makes a %s of n.", to, to)
	}
	if found := numberAs.FindStringSubmatch(complaint); found != nil {
		return fmt.Sprintf("Go converts no numbers by itself: %s(%s).", found[2], found[1])
	}
	if found := fraction.FindStringSubmatch(complaint); found != nil {
		return fmt.Sprintf("A variable set to a number without a point, as in n := 0, is an %s: n := 0.0 makes it a float64.", found[1])
	}
	if found := tooFew.FindStringSubmatch(complaint); found != nil {
		return fmt.Sprintf("Without the names of fields all of them are given, in order; with names, as in %s{X: 1}, some.", found[1])
	}
	return ""
}

// plots are what plotting is called in Python, and what it is here.
var plots = map[string]string{
	"plot": "figure.Lines", "plt": "figure.Lines", "pyplot": "figure.Lines", "matplotlib": "figure.Lines", "sns": "figure.Lines", "seaborn": "figure.Lines",
	"hist": "figure.Histograms",
}

// adviceOnPlot says how a figure is drawn, "" where the name isn't that of a call or a package that draws in Python.
func adviceOnPlot(name string) string {
	kind, ok := plots[name]
	switch {
	case !ok:
		return ""
	case kind == "figure.Lines":
		return `A line is drawn by notebook.Show(figure.Lines{Title: "…", Series: []figure.Series{{Name: "…", Values: xs}}}); type figure. and press Tab to see what else is.`
	}
	return "It is drawn by notebook.Show(" + kind + "{…}): type figure. and press Tab to see what else is."
}

// adviceOnText finds the value that someone names by a text, as Keras does: "relu" for nn.ReLU{}.
func (s *Session) adviceOnText(text, of, wanted string) string {
	path := s.importPath(of, nil)
	if path == "" || s.packages == nil {
		return ""
	}
	p, err := s.packages.Import(path)
	if err != nil {
		return ""
	}
	kind, ok := p.Scope().Lookup(wanted).(*types.TypeName)
	if !ok {
		return ""
	}
	asked, ok := kind.Type().Underlying().(*types.Interface)
	if !ok {
		return ""
	}
	var known []string
	for _, name := range exported(p) {
		if t, ok := p.Scope().Lookup(name).(*types.TypeName); ok && !types.IsInterface(t.Type()) && types.Implements(t.Type(), asked) {
			if strings.EqualFold(name, text) {
				return fmt.Sprintf("It is given as a value, not by its name: %s.%s{}.", of, name)
			}
			known = append(known, of+"."+name+"{}")
		}
	}
	if len(known) == 0 {
		return ""
	}
	return fmt.Sprintf("It is given as a value, not by its name, such as %s.", strings.Join(known[:min(3, len(known))], ", "))
}
