package text

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"example.com/unstuck/pkg/dataset"
)

// TextVectorization cuts texts into tokens and numbers these by their place in a vocabulary, as Keras' TextVectorization: 0
// stands for nothing, behind the last token, 1 for tokens that aren't in the vocabulary. With other modes than "int" there is
// no 0, and unknown tokens have the first place.
//
// Shapes: texts [rows] or [rows, 1] → [rows, OutputSequenceLength], or as many as the longest text has tokens; with
// "multi_hot", "count" and "tf_idf" [rows, numbers]. With Split "none" [rows, n] is taken, too, of n tokens a row.
type TextVectorization struct {
	Name       string
	Vocabulary []string // in order, none twice; may begin with "" (with "int") and "[UNK]"; at least one
	OutputMode string   // "int", "one_hot" (with Split "none"), "multi_hot", "count" or "tf_idf"; empty: "int"
	// Standardize is what happens to texts first: "lower", "strip_punctuation", both ("lower_and_strip_punctuation"), or
	// "none". Empty: both. Only letters of ASCII have a lower case here, as in Keras.
	Standardize string
	Split       string // "whitespace", of ASCII, "character" or "none"; empty: "whitespace"
	// NGrams are the numbers of tokens, one behind the other with blanks between, that count as one token; nil: 1.
	NGrams []int
	// OutputSequenceLength is how many numbers a row has with "int": what is longer is cut, what is shorter ends with 0. 0:
	// as many as the longest text gives, where Keras looks for the longest of each batch.
	OutputSequenceLength int

	MaxTokens      int       // the most numbers there may be; 0: any
	PadToMaxTokens bool      // makes vectors as long as MaxTokens; has no meaning for "int"
	IDFWeights     []float64 // of "tf_idf": one for each of Vocabulary, or for each number
}

func (v TextVectorization) lookup() lookup {
	l := StringLookup{
		Vocabulary: v.Vocabulary, HasMask: true, OutputMode: v.OutputMode, MaxTokens: v.MaxTokens, PadToMaxTokens: v.PadToMaxTokens, IDFWeights: v.IDFWeights,
	}.lookup()
	l.label = label("TextVectorization", v.Name)
	return l
}

// Encode implements [Layer].
func (v TextVectorization) Encode(inputs ...dataset.Texts) (dataset.Array, error) {
	l := v.lookup()
	t, err := alone(l.label, inputs)
	if err != nil {
		return dataset.Array{}, err
	}
	if t.Numbers {
		return dataset.Array{}, errorOf(l.label, errNoStrings)
	}
	if _, err := v.RowShape(t.Shape[1:]); err != nil {
		return dataset.Array{}, err
	}
	found, err := l.table()
	if err != nil {
		return dataset.Array{}, err
	}
	e, err := l.encoder()
	if err != nil {
		return dataset.Array{}, err
	}
	if l.mode == asIndex {
		return v.padded(e, t, found)
	}
	if l.mode == asOneHot {
		return e.dense(v.standardized(t), found.find)
	}
	a, err := e.array(t.Rows(), []int{e.size})
	if err != nil {
		return a, err
	}
	for row := range t.Rows() {
		tokens, err := v.tokens(t.Row(row))
		if err != nil {
			return a, fmt.Errorf("%s: row %d: %w", l.label, row+1, err)
		}
		for _, token := range tokens {
			n, err := found.find(row, token)
			if err != nil {
				return a, err
			}
			if n != dropped {
				e.count(a.Row(row), n)
			}
		}
	}
	e.weigh(a)
	return a, nil
}

// padded are the numbers of the tokens, cut or filled up to one length.
func (v TextVectorization) padded(e encoder, t dataset.Texts, found table) (dataset.Array, error) {
	rows, width := make([][]int32, t.Rows()), v.OutputSequenceLength
	for row := range rows {
		tokens, err := v.tokens(t.Row(row))
		if err != nil {
			return dataset.Array{}, fmt.Errorf("%s: row %d: %w", e.label, row+1, err)
		}
		if v.OutputSequenceLength > 0 && len(tokens) > v.OutputSequenceLength {
			tokens = tokens[:v.OutputSequenceLength]
		}
		if width = max(width, len(tokens)); width > maxValues/len(rows) {
			return e.array(len(rows), []int{width}) // which is too large
		}
		rows[row] = make([]int32, len(tokens))
		for i, token := range tokens {
			n, err := found.find(row, token)
			if err != nil {
				return dataset.Array{}, err
			}
			rows[row][i] = int32(n)
		}
	}
	if width == 0 {
		return dataset.Array{}, fmt.Errorf("%s: there is no token in any text: %w", e.label, dataset.ErrShape)
	}
	a, err := e.array(len(rows), []int{width})
	if err != nil {
		return a, err
	}
	for i, numbers := range rows {
		row := a.Row(i)
		for j, n := range numbers {
			row[j] = float32(n)
		}
	}
	return a, nil
}

