package training

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"example.com/unstuck/internal/excerpt"
	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/text"
)

// Encoding says how one input of the model comes about where the model of a file takes strings, or looks numbers up: GoMLX
// has no strings, so the layer stands ahead of the Model here, and its numbers are made once, as the data is read.
type Encoding struct {
	Arrays []string   // the inputs of the file's model that it is made of
	Rows   [][]int    // shapes of a row of each, −1 for any length; nil where the file doesn't say
	Types  []string   // what each holds: "string", or one of Keras' number types, of which fractions are cut off; nil or empty: not known
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

// stands reports whether a layer that is known stands ahead of the model.
func (e Encoding) stands() bool {
	_, unread := e.Layer.(text.Unread)
	return e.Layer != nil && !unread
}

func (e Encoding) encode(inputs []dataset.Texts) (dataset.Array, error) {
	for i := range inputs {
		if i < len(e.Rows) {
			inputs[i].Shape = ranked(inputs[i].Shape, e.Rows[i])
			if row := inputs[i].Shape[1:]; !fitsRow(e.Rows[i], row) {
				return dataset.Array{}, fmt.Errorf("the layer %q takes rows of shape %v, the data has rows of shape %v", e.Name, e.Rows[i], row)
			}
		}
		if i < len(e.Types) && e.Types[i] != "" {
			var err error
			if inputs[i], err = typed(inputs[i], e.Types[i]); err != nil {
				return dataset.Array{}, fmt.Errorf("the input %q, for the layer %q: %w", e.Arrays[i], e.Name, err)
			}
		}
	}
	return e.Layer.Encode(inputs...)
}

// typed are texts of that type.
func typed(t dataset.Texts, kind string) (dataset.Texts, error) {
	switch {
	case kind == "string" && t.Numbers:
		return t, errors.New("the data has numbers where strings are needed: write them with .astype(str)")
	case kind == "string" || t.Numbers:
		return t, nil
	}
	whole := dataset.Texts{Shape: t.Shape, Values: make([]string, len(t.Values)), Numbers: true}
	for i, s := range t.Values {
		n, err := strconv.ParseInt(s, 10, 64)
		if err != nil {
			var x float64
			if x, err = strconv.ParseFloat(s, 64); err != nil || !(math.Abs(x) < 1<<63) {
				return t, fmt.Errorf("row %d has %q where a number is needed", i/t.RowSize()+1, excerpt.Of(s, 40))
			}
			n = int64(x)
		}
		whole.Values[i] = strconv.FormatInt(n, 10)
	}
	return whole, nil
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

// EncodingText says in a sentence which layers of the file's model stand ahead of the Model; empty: none.
func (t Training) EncodingText() string {
	var names []string
	for _, e := range t.Encodings {
		if e.stands() && !slices.Contains(names, fmt.Sprintf("%q", e.Name)) {
			names = append(names, fmt.Sprintf("%q", e.Name))
		}
	}
	switch len(names) {
	case 0:
		return ""
	case 1:
		return fmt.Sprintf("What the layer %s makes of the data is made once, ahead of the training: the model begins behind it, and its inputs are those numbers.", names[0])
	}
	return fmt.Sprintf("What the layers %s make of the data is made once, ahead of the training: the model begins behind them, and its inputs are those numbers.", strings.Join(names, ", "))
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
			switch j := slices.Index(e.Arrays, all[i]); {
			case j < 0:
			case e.Layer == nil:
				kind = fmt.Sprintf("rows × %v", t.Data.Inputs()[at].Shape[1:])
			case j < len(e.Types) && e.Types[j] != "" && e.Types[j] != "string":
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
		if e.stands() && i < len(t.Data.Inputs()) {
			f(i, e, t.Data.Inputs()[i].Shape[1:])
		}
	}
}

// ahead is the remark on a line that makes an encoded input.
func (e Encoding) ahead(rows []int) string {
	return fmt.Sprintf("rows × %v: the layer %q stands ahead of the model, which takes numbers", rows, e.Name)
}

// goEncodings make the encoded inputs in Go.
func (t Training) goEncodings() (lines []string) {
	t.eachEncoded(func(at int, e Encoding, rows []int) {
		make := func(field string, of []string) {
			lines = append(lines, fmt.Sprintf("%s, err = described.Encodings[%d].Layer.Encode(%s) // %s", field, at, strings.Join(of, ", "), e.ahead(rows)))
		}
		make(inputField(at), t.rawOf(e))
		if t.Validation.Rows() > 0 {
			make(validationField(inputField(at)), validationNames(t.rawOf(e)))
		}
	})
	if len(lines) == 0 {
		return nil
	}
	described := "described := yours // as package keras has read it"
	if file := t.Encodings[0].File; file != "" {
		described = fmt.Sprintf("described, err := keras.ReadModel(%q)", file)
	}
	return append([]string{described}, lines...)
}

// kerasEncodings make the encoded inputs in Keras.
func (t Training) kerasEncodings() (lines []string) {
	t.eachEncoded(func(at int, e Encoding, rows []int) {
		layer := e.Layer.KerasCode()
		if e.File != "" {
			if len(lines) == 0 {
				lines = append(lines, fmt.Sprintf("described = keras.models.load_model(%q)", e.File))
			}
			layer = fmt.Sprintf("described.get_layer(%q)", e.Name)
		}
		make := func(to string, of []string) {
			lines = append(lines, fmt.Sprintf("%s = np.asarray(%s(%s))  # %s", to, layer, pythonList(of), e.ahead(rows)))
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
		lines = append(lines, fmt.Sprintf("# %s is what Keras' layer %q%s makes of the data, %s.", t.inputNames()[at], e.Name, of, e.Layer.KerasCode()))
	})
	if len(lines) == 0 {
		return nil
	}
	return append(lines, "# PyTorch has no layer that takes strings or looks numbers up: such numbers are made in the dataset, as here, once; nn.Embedding takes indices.")
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
