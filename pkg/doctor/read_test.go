package doctor

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/training"
)

// kerasConfig is a compiled Sequential as Keras 3 writes it, with what it can do without left out.
const kerasConfig = `{"module": "keras", "class_name": "Sequential", "config": {"name": "net", "trainable": true, "layers": [
{"module": "keras.layers", "class_name": "InputLayer", "config": {"batch_shape": [null, 3], "dtype": "float32", "name": "in"}, "registered_name": null},
{"module": "keras.layers", "class_name": "Dense", "config": {"name": "out", "trainable": true, "dtype": "float32", "units": 1, "activation": "linear", "use_bias": true,
"kernel_initializer": {"module": "keras.initializers", "class_name": "GlorotUniform", "config": {"seed": null}, "registered_name": null},
"bias_initializer": {"module": "keras.initializers", "class_name": "Zeros", "config": {}, "registered_name": null}}, "registered_name": null}]},
"registered_name": null, "compile_config": {"optimizer": {"module": "keras.optimizers", "class_name": "SGD", "config": {"learning_rate": 0.1, "name": "SGD"}, "registered_name": null}, "loss": "mse"}}`

func folder(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, content := range files {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(content), 0o644))
	}
	return dir
}

const csvRows = "a,b,c,y\n1,2,3,4\n2,3,4,5\n3,4,5,6\n4,5,6,7\n"

func TestReadsAFolder(t *testing.T) {
	dir := folder(t, map[string]string{"config.json": kerasConfig, "data.csv": csvRows, "fit.json": `{"epochs": 3, "batch_size": 2, "validation_split": 0.25, "seed": 9, "shuffle": false}`})
	f, err := Folder(dir, Files{})
	require.NoError(t, err)
	c, err := f.Read()
	require.NoError(t, err)
	require.Equal(t, []int{4, 3}, c.Data.X.Shape)
	require.Equal(t, 0.1, c.Optimizer.LearningRate)
	require.Equal(t, 3, c.Epochs)
	require.Equal(t, 2, c.BatchSize)
	require.Equal(t, 0.25, c.ValidationSplit)
	require.EqualValues(t, 9, c.Seed)
	require.True(t, c.KeepOrder)

	f, err = Folder(dir, Files{Targets: []string{"a"}})
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
			f, err := Folder(folder(t, c.files), Files{})
			if err == nil {
				_, err = f.Read()
			}
			require.ErrorContains(t, err, c.says)
		})
	}
}

func TestJudges(t *testing.T) {
	d, err := dataset.Random(400, []int{4}, []int{1}, 3)
	require.NoError(t, err)
	c := training.Training{Data: d}
	none := quickly(t, c)
	require.Less(t, none.Best(), 0.05)
	for i := range d.Y.Values { // exclusive or: nothing for a linear model
		x := d.X.Row(i)
		d.Y.Values[i] = 0
		if (x[0] > 0.5) != (x[1] > 0.5) {
			d.Y.Values[i] = 1
		}
	}
	xor := quickly(t, c)
	require.Less(t, xor.Linear, 0.05)
	require.Greater(t, xor.Neighbours, 0.3)
	for i := range d.Y.Values {
		d.Y.Values[i] = 3*d.X.Row(i)[2] - 1
	}
	require.InDelta(t, 1, quickly(t, c).Linear, 0.01)
}

func quickly(t *testing.T, c training.Training) Signal {
	t.Helper()
	s, err := quickSignal(context.Background(), newTable(c, lookAtTargetsOf(c), ""))
	require.NoError(t, err)
	return s
}

func lookAtTargetsOf(c training.Training) Look {
	return Look{Rows: c.Data.Rows(), TargetLook: lookAtTargets(c.Data.Y)}
}
