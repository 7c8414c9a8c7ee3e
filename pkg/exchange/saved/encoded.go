package saved

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/text"
	"example.com/unstuck/pkg/training"
)

// Sources are where the model's inputs come from in a file of data, by the names of [ArrayNames].
func Sources(t training.Training) []dataset.Source {
	names, _ := ArrayNames(t)
	if t.Encodings == nil {
		return dataset.Sources(names...)
	}
	all := t.EncodedArrays()
	sources := make([]dataset.Source, len(t.Encodings))
	for i, e := range t.Encodings {
		var of []string
		for _, array := range e.Arrays {
			of = append(of, names[slices.Index(all, array)])
		}
		sources[i] = e.Source(of)
	}
	return sources
}

// NoteLengths notes what is as long as the longest text of all where Keras looks for the longest of each batch.
func NoteLengths(t *training.Training, inputs []dataset.Array) {
	var lengths, names []string
	for i, e := range t.Encodings {
		v, is := e.Layer.(text.TextVectorization)
		if !is || i >= len(inputs) || len(inputs[i].Shape) != 2 {
			continue
		}
		if shape, err := v.RowShape(e.Rows...); err == nil && len(shape) == 1 && shape[0] < 0 {
			lengths, names = append(lengths, fmt.Sprint(inputs[i].Shape[1])), append(names, fmt.Sprintf("%q", e.Name))
		}
	}
	if lengths != nil {
		t.AssumeInstead(training.SequenceLengthSetting, strings.Join(lengths, ", ")+", the most tokens of any row,", "the most of each batch, which "+strings.Join(names, ", ")+" has in Keras without an output_sequence_length")
	}
}

// inFile notes the file that the layers can be loaded from in Keras.
func inFile(encodings []training.Encoding, path string) []training.Encoding {
	if filepath.Ext(path) == ".json" {
		return encodings
	}
	encodings = slices.Clone(encodings)
	for i := range encodings {
		encodings[i].File = filepath.Base(path)
	}
	return encodings
}
