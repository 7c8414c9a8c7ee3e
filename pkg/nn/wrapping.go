package nn

import (
	"slices"
	"strings"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"
)

// partNamed is the name of a layer inside of another: its own, or its kind's.
func partNamed(l Layer) string {
	if name := nameOf(l); name != "" {
		return name
	}
	return kindOf(l)
}

// changedPart is what became of a layer inside of another, nil when nothing is left.
func changedPart(c Change) Layer {
	if len(c.Before)+len(c.Behind) == 0 {
		return c.Layer
	}
	all := Sequential(slices.Clone(c.Before))
	if c.Layer != nil {
		all = append(all, c.Layer)
	}
	return append(all, c.Behind...)
}

// reversedLayer is the layer going through time the other way, under its name with another prefix.
func reversedLayer(l Layer) Layer {
	name := "backward_" + strings.TrimPrefix(strings.TrimPrefix(partNamed(l), "forward_"), "backward_")
	l = withBackwards(l)
	if HasSetting(l, "Name") {
		return with(l, "Name", name)
	}
	return Renamed{name, l}
}

func withBackwards(l Layer) Layer {
	switch l := l.(type) {
	case Wrapper:
		return l.Wrap(withBackwards(l.Unwrap()))
	case Sequential:
		if len(l) == 0 {
			return l
		}
		l = slices.Clone(l)
		l[0] = withBackwards(l[0])
		return l
	}
	return with(l, "GoBackwards", !goesBackwards(l))
}

// goesBackwards reports whether a recurrent layer, or the first of a Sequential, starts at the end.
func goesBackwards(l Layer) bool {
	l = Bare(l)
	if s, ok := l.(Sequential); ok && len(s) > 0 {
		return goesBackwards(s[0])
	}
	r, ok := l.(carries)
	return ok && r.shared().goBackwards
}

// mixesRowsWithin is [MixesRows] for all layers inside of one.
func mixesRowsWithin(l Layer) bool {
	return slices.ContainsFunc(Leaves(l), func(p Place) bool { return MixesRows(p.Layer) })
}

// applyPart applies a layer inside of another under its name.
func applyPart(l Layer, scope *model.Scope, x *graph.Node) []*graph.Node {
	name := partNamed(l)
	return applyNamed(name, l, scope.At("%s", name), []*graph.Node{x})
}
