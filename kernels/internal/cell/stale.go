package cell

import "slices"

// stale removes what is made again from something that this cell sets otherwise: it would be another value without a word.
func (a *analysis) stale() {
	changed := a.changed
	for name, value := range a.result.Set {
		if before, known := a.session.values[name]; known && value.Lost == "" && (before.Text != value.Text || value.Carried) {
			changed[name] = true
		}
	}
	for again := true; again; {
		again = false
		for name, value := range a.result.Set { // the same words are another value where what they are made from is
			if !changed[name] && value.Lost == "" && slices.ContainsFunc(value.From, func(from string) bool { return changed[from] }) {
				changed[name], again = true, true
			}
		}
		for name, value := range a.session.values {
			if _, anew := a.result.Set[name]; anew || changed[name] || value.Lost != "" {
				continue
			}
			for _, from := range value.From {
				if changed[from] {
					changed[name], again = true, true
					a.remove(name)
					a.result.Set[name] = Value{Lost: "it is made from " + from + ", which has been set anew since: run the cell that sets " + name + " again"}
					break
				}
			}
		}
	}
}

func (a *analysis) remove(name string) { a.result.Removed = append(a.result.Removed, name) }
