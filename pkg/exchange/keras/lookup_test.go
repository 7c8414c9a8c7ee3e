package keras

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/text"
	"example.com/unstuck/pkg/training"
)

// sequentialOf is a Sequential that begins with strings, of layers given as class and config.
func sequentialOf(layers ...string) string {
	all := []string{`{"module": "keras.layers", "class_name": "InputLayer", "config": {"batch_shape": [null, 1], "dtype": "string", "name": "in"}, "registered_name": null}`}
	for i, l := range layers {
		class, config, _ := strings.Cut(l, " ")
		module := "keras.layers"
		if class == "Sequential" {
			module = "keras"
		}
		all = append(all, fmt.Sprintf(`{"module": %q, "class_name": %q, "config": {"name": "l%d", %s}, "registered_name": null}`, module, class, i, config))
	}
	return `{"module": "keras", "class_name": "Sequential", "config": {"name": "net", "layers": [` + strings.Join(all, ", ") + `]}, "registered_name": null}`
}

// nestedSequential is a Sequential as a layer, with inputs of that type.
func nestedSequential(kind string, layers ...string) string {
	all := strings.Replace(sequentialOf(layers...), `"dtype": "string"`, fmt.Sprintf(`"dtype": %q`, kind), 1)
	_, config, _ := strings.Cut(all, `"layers": `)
	return `Sequential "layers": ` + strings.TrimSuffix(config, `}, "registered_name": null}`)
}

const (
	lookupOfWords = `StringLookup "vocabulary": ["a", "b"]`
	oneDense      = `Dense "units": 1`
	wordsOfTexts  = `TextVectorization "standardize": "lower", "output_sequence_length": 4, "vocabulary": ["a"]`
)

// What can't be a layer ahead of the model is refused by its place, with what to do.
func TestLookupsThatAreRefused(t *testing.T) {
	for config, says := range map[string][]string{
		sequentialOf(`StringLookup "vocabulary": null`, oneDense):                                                                                                                     {"config.layers[1].config.vocabulary: is not in the file", "model.save"},
		sequentialOf(`StringLookup "vocabulary": "words.txt"`, oneDense):                                                                                                              {"config.layers[1].config.vocabulary: is a path", "words.txt"},
		sequentialOf(`StringLookup "vocabulary": [["a"]]`, oneDense):                                                                                                                  {"config.layers[1].config.vocabulary: [\"a\"] is neither"},
		sequentialOf(`StringLookup "vocabulary": ["a"], "invert": true`, oneDense):                                                                                                    {"config.layers[1].config.invert: makes strings"},
		sequentialOf(`StringLookup "vocabulary": ["a"], "encoding": "latin-1"`, oneDense):                                                                                             {"config.layers[1].config.encoding"},
		sequentialOf(`StringLookup "vocabulary": ["a"], "output_mode": "tf_idf"`, oneDense):                                                                                           {"config.layers[1].config.idf_weights: are not in the file"},
		sequentialOf(`StringLookup "vocabulary": ["a"], "output_mode": "hot"`, oneDense):                                                                                              {`l0`, `output_mode "hot"`},
		sequentialOf(`StringLookup "vocabulary": ["a", "b"], "max_tokens": 2`, oneDense):                                                                                              {"comes to 3 tokens, more than max_tokens=2"},
		sequentialOf(`StringLookup "vocabulary": ["a"], "salt": "s"`, oneDense):                                                                                                       {"config.layers[1].config.salt"},
		sequentialOf(`IntegerLookup "vocabulary": [1, 2.5]`, oneDense):                                                                                                                {`config.layers[1].config.vocabulary: "2.5" is not a whole number`},
		sequentialOf(`Hashing "num_bins": 0`, oneDense):                                                                                                                               {"config.layers[1].config.num_bins"},
		sequentialOf(`TextVectorization "standardize": "upper", "vocabulary": ["a"]`, oneDense):                                                                                       {`standardize="upper"`},
		sequentialOf(`TextVectorization "standardize": {"module": "builtins", "class_name": "function", "config": "mine", "registered_name": "mine"}, "vocabulary": ["a"]`, oneDense): {"config.layers[1].config.standardize: a function of one's own"},
		sequentialOf(oneDense):                                                          {"config.layers[1]: takes the strings of the input"},
		sequentialOf(lookupOfWords, lookupOfWords, oneDense):                            {`config.layers[2] (StringLookup "l1"): a layer that looks strings`},
		sequentialOf(wordsOfTexts, `Hashing "num_bins": 3`):                             {`config.layers[2] (Hashing "l1")`},
		sequentialOf(`HashedCrossing "num_bins": 3`, oneDense):                          {"takes two features, not 1"},
		sequentialOf(nestedSequential("float32", oneDense)):                             {"config.layers: they take the strings of the input"},
		sequentialOf(nestedSequential("string", oneDense)):                              {"config.layers[1].config.layers[1]: takes the strings of the input"},
		sequentialOf(wordsOfTexts, nestedSequential("string", lookupOfWords), oneDense): {"config.layers[2]: it looks strings or numbers up: a layer that looks"},
	} {
		d, err := ReadConfig(strings.NewReader(config))
		require.Nil(t, d)
		var partial *training.Partial
		require.ErrorAs(t, err, &partial, config)
		for _, text := range says {
			require.ErrorContains(t, err, text, config)
		}
		require.NotNil(t, partial.Training.Model)
	}
}

