package training

// Plain is the training without what it remembers of how its data were prepared, of which only the text of treatments depends: what
// is left in it are exported fields, for one who writes it down or sends it.
func (t Training) Plain() Training {
	t.prepared = nil
	return t
}
