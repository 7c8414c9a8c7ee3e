package nn

// Leaf is one layer of a model that isn't a wrapping of others: [Frozen], [Renamed] and nested [Sequential] are
// looked into.
type Leaf struct {
	At    int    // place among the model's leaves, counted from 0 in the order in which they are applied
	Name  string // in the Sequential that it stands in; empty where names can't be given
	Layer Layer
}

// Edit is what becomes of a leaf. The wrapping of the leaf stays around Layer; Before and Behind get none.
type Edit struct {
	Before []Layer
	Layer  Layer // nil: dropped
	Behind []Layer
}

// MapLeaves returns a copy of net in which f has edited every leaf. What wraps leaves is kept, so that weights keep
// their paths; a wrapping whose leaf is dropped goes with it. A nil layer is passed to f as it is.
func MapLeaves(net Sequential, f func(Leaf) Edit) Sequential {
	at := 0
	return mapSequential(net, &at, f)
}

// Leaves lists the leaves of net.
func Leaves(net Sequential) []Leaf {
	var all []Leaf
	MapLeaves(net, func(l Leaf) Edit {
		all = append(all, l)
		return Edit{Layer: l.Layer}
	})
	return all
}

// OutputAt is the place among the leaves of the layer that makes the model's outputs: the last one that isn't an
// activation, a normalization, a dropout, a pooling or a change of shape. What stands behind it works on the
// outputs. −1: there is none.
func OutputAt(net Sequential) int {
	output := -1
	for _, l := range Leaves(net) {
		switch l.Layer.(type) {
		case nil, Activation, PReLU, Dropout, Flatten, Reshape, GlobalAveragePooling1D, BatchNormalization, LayerNormalization:
		default:
			output = l.At
		}
	}
	return output
}

func mapSequential(net Sequential, at *int, f func(Leaf) Edit) Sequential {
	names, err := net.Names()
	if err != nil {
		names = make([]string, len(net))
	}
	out := make(Sequential, 0, len(net))
	for i, l := range net {
		e := mapWrapped(names[i], l, at, f)
		out = append(out, e.Before...)
		if e.Layer != nil {
			out = append(out, e.Layer)
		}
		out = append(out, e.Behind...)
	}
	return out
}

func mapWrapped(name string, l Layer, at *int, f func(Leaf) Edit) Edit {
	switch w := l.(type) {
	case Sequential:
		return Edit{Layer: mapSequential(w, at, f)}
	case Frozen:
		e := mapWrapped(name, w.Layer, at, f)
		if e.Layer != nil {
			e.Layer = Frozen{Layer: e.Layer}
		}
		return e
	case Renamed:
		e := mapWrapped(name, w.Layer, at, f)
		if e.Layer != nil {
			e.Layer = Renamed{Name: w.Name, Layer: e.Layer}
		}
		return e
	}
	leaf := Leaf{At: *at, Name: name, Layer: l}
	*at++
	return f(leaf)
}