// An entry stands for strings whatever could be read of the model, so that their data can be looked at.
func TestStringsOfWhatWasNotRead(t *testing.T) {
	_, err := ReadConfig(strings.NewReader(sequentialOf(`StringLookup "vocabulary": null`, oneDense)))
	var partial *training.Partial
	require.ErrorAs(t, err, &partial)
	require.Equal(t, []training.Encoding{{Arrays: []string{"in"}, Rows: [][]int{{1}}, Types: []string{"string"}, Layer: text.Unread{Class: "the input"}, Name: "in"}}, partial.Training.Encodings)
}

// A functional model in which lookups share inputs, and inputs are used as they are, too.
func TestLookupsThatShareInputs(t *testing.T) {
	d, err := ReadModel(filepath.Join("testdata", "text", "table.keras"))
	require.NoError(t, err)
	var inputs []string
	for i, in := range nn.Bare(d.Model).(nn.Graph).Inputs {
		inputs = append(inputs, fmt.Sprintf("%s %v of %v", in.Name, in.Shape, d.Encodings[i].Arrays))
	}
	// Which array an input is made of; one that is made of an array alone has its name.
	require.Equal(t, []string{
		"cities [4] of [city]", "crossed [7] of [city person]", "people [1] of [person]", "hashed [5] of [color]", "colors [4] of [color]",
		"note [17] of [note]", "age [1] of [age]",
	}, inputs)
	require.Equal(t, []string{"city", "person", "color", "note", "age"}, d.EncodedArrays())
	colors := d.Encodings[4].Layer.(text.StringLookup)
	require.Len(t, colors.Vocabulary, 4, "[UNK] with them")
	require.Len(t, colors.IDFWeights, 4, "of the file's weights")
}

// A vocabulary of the size of a bomb costs what is read of it at most, and says so.
func TestHostileVocabularies(t *testing.T) {
	if testing.Short() {
		t.Skip("inflates a lot")
	}
	whole := parts(t, filepath.Join("testdata", "text", "reviews.keras"))
	const name = "assets/layers/text_vectorization/vocabulary.txt"
	require.Contains(t, whole, name)
	for says, vocabulary := range map[string]string{
		"bytes, more than 33554432":                strings.Repeat("a", MaxVocabulary+1),
		"has more than 4194304 entries":            strings.Repeat("\n", maxEntries+1) + "a",
		"is not in the file":                       "\n\n",
		"comes to 51 tokens, more than max_tokens": strings.Join(strings.Fields(fmt.Sprint(make([]int, 49))), "\n"),
	} {
		whole[name] = vocabulary
		data := archive(t, whole)
		var err error
		configAllowance.Check(t, MaxVocabulary, func() { _, err = ReadModelFrom(strings.NewReader(string(data)), int64(len(data))) })
		require.ErrorContains(t, err, says)
	}
	delete(whole, name)
	data := archive(t, whole)
	_, err := ReadModelFrom(strings.NewReader(string(data)), int64(len(data)))
	require.ErrorContains(t, err, "config.layers[1].config.vocabulary: is not in the file, and without it no string has a number: call adapt")
}

// Lines end where they end in Python.
func TestVocabularyLines(t *testing.T) {
	require.Equal(t, []string{"", "a", "b", "c d", "", "e", "ü"}, pythonLines("\na\r\nb\vc d\u2028\x1ee\u0085ü"))
	require.Empty(t, pythonLines(""))
}
