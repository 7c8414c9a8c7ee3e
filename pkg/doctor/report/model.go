package report

import (
	"reflect"
	"strings"

	"example.com/unstuck/pkg/doctor"
	"example.com/unstuck/pkg/figure"
	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/nn/nnfigure"
)

// Model is the picture of the training's model: layers with shapes and parameters. Marked are those that the findings' evidence names and
// those that the treatment changes. False where it can't be drawn: of a function its layers aren't known, nor all of a model that wasn't
// read whole.
func Model(r *doctor.Report) (figure.Diagram, bool) {
	if r.Training.Model == nil || len(r.Training.Data.X.Shape) == 0 {
		return figure.Diagram{}, false
	}
	if _, unread := nn.FirstUnread(r.Training.Model); unread {
		return figure.Diagram{}, false
	}
	var inputs [][]int
	if _, ok := nn.Bare(r.Training.Model).(nn.Graph); !ok || len(r.Unread) == 0 {
		inputs = r.Training.RowShapes()
	}
	d, err := nnfigure.Diagram(r.Training.Model, inputs...)
	if err != nil {
		return figure.Diagram{}, false
	}
	marks := suspects(r)
	for i, b := range d.Boxes {
		if word := marks[b.Name]; word != "" && !b.End {
			d.Boxes[i].Marked = true
			d.Boxes[i].Notes = append(b.Notes[:len(b.Notes):len(b.Notes)], word)
		}
	}
	return d, true
}

// suspects are layers by name, each with why it is marked.
func suspects(r *doctor.Report) map[string]string {
	marks := map[string]string{}
	for _, p := range places(r.Training.Model) {
		name := r.Training.LayerName(p.Name)
		for _, f := range r.Findings {
			for _, s := range f.Symptoms {
				if !s.Usual && names(s.Text, name) {
					marks[p.Name] = string(f.Cause)
				}
			}
		}
	}
	if r.Treated == nil {
		return marks
	}
	treated := map[string]nn.Place{}
	for _, p := range places(r.Treated.Training.Model) {
		treated[p.Path] = p
	}
	for _, p := range places(r.Training.Model) {
		if after, found := treated[p.Path]; marks[p.Name] == "" && (!found || p.Frozen != after.Frozen || !reflect.DeepEqual(p.Layer, after.Layer)) {
			marks[p.Name] = "to be changed"
		}
	}
	return marks
}

func places(model nn.Layer) (all []nn.Place) {
	// A walk ends early where names clash, and then the rest stays unmarked.
	_ = nn.Walk(model, func(p nn.Place) bool { all = append(all, p); return true })
	return all
}

// names reports whether a text names a layer: the whole of it, between other signs than those of names.
func names(text, layer string) bool {
	if layer == "" {
		return false
	}
	for rest := text; ; {
		before, after, found := strings.Cut(rest, layer)
		if !found {
			return false
		}
		if !strings.ContainsAny(lastOf(before)+firstOf(after), "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") {
			return true
		}
		rest = after
	}
}

func lastOf(s string) string { return s[max(0, len(s)-1):] }

func firstOf(s string) string { return s[:min(1, len(s))] }
