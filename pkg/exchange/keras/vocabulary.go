package keras

import (
	"encoding/json"
	"errors"
	"strings"
	"unicode/utf8"
)

// vocabulary reads the entries of a lookup, from its settings or else the file's assets.
func (o *object) vocabulary(group string) []string {
	switch v := o.get("vocabulary").(type) {
	case nil:
		return o.vocabularyFile(group)
	case string:
		o.problem("vocabulary", "is a path, %s: a file outside of the model isn't read; give the layer the list", show(v))
		return nil
	}
	list, ok := arrayOf(o.get("vocabulary"))
	if !ok {
		o.problem("vocabulary", "%s is not a list", show(o.get("vocabulary")))
		return nil
	}
	all := make([]string, 0, len(list))
	for _, v := range list {
		switch v := v.(type) {
		case string:
			all = append(all, v)
		case json.Number:
			all = append(all, string(v))
		default:
			o.problem("vocabulary", "%s is neither a string nor a number", show(v))
			return nil
		}
	}
	return all
}

// vocabularyFile is what an adapted layer has in the file's assets.
func (o *object) vocabularyFile(group string) []string {
	const missing = "is not in the file, and without it no string has a number: "
	if o.archive == nil {
		o.problem("vocabulary", missing+"save the model with model.save(\"model.keras\"), which keeps what adapt has found, or give the layer the list")
		return nil
	}
	data, err := part(o.archive.Reader, "assets/"+group+"/vocabulary.txt", MaxVocabulary)
	switch {
	case errors.Is(err, errNoPart):
		o.problem("vocabulary", missing+"call adapt, or give the layer the list, before the model is saved")
		return nil
	case err != nil:
		o.problem("vocabulary", "%v", err)
		return nil
	}
	lines := pythonLines(string(data))
	if len(lines) > maxEntries {
		o.problem("vocabulary", "has more than %d entries", maxEntries)
		return nil
	}
	for len(lines) > 0 && lines[len(lines)-1] == "" {
		lines = lines[:len(lines)-1]
	}
	if len(lines) == 0 {
		o.problem("vocabulary", missing+"the layer was saved before adapt was called")
	}
	return lines
}

// maxEntries bounds the entries of a vocabulary.
const maxEntries = 1 << 22

// pythonLines splits at whatever Python's splitlines takes for the end of a line, as Keras does.
func pythonLines(text string) []string {
	text = strings.ReplaceAll(text, "\r\n", "\n")
	var lines []string
	for len(text) > 0 && len(lines) <= maxEntries {
		end := strings.IndexAny(text, "\n\r\v\f\x1c\x1d\x1e\u0085\u2028\u2029")
		if end < 0 {
			return append(lines, text)
		}
		_, size := utf8.DecodeRuneInString(text[end:])
		lines, text = append(lines, text[:end]), text[end+size:]
	}
	return lines
}

// idfWeights reads the weights of a lookup that has some, from its settings or else the file's weights.
func (o *object) idfWeights(mode, group string) []float64 {
	if o.get("idf_weights") != nil {
		return source{o}.Numbers("idf_weights", false)
	}
	if mode != "tf_idf" {
		return nil
	}
	if o.archive == nil {
		o.problem("idf_weights", "are not in the file: save the model with model.save(\"model.keras\")")
		return nil
	}
	var values []float32
	file, err := o.archive.weights()
	if err == nil {
		_, values, err = file.Float32s(group + "/vars/idf_weights")
	}
	if err != nil {
		o.problem("idf_weights", "can't be read: %v", err)
	}
	wide := make([]float64, len(values))
	for i, v := range values {
		wide[i] = float64(v)
	}
	return wide
}
