package cell

import (
	"fmt"
	"slices"
	"strings"
)

// tellFleeting has the cell say which of the variables that it uses have lost what an earlier one made of them: without a word
// they would be empty again.
func (a *analysis) tellFleeting() {
	var said strings.Builder
	for _, s := range a.main.Body.List {
		for _, v := range a.variablesOf(s, a.reached(s)) {
			name := v.Name()
			lost, known := a.session.fleeting[name]
			if !known || lost.told || a.isLocal(v) || a.declaresHere(name) || slices.Contains(a.result.Told, name) {
				continue
			}
			if _, anew := a.result.Set[name]; anew {
				continue
			}
			a.result.Told = append(a.result.Told, name)
			fmt.Fprintf(&said, "notebook.Anew(%q, %d, %q); ", name, lost.Cell, lost.Why)
		}
	}
	if said.Len() > 0 {
		stated, at := a.place(a.main.Body.List[0].Pos())
		a.edits = slices.Insert(a.edits, 0, edit{stated, at, at, said.String()})
	}
}
