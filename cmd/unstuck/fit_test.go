package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/fit"
	"example.com/unstuck/pkg/loss"
	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/optim"
)

func TestFit(t *testing.T) {
	out, err := execute(t, "fit", "--backend", "go", stuckFolder(t))
	require.NoError(t, err)
	require.Contains(t, out, "epoch 40/40  loss ")
}

// fitTold is what fit prints and what it tells besides.
func fitTold(t *testing.T, dir string) (stdout, stderr string) {
	t.Helper()
	var out, told bytes.Buffer
	root := newRootCommand()
	root.SetOut(&out)
	root.SetErr(&told)
	root.SetArgs([]string{"fit", "--backend", "go", dir})
	require.NoError(t, root.Execute())
	return out.String(), told.String()
}

// Metrics of the validation rows are printed like those of the others.
func TestFitPrintsValidationMetrics(t *testing.T) {
	dir := stuckFolder(t)
	model := strings.Replace(linearModel, `"loss": "mse"`, `"loss": "mse", "metrics": ["mae"]`, 1)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "config.json"), []byte(model), 0o644))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "fit.json"), []byte(`{"epochs": 2, "validation_split": 0.25}`), 0o644))
	out, _ := fitTold(t, dir)
	require.Regexp(t, `epoch 2/2  loss \S+  mae \S+  val_loss \S+  val_mae \S+  lr `, out)
}

// Parameter groups have rates of their own, and each is printed.
func TestFitPrintsTheRateOfEachGroup(t *testing.T) {
	var out bytes.Buffer
	groups := []optim.Group{{Weights: []string{"/a"}, RateFactor: 0.1}, {Weights: []string{"/b"}, Frozen: true}, {Weights: []string{"/c"}, Rule: optim.SGD(1).Rule}}
	m, err := fit.Compile(nn.Sequential{nn.Dense{Units: 1}}, optim.SGD(0.02).WithGroups(groups...), loss.MSE{}, fit.Options{})
	require.NoError(t, err)
	d, err := dataset.Random(8, []int{2}, []int{1}, 1)
	require.NoError(t, err)
	_, err = m.Fit(t.Context(), d, fit.Config{Epochs: 1, Callbacks: []fit.Callback{epochPrinter{&out, groups}}})
	require.NoError(t, err)
	require.Contains(t, out.String(), "lr 0.02, 0.002, frozen, 0.02\n")
	require.Equal(t, "0.02, 0.002", ratesText(0.02, []optim.Group{{Weights: []string{"/a"}}, {Weights: []string{"/b"}, RateFactor: 0.1}}), "every weight is in a group")
	require.Equal(t, "0.02", ratesText(0.02, nil))
}

// Class numbers that no output stands for make the loss NaN, and the reason is told before anything is trained; so is a
// weight of a class that isn't there.
func TestFitTellsOfLabelsThatAreNoClass(t *testing.T) {
	dir := t.TempDir()
	d, err := dataset.Random(40, []int{2}, []int{1}, 1)
	require.NoError(t, err)
	for i := range d.Y.Values {
		d.Y.Values[i] = float32(1 + i%4)
	}
	require.NoError(t, dataset.WriteNPZ(filepath.Join(dir, "data.npz"), d))
	model := strings.NewReplacer(`"units": 1, "activation": "linear"`, `"units": 4, "activation": "softmax"`, `"mse"`, `"sparse_categorical_crossentropy"`).Replace(linearModel)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "config.json"), []byte(model), 0o644))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "fit.json"), []byte(`{"epochs": 1, "class_weight": {"1": 2, "7": 3}}`), 0o644))
	out, told := fitTold(t, dir)
	require.Contains(t, out, "loss NaN")
	require.Contains(t, told, "the largest class number is 4, but 4 outputs stand for classes 0 to 3; 10 of 40 targets are no class, the first of them 4 in row 4\n")
	require.Contains(t, told, "class weight without that of 7 (no row that is trained on is of such a class)\n")
}

func TestInterruptedIsSaid(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	broken := fmt.Errorf("reading: %w", context.Canceled)
	require.Equal(t, "reading: context canceled", told(ctx, broken))
	cancel()
	require.Equal(t, "interrupted", told(ctx, broken))
	require.Equal(t, "no file", told(ctx, fmt.Errorf("no file")))
}
