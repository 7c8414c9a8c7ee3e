package training

import (
	"fmt"
	"slices"
	"strings"

	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/text"
)

// Encoding says how one input of the model comes about where the model of a file takes strings, or looks numbers up: GoMLX
// has no strings, so the layer stands ahead of the Model here, and its numbers are made once, as the data is read.
type Encoding struct {
	Arrays []string   // the inputs of the file's model that it is made of
	Rows   [][]int    // shapes of a row of each, −1 for any length; nil where the file doesn't say
	Layer  text.Layer // nil: the only array goes in as it is
	Name   string     // of the layer in the file
	File   string     // "model.keras", which Keras can load; empty: there is none
}

// Source reads the input from an array of each of these names.
func (e Encoding) Source(names []string) dataset.Source {
	if e.Layer == nil {
		return dataset.Source{Arrays: names}
	}
	return dataset.Source{Arrays: names, Encode: e.encode}
}

func (e Encoding) encode(inputs []dataset.Texts) (dataset.Array, error) {
	for i := range inputs {
		if i < len(e.Rows) {
			inputs[i].Shape = ranked(inputs[i].Shape, e.Rows[i])
		}
		if i < len(e.Rows) && !fitsRow(e.Rows[i], inputs[i].Shape[1:]) {
			return dataset.Array{}, fmt.Errorf("%s takes rows of shape %v, the data has rows of shape %v", e.Name, e.Rows[i], inputs[i].Shape[1:])
		}
	}
	return e.Layer.Encode(inputs...)
}

// ranked adds or takes away a last axis of size 1 where the model's rows have one less or more, as Keras does.
func ranked(shape, row []int) []int {
	switch {
	case row == nil:
	case len(shape) == len(row) && (row[len(row)-1] == 1 || row[len(row)-1] < 0):
		return append(slices.Clone(shape), 1)
	case len(shape) == len(row)+2 && shape[len(shape)-1] == 1:
		return slices.Clone(shape[:len(shape)-1])
	}
	return shape
}

func fitsRow(want, row []int) bool {
	return want == nil || slices.EqualFunc(want, row, func(w, n int) bool { return w < 0 || w == n })
}

// EncodedArrays are the names of the arrays that the inputs are made of, in their order and each once; those of the inputs
// where none is encoded.
func (t Training) EncodedArrays() []string {
	if t.Encodings == nil {
		return nn.InputNames(t.Model)
	}
	var names []string
	for _, e := range t.Encodings {
		for _, name := range e.Arrays {
			if !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	return names
}

// rawNames are the names in Python of the arrays as they are before any is encoded.
func (t Training) rawNames() []string {
	if names := t.EncodedArrays(); len(names) > 1 {
		return nn.PythonNames(names, "x_")
	}
	return []string{"x"}
}

// rawOf are the names in Python of the arrays that an input is made of.
func (t Training) rawOf(e Encoding) []string {
	all, names := t.EncodedArrays(), t.rawNames()
	var of []string
	for _, name := range e.Arrays {
		of = append(of, names[slices.Index(all, name)])
	}
	return of
}

// rawShapes says what the arrays are like before any is encoded.
func (t Training) rawShapes() string {
	shapes := strings.Split(t.shapes(), ", ")[len(t.Data.Inputs()):] // of the targets
	all, names := t.EncodedArrays(), t.rawNames()
	var raw []string
	for i, name := range names {
		kind := "strings"
		for at, e := range t.Encodings {
			switch _, whole := e.Layer.(text.IntegerLookup); {
			case !slices.Contains(e.Arrays, all[i]):
			case e.Layer == nil:
				kind = fmt.Sprintf("rows × %v", t.Data.Inputs()[at].Shape[1:])
			case whole:
				kind = "whole numbers"
			}
		}
		raw = append(raw, name+": "+kind)
	}
	return strings.Join(append(raw, shapes...), ", ")
}

// eachEncoded goes through the inputs that are encoded.
func (t Training) eachEncoded(f func(at int, e Encoding, rows []int)) {
	for i, e := range t.Encodings {
		if e.Layer != nil && i < len(t.Data.Inputs()) {
			f(i, e, t.Data.Inputs()[i].Shape[1:])
		}
	}
}

// goEncodings make the encoded inputs in Go.
func (t Training) goEncodings() (lines []string) {
	t.eachEncoded(func(at int, e Encoding, rows []int) {
		from := ""
		if e.File != "" {
			from = fmt.Sprintf(" of keras.ReadModel(%q)", e.File)
		}
		lines = append(lines, fmt.Sprintf("%s, err = described.Encodings[%d].Layer.Encode(%s) // rows × %v: the layer %q%s stands ahead of the model, which takes numbers",
			inputField(at), at, strings.Join(t.rawOf(e), ", "), rows, e.Name, from))
	})
	return lines
}

// kerasEncodings make the encoded inputs in Keras.
func (t Training) kerasEncodings() (lines []string) {
	t.eachEncoded(func(at int, e Encoding, rows []int) {
		layer := e.Layer.KerasCode()
		if e.File != "" {
			layer = fmt.Sprintf("keras.models.load_model(%q).get_layer(%q)", e.File, e.Name)
		}
		remark := fmt.Sprintf("  # rows × %v: the layer %q stands ahead of the model here, which takes numbers", rows, e.Name)
		make := func(to string, of []string) {
			lines = append(lines, fmt.Sprintf("%s = np.asarray(%s(%s))%s", to, layer, pythonList(of), remark))
		}
		to, of := t.inputNames()[at], t.rawOf(e)
		make(to, of)
		if t.Validation.Rows() > 0 {
			make(validationName(to), validationNames(of))
		}
	})
	return lines
}

// torchEncodings say where the encoded inputs come from, for which PyTorch has nothing.
func (t Training) torchEncodings() (lines []string) {
	t.eachEncoded(func(at int, e Encoding, _ []int) {
		of := ""
		if e.File != "" {
			of = " in " + e.File
		}
		lines = append(lines, fmt.Sprintf("# PyTorch has no layer that takes strings or looks numbers up: %s is what Keras' layer %q%s makes of the data.", t.inputNames()[at], e.Name, of),
			"# Make it in the dataset, as here ahead of the training; nn.Embedding takes such numbers.")
	})
	return lines
}

// allRawNames are allNames of the arrays before any is encoded.
func (t Training) allRawNames() []string {
	of := func(d dataset.Data) []string {
		return slices.Concat(t.rawNames(), t.namesOf(d)[len(t.inputNames()):])
	}
	names := of(t.Data)
	if t.Validation.Rows() > 0 {
		names = append(names, validationNames(of(t.Validation))...)
	}
	return names
}
