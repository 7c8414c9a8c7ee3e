package saved

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/exchange/table"
)

// A file with weights is where the training starts, its optimizer's memory included; one without begins anew.
func TestReadsWhereATrainingStarts(t *testing.T) {
	const rows = "a,b,c,d,e,f\n1,2,3,4,1,0\n2,3,4,5,0,1\n3,4,5,6,1,0\n"
	for name, model := range map[string]string{"model.h5": "keras2_sequence.h5", "model.keras": "keras2_sequence.keras", "config.json": "keras2_sequence.json"} {
		content, err := os.ReadFile(filepath.Join("..", "keras", "testdata", "legacy", model))
		require.NoError(t, err)
		dir := written(t, map[string]string{name: string(content), "data.csv": rows})
		f, err := Find(dir, Files{Table: table.Options{Targets: []string{"e", "f"}}})
		require.NoError(t, err)
		require.Equal(t, filepath.Join(dir, name), f.Model)
		c, err := f.Read()
		if name == "config.json" { // to_json doesn't say how it was compiled
			require.ErrorContains(t, err, "compile_config: is missing")
			continue
		}
		require.NoError(t, err)
		require.Len(t, c.Weights, 8)
		require.Equal(t, "the weights in "+name+", the optimizer at step 2", c.StartText())
		require.Empty(t, c.Redrawn().StartText())
	}
}

func TestReadModel(t *testing.T) {
	folder := filepath.Join("..", "keras", "testdata", "legacy")
	for _, name := range []string{"keras2_uncompiled.h5", "keras3_uncompiled.h5", "keras2_sequence.keras"} {
		c, err := ReadModel(filepath.Join(folder, name))
		require.NoError(t, err)
		require.NotEmpty(t, c.Weights)
	}
	_, err := ReadModel(filepath.Join(folder, "keras2_sequence.json"))
	require.ErrorContains(t, err, "no weights")
	_, err = ReadModel("model.onnx")
	require.ErrorContains(t, err, ".keras")
	_, err = ReadModel("none.h5")
	require.ErrorIs(t, err, os.ErrNotExist)
}
