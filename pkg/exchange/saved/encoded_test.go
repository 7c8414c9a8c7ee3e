package saved

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/training"
)

// textModels is where make_text.py of package keras has written models that begin with strings.
var textModels = filepath.Join("..", "keras", "testdata", "text")

func readText(t *testing.T, name string) training.Training {
	t.Helper()
	c, err := Files{Model: filepath.Join(textModels, name+".keras"), Data: filepath.Join(textModels, name+".npz")}.Read()
	require.NoError(t, err)
	return c
}

// A model of strings reads as one of numbers, and its code says in all three languages where they come from. Both of these
// programs of Keras were run: they predict what Keras predicts with the file.
func TestReadsStrings(t *testing.T) {
	c := readText(t, "reviews")
	require.Equal(t, []int{120, 8}, c.Data.X.Shape)
	require.Equal(t, []int{8}, c.InputShape)
	require.Contains(t, c.GoCode(), `data, x, err := yours() // x: strings, y: rows × [1]
described, err := keras.ReadModel("reviews.keras")
data.X, err = described.Encodings[0].Layer.Encode(x) // rows × [8]: the layer "words" stands ahead of the model, which takes numbers
`)
	code, err := c.KerasCode()
	require.NoError(t, err)
	require.Contains(t, code, `
x, y = yours  # x: strings, y: rows × [1]
described = keras.models.load_model("reviews.keras")
x = np.asarray(described.get_layer("words")(x))  # rows × [8]: the layer "words" stands ahead of the model, which takes numbers
model = keras.Sequential([
    layers.Embedding(50, 4, name='embedding'),
`)
	require.Contains(t, code, "])\nmodel.build((None, 8))\nmodel.load_weights(\"reviews.keras\")\n")
	code, err = c.TorchCode()
	require.NoError(t, err)
	require.Contains(t, code, `x, y = yours  # x: rows × [8], y: rows × [1]
# x is what Keras' layer "words" in reviews.keras makes of the data, layers.TextVectorization(name='words', vocabulary=yours, output_sequence_length=8, max_tokens=50).
# PyTorch has no layer that takes strings`)

	c = readText(t, "table")
	code, err = c.KerasCode()
	require.NoError(t, err)
	require.Contains(t, code, `x_crossed = np.asarray(described.get_layer("crossed")([x_city, x_person]))  # rows × [7]`)
	require.Contains(t, code, "x_city, x_person, x_color, x_note, x_age, y = yours  # x_city: strings, x_person: whole numbers, x_color: strings, x_note: strings, x_age: rows × [1], y: rows × [1]\n")
	require.Contains(t, code, "    [x_cities, x_crossed, x_people, x_hashed, x_colors, x_note, x_age], y,\n")

	// Rows to validate on are made of strings, too.
	held := readText(t, "reviews")
	held.Validation = held.Data.Range(0, 8)
	code, err = held.KerasCode()
	require.NoError(t, err)
	require.Contains(t, code, "x, y, x_val, y_val = yours")
	require.Contains(t, code, `x_val = np.asarray(described.get_layer("words")(x_val))`)
	require.Contains(t, held.GoCode(), "data, validation, x, x_val, err := yours()")
	require.Contains(t, held.GoCode(), "validation.X, err = described.Encodings[0].Layer.Encode(x_val)")
}

// What is done to the numbers comes behind what makes them.
func TestPreparesBehindStrings(t *testing.T) {
	c, err := readText(t, "counts").Prepare(training.StandardizeInputs{})
	require.NoError(t, err)
	code, err := c.KerasCode()
	require.NoError(t, err)
	made, prepared := strings.Index(code, `x = np.asarray(described`), strings.Index(code, "x = (x - x.mean(0))")
	require.True(t, 0 < made && made < prepared, code)
}

// Columns of a table go by the names of the inputs; the only column of strings need not.
func TestReadsStringsOfACSV(t *testing.T) {
	path := filepath.Join(t.TempDir(), "data.csv")
	require.NoError(t, os.WriteFile(path, []byte("id,text,label\n1,\"Great, fun\",1\n2,bad,0\n"), 0o644))
	files := Files{Model: filepath.Join(textModels, "reviews.keras"), Data: path}
	of, err := files.Read()
	require.NoError(t, err)
	require.Equal(t, `column 2 "text"`, of.Assumed[1].Value, "of two columns that with the most words")
	require.NoError(t, os.WriteFile(path, []byte("text,label\n\"Great, fun\",1\nbad,0\n"), 0o644))
	c, err := files.Read()
	require.NoError(t, err)
	require.Equal(t, []int{2, 8}, c.Data.X.Shape)
	require.Equal(t, []float32{1, 0}, c.Data.Y.Values)
	require.NotZero(t, c.Data.X.Values[1], "the second word is known")

	files.Model = filepath.Join(textModels, "table.keras")
	require.NoError(t, os.WriteFile(path, []byte("age,note,color,person,city,price\n40,fun,red,8590934592,Rom,3\n"), 0o644))
	c, err = files.Read()
	require.NoError(t, err)
	require.Len(t, c.Data.MoreX, 6)
	require.Equal(t, []float32{40}, c.Data.MoreX[5].Values)
	require.Equal(t, []float32{3}, c.Data.Y.Values)
}

func TestStringsThatDontFit(t *testing.T) {
	dir := t.TempDir()
	numbers := filepath.Join(dir, "numbers.npz")
	require.NoError(t, dataset.WriteNPZ(numbers, dataset.Data{X: dataset.Array{Shape: []int{2, 1}, Values: []float32{1, 2}}, Y: dataset.Array{Shape: []int{2, 1}, Values: []float32{1, 2}}}))
	table := filepath.Join(dir, "table.csv")
	require.NoError(t, os.WriteFile(table, []byte("age,note,color,person,city,price\n40,fun,red,8590934592,Rom,3\n40,fun,red,Karl,Rom,3\n"), 0o644))
	for says, files := range map[string]Files{
		`the input "review", for the layer "words": the data has numbers where strings are needed`: {Model: filepath.Join(textModels, "reviews.keras"), Data: numbers},
		"numpy.savez(path, city=…, person=…, color=…, note=…, age=…, y=…)":                         {Model: filepath.Join(textModels, "table.keras"), Data: filepath.Join(textModels, "reviews.npz")},
		`the input "person", for the layer "crossed": row 2 has "Karl" where a number is needed`:   {Model: filepath.Join(textModels, "table.keras"), Data: table},
	} {
		_, err := files.Read()
		require.ErrorContains(t, err, says)
	}
}
