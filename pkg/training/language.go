package training

// Language is what code is printed in.
type Language string

// The languages, with Go's own library, Keras and PyTorch.
const (
	Go      Language = "go"
	Keras   Language = "keras"
	PyTorch Language = "torch"
)

// AllLanguages are those that code can be printed in.
func AllLanguages() []Language { return []Language{Go, Keras, PyTorch} }

// Name is what people call it.
func (l Language) Name() string {
	return map[Language]string{Go: "Go", Keras: "Keras", PyTorch: "PyTorch"}[l]
}

// Languages are those that the training's owner reads: PyTorch alone for one of PyTorch's, all for others.
func (t Training) Languages() []Language {
	if t.OfTorch() {
		return []Language{PyTorch}
	}
	return AllLanguages()
}

// In is the difference in one language; empty where it has nothing like it.
func (d Difference) In(l Language) string {
	return map[Language]string{Go: d.Go, Keras: d.Keras, PyTorch: d.Torch}[l]
}
