package saved

import (
	"archive/zip"
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/dataset"
)

// stringFile writes an .npz of float32 and strings, as numpy.savez(path, x=…, y=numpy.array([…], dtype="S8")) does.
func stringFile(t *testing.T, path string, labels ...string) {
	t.Helper()
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	entry := func(name, descr, shape string, content []byte) {
		w, err := z.Create(name + ".npy")
		require.NoError(t, err)
		header := fmt.Sprintf("{'descr': '%s', 'fortran_order': False, 'shape': %s, }", descr, shape)
		header += strings.Repeat(" ", 63-(10+len(header))%64) + "\n"
		_, err = fmt.Fprintf(w, "\x93NUMPY\x01\x00%c%c%s%s", len(header)&255, len(header)>>8, header, content)
		require.NoError(t, err)
	}
	entry("x", "<f4", fmt.Sprintf("(%d, 3)", len(labels)), make([]byte, 12*len(labels)))
	var strs []byte
	for _, l := range labels {
		strs = append(strs, append([]byte(l), make([]byte, 8-len(l))...)...)
	}
	entry("y", "|S8", fmt.Sprintf("(%d,)", len(labels)), strs)
	require.NoError(t, z.Close())
	require.NoError(t, os.WriteFile(path, out.Bytes(), 0o644))
}

// classifier is a config.json of so many units, trained with the loss.
func classifier(units, activation, loss string) string {
	return strings.NewReplacer(`"units": 1`, `"units": `+units, `"activation": "linear"`, `"activation": "`+activation+`"`, `"mse"`, `"`+loss+`"`, `"mean_squared_error"`, `"`+loss+`"`).Replace(kerasConfig)
}

// Targets that are strings become what the loss takes, the classes sorted as numpy.unique sorts them, and that is told.
func TestStringLabels(t *testing.T) {
	labels := []string{"dog", "cat", "bird", "cat", "dog", "bird"}
	for name, c := range map[string]struct {
		units, loss string
		labels      []string
		shape       []int
		values      []float32
		told        string
	}{
		"class numbers": {"3", "sparse_categorical_crossentropy", labels, []int{6}, []float32{2, 1, 0, 1, 2, 0}, `labels "y" as class numbers: 0 bird, 1 cat, 2 dog`},
		"one-hot":       {"3", "categorical_crossentropy", labels[:3], []int{3, 3}, []float32{0, 0, 1, 0, 1, 0, 1, 0, 0}, `labels "y" one-hot: 0 bird, 1 cat, 2 dog`},
		"yes and no":    {"1", "binary_crossentropy", []string{"yes", "no", "yes"}, []int{3}, []float32{1, 0, 1}, `labels "y" as class numbers: 0 no, 1 yes`},
		"digits":        {"1", "mse", []string{"10", " 2.5", "-3e1"}, []int{3}, []float32{10, 2.5, -30}, `labels "y" as the numbers that its strings spell`},
		"class digits":  {"3", "sparse_categorical_crossentropy", []string{"2", "0", "1"}, []int{3}, []float32{2, 0, 1}, `labels "y" as the numbers`},
	} {
		t.Run(name, func(t *testing.T) {
			dir := written(t, map[string]string{"config.json": classifier(c.units, "linear", c.loss)})
			stringFile(t, filepath.Join(dir, "data.npz"), c.labels...)
			f, err := Find(dir, Files{})
			require.NoError(t, err)
			read, err := f.Read()
			require.NoError(t, err)
			require.Equal(t, c.shape, read.Data.Y.Shape)
			require.Equal(t, c.values, read.Data.Y.Values)
			require.Contains(t, assumed(read), c.told)
		})
	}
}

// Rows to validate on have the numbers that the training's labels have, and no others.
func TestStringLabelsToValidateOn(t *testing.T) {
	dir := written(t, map[string]string{"config.json": classifier("3", "linear", "sparse_categorical_crossentropy")})
	stringFile(t, filepath.Join(dir, "data.npz"), "b", "c", "a", "b")
	held := filepath.Join(dir, "held.npz")
	stringFile(t, held, "c", "b")
	f, err := Find(dir, Files{Data: filepath.Join(dir, "data.npz"), Validation: held})
	require.NoError(t, err)
	c, err := f.Read()
	require.NoError(t, err)
	require.Equal(t, []float32{2, 1}, c.Validation.Y.Values)
	stringFile(t, held, "c", "d")
	_, err = f.Read()
	require.ErrorContains(t, err, `held.npz: array "y": the label "d" of row 2 isn't among those that are trained on: "a", "b", "c"`)
}

// Where nothing says what a string stands for, the lines that say it are in the error.
func TestStringLabelsThatNoLossTakes(t *testing.T) {
	for _, loss := range []string{"mse", "binary_crossentropy"} {
		dir := written(t, map[string]string{"config.json": classifier("1", "linear", loss)})
		stringFile(t, filepath.Join(dir, "data.npz"), "low", "high", "middle")
		f, err := Find(dir, Files{})
		require.NoError(t, err)
		_, err = f.Read()
		require.ErrorIs(t, err, dataset.ErrStrings)
		require.ErrorContains(t, err, `strings where numbers are needed ("high", "low", "middle")`)
		require.ErrorContains(t, err, "\n    classes, y = numpy.unique(y, return_inverse=True)  # 0 is classes[0]")
		require.ErrorContains(t, err, "\n    y = numpy.eye(len(classes))[y]  # one-hot")
	}
}