// standardized are strings that count as tokens as they are, standardized.
func (v TextVectorization) standardized(t dataset.Texts) dataset.Texts {
	values := make([]string, len(t.Values))
	for i, s := range t.Values {
		values[i] = v.standardize(s)
	}
	return dataset.Texts{Shape: t.Shape, Values: values}
}

// RowShape implements [Layer].
func (v TextVectorization) RowShape(inputs ...[]int) ([]int, error) {
	l := v.lookup()
	if err := oneShape(l.label, inputs); err != nil {
		return nil, err
	}
	if err := errors.Join(l.check(), v.check(l)); err != nil {
		return nil, err
	}
	row := inputs[0]
	if v.split() != "none" {
		if len(row) > 1 || len(row) == 1 && row[0] > 1 {
			return nil, fmt.Errorf("%s takes one text a row, Input(shape=(1,)), not rows of shape %v", l.label, row)
		}
		row = []int{-1}
	} else if len(row) != 1 {
		return nil, fmt.Errorf("%s with split=None takes tokens in one axis, Input(shape=(n,)), not rows of shape %v", l.label, row)
	}
	if l.mode != asIndex {
		return hotShape(l.label, l.mode, row, l.size())
	}
	if v.OutputSequenceLength > 0 {
		return []int{v.OutputSequenceLength}, nil
	}
	return []int{-1}, nil
}

// check refuses settings that make no sense.
func (v TextVectorization) check(l lookup) error {
	switch {
	case !slices.Contains([]string{"", "lower", "strip_punctuation", "lower_and_strip_punctuation", "none"}, v.Standardize):
		return fmt.Errorf("%s: there is no standardize=%q", l.label, v.Standardize)
	case !slices.Contains([]string{"whitespace", "character", "none"}, v.split()):
		return fmt.Errorf("%s: there is no split=%q", l.label, v.Split)
	case v.OutputSequenceLength < 0 || v.OutputSequenceLength > maxValues:
		return fmt.Errorf("%s: output_sequence_length=%d must be from 1 to %d, or 0 for any", l.label, v.OutputSequenceLength, maxValues)
	case l.mode == asOneHot && (v.split() != "none" || v.NGrams != nil):
		return fmt.Errorf("%s: output_mode=\"one_hot\" goes with split=None and without ngrams alone: else rows differ in length", l.label)
	}
	if len(v.NGrams) > maxNGram {
		return fmt.Errorf("%s: ngrams of %d lengths are more than %d", l.label, len(v.NGrams), maxNGram)
	}
	for _, n := range v.NGrams {
		if n < 1 || n > maxNGram {
			return fmt.Errorf("%s: ngrams of %d tokens: must be from 1 to %d", l.label, n, maxNGram)
		}
	}
	return nil
}

// maxNGram is the most tokens that count as one: what is made of a text grows with their square.
const maxNGram = 64

func (v TextVectorization) split() string { return or(v.Split, "whitespace") }

// KerasCode implements [Layer].
func (v TextVectorization) KerasCode() string {
	c := call("TextVectorization", v.Name)
	l := v.lookup()
	c.add("vocabulary=" + list(v.Vocabulary, pythonText))
	option := func(key, value, unsaid string) {
		switch value {
		case "", unsaid:
		case "none":
			c.add(key + "=None")
		default:
			c.add(key + "=" + pythonText(value))
		}
	}
	option("standardize", v.Standardize, "lower_and_strip_punctuation")
	option("split", v.Split, "whitespace")
	if v.NGrams != nil {
		c.add("ngrams=(" + strings.Trim(strings.ReplaceAll(fmt.Sprint(v.NGrams), " ", ", "), "[]") + ",)")
	}
	if v.OutputSequenceLength > 0 {
		c.add(fmt.Sprintf("output_sequence_length=%d", v.OutputSequenceLength))
	}
	c.sizes(l)
	return c.String()
}
