package keras

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/dataset"
)

// textCase is what Keras makes of strings and whole numbers; testdata/make_text.py wrote it.
type textCase struct {
	Name    string
	Model   json.RawMessage
	Columns []struct {
		Shape   []int
		Values  []string
		Numbers bool
	}
	Shape []int
	Out   []float32
}

func textCases(t *testing.T) []textCase {
	t.Helper()
	file, err := os.Open(filepath.Join("testdata", "text.json.gz"))
	require.NoError(t, err)
	defer file.Close()
	unpacked, err := gzip.NewReader(file)
	require.NoError(t, err)
	var all []textCase
	require.NoError(t, json.NewDecoder(unpacked).Decode(&all))
	return all
}

// Every layer that looks something up is read and makes Keras' numbers, exactly but for the weights of tf_idf.
func TestLookupsAsKeras(t *testing.T) {
	for _, c := range textCases(t) {
		t.Run(c.Name, func(t *testing.T) {
			d, err := ReadConfig(bytes.NewReader(c.Model))
			require.NoError(t, err)
			require.Len(t, d.Encodings, 1)
			var columns []dataset.Texts
			for _, column := range c.Columns {
				columns = append(columns, dataset.Texts{Shape: column.Shape, Values: column.Values, Numbers: column.Numbers})
			}
			got, err := d.Encodings[0].Layer.Encode(columns...)
			require.NoError(t, err)
			require.Equal(t, c.Shape, got.Shape)
			require.InDeltaSlice(t, c.Out, got.Values, 1e-6)
			for i, n := range d.InputShape {
				require.True(t, n < 0 || n == got.Shape[i+1], "the model takes %v, the data is %v", d.InputShape, got.Shape)
			}
		})
	}
}
