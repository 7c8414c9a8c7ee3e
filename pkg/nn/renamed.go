package nn

// Renamed gives a layer a name, for those that have no Name of their own: activations, a nested Sequential, a Func.
type Renamed struct {
	Name string
	Layer
}

// Kind is the layer's.
func (r Renamed) Kind() string { return kindOf(r.Layer) }

// LayerName is Name, and the layer's own where that is empty.
func (r Renamed) LayerName() string {
	if r.Name == "" {
		return nameOf(r.Layer)
	}
	return r.Name
}
