package doctor

import (
	"fmt"
	"strings"
)

// String is the verdict, and for each finding what to change, in the report's languages, and why. Package report lays it out, with all that was
// measured and tried.
func (r *Report) String() string {
	var b strings.Builder
	b.WriteString(r.Verdict())
	for i, f := range r.Findings {
		fmt.Fprintf(&b, "\n%d. %s: %s\n", i+1, f.Cause, f.Treatment.Text)
		for _, c := range f.Treatment.Code(r.PrintedIn()...) {
			fmt.Fprintf(&b, "   %s: %s\n", c.Language.Name(), strings.ReplaceAll(c.Text, "\n", "\n   "))
		}
		b.WriteString("   " + f.Evidence())
	}
	return b.String()
}
