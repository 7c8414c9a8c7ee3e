package loop

import "fmt"

// How rows and targets come apart in a program whose recorded inputs tell nothing of the targets.
const (
	orderAlone  = "order alone"
	twoLoaders  = "two loaders"
	rowsDropped = "rows dropped"
)

// parted are the places where the program itself takes rows and targets apart, and what it does there: one array is put in another order alone, each
// comes from a loader with an order of its own, or one has lost rows. Read where x tells nothing of y, they say why; by themselves they prove nothing.
func (r *Recording) parted() (at []*Place, says, way string) {
	if r.Source == nil {
		return nil, "", ""
	}
	for _, kind := range []struct {
		name, way string
		says      func(names []string) string // empty: these names say nothing
	}{
		{"alone", orderAlone, func(names []string) string {
			if len(names) != 1 {
				return ""
			}
			return fmt.Sprintf("the program puts %s in another order, and nothing else in the same one", names[0])
		}},
		{"apart", twoLoaders, func(names []string) string {
			if len(names) != 2 {
				return ""
			}
			return fmt.Sprintf("the program takes %s and %s from two loaders, of which one at least shuffles, each on its own: one loader of both keeps a row and its target together", names[0], names[1])
		}},
		{"dropped", rowsDropped, func(names []string) string {
			if len(names) != 1 {
				return ""
			}
			return fmt.Sprintf("the program drops rows of %s, and not the same ones of what belongs to them: drop them from both, by one mask or index", names[0])
		}},
	} {
		at = apart(where(r.Source.of(kind.name), func(p *Place) bool { return kind.says(p.Names) != "" }))
		if len(at) > 0 {
			return at, kind.says(at[0].Names), kind.way
		}
	}
	return nil, "", ""
}
