package text

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/dataset"
)

func column(values ...string) dataset.Texts {
	return dataset.Texts{Shape: []int{len(values), 1}, Values: values}
}

func numbers(values ...string) dataset.Texts {
	t := column(values...)
	t.Numbers = true
	return t
}

// What makes no sense is an error that names the layer and what to do, whatever the data are.
func TestRefused(t *testing.T) {
	words := []string{"a", "b"}
	for says, c := range map[string]struct {
		layer  Layer
		inputs []dataset.Texts
	}{
		`StringLookup "city": row 2 has "x", which is not in the vocabulary of 2, and num_oov_indices=0`: {StringLookup{Name: "city", Vocabulary: words, OOVIndices: -1}, []dataset.Texts{column("a", "x")}},
		`IntegerLookup: row 1 has "7", which is not in the vocabulary of 1`:                              {IntegerLookup{Vocabulary: []int64{8}, OOVIndices: -1}, []dataset.Texts{numbers("7")}},
		`IntegerLookup: row 2 has "a", which is not a whole number`:                                      {IntegerLookup{Vocabulary: []int64{8}}, []dataset.Texts{column("7", "a")}},
		"StringLookup: the data has numbers where strings are needed":                                    {StringLookup{Vocabulary: words}, []dataset.Texts{numbers("7")}},
		"TextVectorization: the data has numbers where strings are needed":                               {TextVectorization{Vocabulary: words}, []dataset.Texts{numbers("7")}},
		"StringLookup has no vocabulary":                                                                 {StringLookup{}, []dataset.Texts{column("a")}},
		`"b" is twice in the vocabulary`:                                                                 {StringLookup{Vocabulary: []string{"b", "a", "b"}}, []dataset.Texts{column("a")}},
		`the mask token "a" stands at 1`:                                                                 {StringLookup{Vocabulary: []string{"b", "a"}, HasMask: true, MaskToken: "a"}, []dataset.Texts{column("a")}},
		"2 idf_weights for a vocabulary of 3":                                                            {StringLookup{Vocabulary: []string{"a", "b", "c"}, OutputMode: "tf_idf", IDFWeights: []float64{1, 2}}, []dataset.Texts{column("a")}},
		"pad_to_max_tokens needs max_tokens":                                                             {StringLookup{Vocabulary: words, OutputMode: "count", PadToMaxTokens: true}, []dataset.Texts{column("a")}},
		"takes one array, not 2":                                                                         {StringLookup{Vocabulary: words}, []dataset.Texts{column("a"), column("a")}},
		"no rows":                                                                                        {StringLookup{Vocabulary: words}, []dataset.Texts{{}}},
		"needs 2 strings, there are 1":                                                                   {Hashing{NumBins: 3}, []dataset.Texts{{Shape: []int{2}, Values: []string{"a"}}}},
		`output_mode="count" takes rows of one axis`:                                                     {Hashing{NumBins: 3, OutputMode: "count"}, []dataset.Texts{{Shape: []int{1}, Values: []string{"a"}}}},
		"num_bins=0: must be from 1":                                                                     {Hashing{}, []dataset.Texts{column("a")}},
		"the salt has 1 numbers, must have two":                                                          {Hashing{NumBins: 2, Salt: []uint64{1}}, []dataset.Texts{column("a")}},
		`there is no output_mode "tf_idf"`:                                                               {Hashing{NumBins: 2, OutputMode: "tf_idf"}, []dataset.Texts{column("a")}},
		"takes two features, not 1":                                                                      {HashedCrossing{NumBins: 2}, []dataset.Texts{column("a")}},
		"one feature has 1 rows, another 2":                                                              {HashedCrossing{NumBins: 2}, []dataset.Texts{column("a"), column("a", "b")}},
		"takes one string or number a row of each feature":                                               {HashedCrossing{NumBins: 2}, []dataset.Texts{column("a"), {Shape: []int{1}, Values: []string{"a"}}}},
		"there is no token in any text":                                                                  {TextVectorization{Vocabulary: words}, []dataset.Texts{column("", "!")}},
		"takes one text a row":                                                                           {TextVectorization{Vocabulary: words}, []dataset.Texts{{Shape: []int{1, 2}, Values: words}}},
		"row 2: the text is not UTF-8":                                                                   {TextVectorization{Vocabulary: words, Split: "character"}, []dataset.Texts{column("a", "\xff")}},
		"goes with split=None and without ngrams alone":                                                  {TextVectorization{Vocabulary: words, OutputMode: "one_hot"}, []dataset.Texts{column("a")}},
		"ngrams of 0 tokens: must be from 1 to 64":                                                       {TextVectorization{Vocabulary: words, NGrams: []int{0}}, []dataset.Texts{column("a")}},
		"row 1 becomes 16777217, which float32 can't hold":                                               {IntegerLookup{Vocabulary: []int64{1<<24 + 1}, Invert: true}, []dataset.Texts{numbers("1")}},
		"more than 268435456 values: too large":                                                          {Hashing{NumBins: 1 << 24, OutputMode: "one_hot"}, []dataset.Texts{column(slices.Repeat([]string{"a"}, 17)...)}},
		"of 2 rows, more than 268435456 values: too large":                                               {TextVectorization{Vocabulary: words, OutputSequenceLength: 1 << 28}, []dataset.Texts{column("a", "b")}},
		"beyond which float32 doesn't tell numbers apart":                                                {StringLookup{Vocabulary: words, OOVIndices: 1 << 24}, []dataset.Texts{column("a")}},
		"-5 indices for unknown entries":                                                                 {StringLookup{Vocabulary: words, OOVIndices: -5}, []dataset.Texts{column("a")}},
		"a salt goes with":                                                                               {IntegerLookup{Vocabulary: []int64{1}, Salt: []uint64{1, 2}}, []dataset.Texts{numbers("1")}},
		"StringLookup: the salt has 1 numbers":                                                           {StringLookup{Vocabulary: words, Salt: []uint64{1}}, []dataset.Texts{column("a")}},
		`there is no oov_method "best"`:                                                                  {IntegerLookup{Vocabulary: []int64{1}, OOVMethod: "best"}, []dataset.Texts{numbers("1")}},
		`invert goes with output_mode="int" alone`:                                                       {IntegerLookup{Vocabulary: []int64{1}, Invert: true, OutputMode: "count"}, []dataset.Texts{numbers("1")}},
	} {
		_, err := c.layer.Encode(c.inputs...)
		require.ErrorContains(t, err, says)
		require.Less(t, len(err.Error()), 500)
	}
}

