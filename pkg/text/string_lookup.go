package text

import (
	"example.com/unstuck/pkg/dataset"
)

// StringLookup numbers strings by their place in a vocabulary, as Keras' StringLookup: first comes the mask, where there is
// one and OutputMode is "int", then OOVIndices numbers for strings that aren't in the vocabulary, then the vocabulary.
//
// Shapes: strings [rows, …] → the same; with "one_hot" [rows, …, numbers], where a last axis of size 1 is taken away first;
// with "multi_hot", "count" and "tf_idf" [rows, n] → [rows, numbers].
type StringLookup struct {
	Name       string
	Vocabulary []string // in order, none twice; may begin with the mask and OOVToken, which then count as those; at least one
	OOVIndices int      // Keras' num_oov_indices. 0: 1, Keras' default; −1: none, and an unknown string is an error
	OOVToken   string   // how Vocabulary calls unknown strings; empty: "[UNK]"
	MaskToken  string   // stands for no string, where HasMask: number 0 with "int", and counted nowhere else
	HasMask    bool
	OutputMode string // "int", "one_hot", "multi_hot", "count" or "tf_idf"; empty: "int"

	MaxTokens      int       // the most numbers there may be; 0: any
	PadToMaxTokens bool      // makes vectors as long as MaxTokens; has no meaning for "int"
	IDFWeights     []float64 // of "tf_idf": one for each of Vocabulary, or for each number
	Salt           []uint64  // two: unknown strings are told apart by SipHash with this key; nil: by FarmHash64
}

func (s StringLookup) lookup() lookup {
	l := lookup{
		label: label("StringLookup", s.Name), vocabulary: s.Vocabulary, oov: s.OOVIndices, oovToken: s.OOVToken, mask: s.MaskToken, masked: s.HasMask,
		mode: or(s.OutputMode, asIndex), maxTokens: s.MaxTokens, idf: s.IDFWeights,
		salt: s.Salt, bucket: func(text string, n int) int { return bucketOf(text, n, s.Salt) },
	}
	l.padded = s.PadToMaxTokens && l.mode != asIndex
	if l.oovToken == "" {
		l.oovToken = "[UNK]"
	}
	return l
}

// Encode implements [Layer].
func (s StringLookup) Encode(inputs ...dataset.Texts) (dataset.Array, error) {
	l := s.lookup()
	t, err := alone(l.label, inputs)
	if err != nil {
		return dataset.Array{}, err
	}
	if t.Numbers {
		return dataset.Array{}, errorOf(l.label, errNoStrings)
	}
	return l.encode(t)
}

// encode looks strings up.
func (l lookup) encode(t dataset.Texts) (dataset.Array, error) {
	found, err := l.table()
	if err != nil {
		return dataset.Array{}, err
	}
	e, err := l.encoder()
	if err != nil {
		return dataset.Array{}, err
	}
	return e.dense(t, found.find)
}

// RowShape implements [Layer].
func (s StringLookup) RowShape(inputs ...[]int) ([]int, error) {
	return s.lookup().rowShape(inputs)
}

func (l lookup) rowShape(inputs [][]int) ([]int, error) {
	if err := oneShape(l.label, inputs); err != nil {
		return nil, err
	}
	if err := l.check(); err != nil {
		return nil, err
	}
	return hotShape(l.label, l.mode, inputs[0], l.size())
}

// KerasCode implements [Layer].
func (s StringLookup) KerasCode() string {
	c := call("StringLookup", s.Name)
	c.lookup(s.lookup(), "[UNK]", pythonText)
	c.salt(s.Salt)
	return c.String()
}
