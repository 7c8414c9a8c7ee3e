package saved

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/exchange/table"
	"example.com/unstuck/pkg/loss"
	"example.com/unstuck/pkg/training"
)

// kerasConfig is a compiled Sequential as Keras 3 writes it, with what it can do without left out.
const kerasConfig = `{"module": "keras", "class_name": "Sequential", "config": {"name": "net", "trainable": true, "layers": [
{"module": "keras.layers", "class_name": "InputLayer", "config": {"batch_shape": [null, 3], "dtype": "float32", "name": "in"}, "registered_name": null},
{"module": "keras.layers", "class_name": "Dense", "config": {"name": "out", "trainable": true, "dtype": "float32", "units": 1, "activation": "linear", "use_bias": true,
"kernel_initializer": {"module": "keras.initializers", "class_name": "GlorotUniform", "config": {"seed": null}, "registered_name": null},
"bias_initializer": {"module": "keras.initializers", "class_name": "Zeros", "config": {}, "registered_name": null}}, "registered_name": null}]},
"registered_name": null, "compile_config": {"optimizer": {"module": "keras.optimizers", "class_name": "SGD", "config": {"learning_rate": 0.1, "name": "SGD"}, "registered_name": null}, "loss": "mse"}}`

func written(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, content := range files {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(content), 0o644))
	}
	return dir
}

const csvRows = "a,b,c,y\n1,2,3,4\n2,3,4,5\n3,4,5,6\n4,5,6,7\n"

func TestReadsAFind(t *testing.T) {
	dir := written(t, map[string]string{"config.json": kerasConfig, "data.csv": csvRows, "fit.json": `{"epochs": 3, "batch_size": 2, "validation_split": 0.25, "seed": 9, "shuffle": false}`})
	f, err := Find(dir, Files{})
	require.NoError(t, err)
	c, err := f.Read()
	require.NoError(t, err)
	require.Equal(t, []int{4, 3}, c.Data.X.Shape)
	require.Equal(t, 0.1, c.Optimizer.LearningRate)
	require.Equal(t, 3, c.Epochs)
	require.Equal(t, 2, c.BatchSize)
	require.Equal(t, 0.25, c.ValidationSplit)
	require.EqualValues(t, 9, c.Seed)
	require.True(t, c.NoShuffle)

	f, err = Find(dir, Files{Table: table.Options{Targets: []string{"a"}}})
	require.NoError(t, err)
	c, err = f.Read()
	require.NoError(t, err)
	require.Equal(t, float32(1), c.Data.Y.Values[0])
}

func TestReadSaysWhere(t *testing.T) {
	cases := map[string]struct {
		files map[string]string
		says  string
	}{
		"nothing":       {map[string]string{}, "config.json"},
		"no data":       {map[string]string{"config.json": kerasConfig}, "data.npz"},
		"not Keras":     {map[string]string{"config.json": "{}", "data.csv": csvRows}, "config.json"},
		"bad cell":      {map[string]string{"config.json": kerasConfig, "data.csv": "a,b,c,y\n1,2,3,4\n1,x,3,4\n"}, "data.csv"},
		"other width":   {map[string]string{"config.json": kerasConfig, "data.csv": "a,y\n1,2\n3,4\n"}, "shape"},
		"bad epochs":    {map[string]string{"config.json": kerasConfig, "data.csv": csvRows, "fit.json": `{"epochs": 0}`}, "epochs is 0"},
		"unknown field": {map[string]string{"config.json": kerasConfig, "data.csv": csvRows, "fit.json": `{"epoch": 3}`}, "fit.json"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			f, err := Find(written(t, c.files), Files{})
			if err == nil {
				_, err = f.Read()
			}
			require.ErrorContains(t, err, c.says)
		})
	}
}

// What wasn't understood of a model comes with the data and the settings; what is wrong with those is told besides.
func TestReadInPart(t *testing.T) {
	own := strings.Replace(kerasConfig, `{"module": "keras.layers", "class_name": "Dense"`, `{"module": null, "registered_name": "me>Mine", "class_name": "Mine", "config": {}},{"module": "keras.layers", "class_name": "Dense"`, 1)
	uncompiled, _, _ := strings.Cut(own, `, "compile_config"`)
	for name, c := range map[string]struct {
		config, fit string
		paths       []string
	}{
		"a layer":          {own, "", []string{"config.layers[1].registered_name"}},
		"and not compiled": {uncompiled + "}", `{"epochs": 3}`, []string{"config.layers[1].registered_name", "compile_config"}},
	} {
		files := map[string]string{"config.json": c.config, "data.csv": csvRows}
		if c.fit != "" {
			files["fit.json"] = c.fit
		}
		f, err := Find(written(t, files), Files{})
		require.NoError(t, err, name)
		_, err = f.Read()
		require.ErrorContains(t, err, f.Model)
		var partial *training.Partial
		require.ErrorAs(t, err, &partial, name)
		require.Len(t, partial.Problems, len(c.paths), name)
		for i, path := range c.paths {
			require.Equal(t, path, partial.Problems[i].Path, name)
		}
		require.Equal(t, 4, partial.Training.Data.Rows(), name)
		require.NoError(t, partial.Validate())
		require.Equal(t, c.fit != "", partial.Training.Epochs == 3, name)
	}
	for says, files := range map[string]map[string]string{
		"data.csv":                {"config.json": own, "data.csv": "a,b,c,y\n1,x,3,4\n"},
		"fit.json":                {"config.json": own, "data.csv": csvRows, "fit.json": `{"epochs": 0}`},
		"takes rows of shape [3]": {"config.json": own, "data.csv": "a,y\n1,2\n3,4\n"},
	} {
		f, err := Find(written(t, files), Files{})
		require.NoError(t, err)
		_, err = f.Read()
		require.ErrorContains(t, err, says)
		require.ErrorContains(t, err, "config.layers[1].registered_name", "all at once")
		var partial *training.Partial
		require.NotErrorAs(t, err, &partial, "it can't be examined")
	}
}

// A model that Keras saved, with its data under the names of its inputs and outputs.
func TestReadSeveral(t *testing.T) {
	files := Files{Model: filepath.Join("testdata", "several", "config.json"), Data: filepath.Join(t.TempDir(), "data.npz")}
	array := func(width int) dataset.Array {
		return dataset.Array{Shape: []int{4, width}, Values: make([]float32, 4*width)}
	}
	d := dataset.Of([]dataset.Array{array(3), array(2)}, []dataset.Array{array(1), array(1)})
	require.NoError(t, dataset.WriteNPZ(files.Data, dataset.Data{X: d.X, Y: d.Y}))
	_, err := files.Read()
	require.ErrorContains(t, err, `numpy.savez(path, left=…, right=…, number=…, class=…)`)
	require.NoError(t, dataset.WriteNPZNamed(files.Data, d, []string{"left", "right"}, []string{"number", "class"}))
	c, err := files.Read()
	require.NoError(t, err)
	require.Equal(t, d.MoreX, c.Data.MoreX)
	require.Equal(t, d.MoreY, c.Data.MoreY)
	require.Equal(t, loss.Outputs{{Name: "number", Loss: loss.MSE{}}, {Name: "class", Loss: loss.BinaryCrossentropy{}, Weight: 0.5}}, c.Loss)
}