// What RowShape promises is what Encode makes, and the data stays as it was.
func TestShapes(t *testing.T) {
	texts := dataset.Texts{Shape: []int{3, 2}, Values: []string{"a", "B b", "", "c", "a", "b"}}
	one := column("a b", "b", "")
	for _, c := range []struct {
		layer Layer
		of    []dataset.Texts
	}{
		{StringLookup{Vocabulary: []string{"a", "b"}}, []dataset.Texts{texts}},
		{StringLookup{Vocabulary: []string{"a", "b"}, OutputMode: "one_hot"}, []dataset.Texts{texts}},
		{StringLookup{Vocabulary: []string{"a", "b"}, OutputMode: "multi_hot", OOVIndices: 3}, []dataset.Texts{texts}},
		{IntegerLookup{Vocabulary: []int64{3}, OutputMode: "count", MaxTokens: 7, PadToMaxTokens: true}, []dataset.Texts{numbers("3", "4")}},
		{TextVectorization{Vocabulary: []string{"a", "b"}}, []dataset.Texts{one}},
		{TextVectorization{Vocabulary: []string{"a", "b"}, NGrams: []int{1, 2}, OutputSequenceLength: 5}, []dataset.Texts{one}},
		{TextVectorization{Vocabulary: []string{"a", "b"}, OutputMode: "count"}, []dataset.Texts{one}},
		{TextVectorization{Vocabulary: []string{"a", "b"}, Split: "none"}, []dataset.Texts{texts}},
		{Hashing{NumBins: 4, OutputMode: "one_hot"}, []dataset.Texts{one}},
		{HashedCrossing{NumBins: 4, OutputMode: "one_hot"}, []dataset.Texts{one, one}},
		{Unread{}, []dataset.Texts{texts}},
	} {
		var rows [][]int
		before := slices.Clone(c.of[0].Values)
		for _, x := range c.of {
			rows = append(rows, x.Shape[1:])
		}
		promised, err := c.layer.RowShape(rows...)
		require.NoError(t, err, "%#v", c.layer)
		got, err := c.layer.Encode(c.of...)
		require.NoError(t, err, "%#v", c.layer)
		require.NoError(t, got.Validate())
		require.Len(t, got.Shape, len(promised)+1)
		for i, n := range promised {
			require.True(t, n < 0 || n == got.Shape[i+1], "%#v: %v was promised, it is %v", c.layer, promised, got.Shape)
		}
		require.Equal(t, before, c.of[0].Values)
		_, err = c.layer.RowShape()
		require.Error(t, err)
	}
}

// A string of Python is that string.
func TestPythonText(t *testing.T) {
	for in, want := range map[string]string{"it's": `'it\'s'`, `a "b"`: `'a "b"'`, "a\\b\n": `'a\\b\n'`, "ö": "'ö'", `\"`: `'\\"'`} {
		require.Equal(t, want, pythonText(in))
	}
	code := StringLookup{Vocabulary: strings.Fields("a b c d e f g h i"), OOVIndices: -1, Salt: []uint64{1, 2}}.KerasCode()
	require.Equal(t, "layers.StringLookup(vocabulary=yours, num_oov_indices=0, salt=[1, 2])", code)
	require.NotContains(t, fmt.Sprint(TextVectorization{Vocabulary: []string{"a"}, Standardize: "none", NGrams: []int{2, 3}}.KerasCode()), "split")
}
