package figure

import (
	"slices"
	"strings"
)

// fate is what a note tells of one layer.
type fate struct{ who, what string }

// mostFates keeps a note from taking the room of the picture.
const mostFates = 4

// tell writes one sentence for each different fate, in the order of first
// appearance. Of more than three layers that share it the first two are named.
func tell(fates []fate) []string {
	var notes []string
	for i, f := range fates {
		if slices.ContainsFunc(fates[:i], func(other fate) bool { return other.what == f.what }) {
			continue
		}
		var names []string
		for _, other := range fates[i:] {
			if other.what == f.what {
				names = append(names, other.who)
			}
		}
		who := strings.Join(names, ", ")
		if len(names) > 3 {
			who = strings.Join(names[:2], ", ") + " and " + plural(len(names)-2, "other layer")
		}
		notes = append(notes, who+": "+f.what+".")
	}
	if more := len(notes) - mostFates; more > 0 {
		notes = append(notes[:mostFates], "And so on for "+plural(more, "more layer")+".")
	}
	return notes
}
