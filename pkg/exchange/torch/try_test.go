package torch

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/fit"
	"example.com/unstuck/pkg/loss"
	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/optim"
)

func TestTry(t *testing.T) {
	dir := os.Getenv("PT2")
	if dir == "" {
		t.Skip()
	}
	folders, _ := filepath.Glob(dir + "/*/model.pt2")
	for _, path := range folders {
		t.Run(filepath.Base(filepath.Dir(path)), func(t *testing.T) {
			m, err := ReadModel(path)
			require.NoError(t, err)
			for _, n := range m.Layer.Nodes {
				t.Logf("%s %T %v %s", n.Name, n.Layer, n.From, n.Shared)
			}
			folder := filepath.Dir(path)
			inputs := nn.InputNames(m.Layer)
			if len(inputs) == 1 {
				inputs = []string{"x"}
			}
			outs := nn.OutputNames(m.Layer)
			if len(outs) == 1 {
				outs = []string{"y"}
			}
			d, err := dataset.ReadNPZNamed(filepath.Join(folder, "data.npz"), inputs, outs)
			require.NoError(t, err)
			var want struct {
				SGD   []float64
				Batch int
				Loss  string
			}
			b, _ := os.ReadFile(filepath.Join(folder, "losses.json"))
			require.NoError(t, json.Unmarshal(b, &want))
			var l loss.Loss = loss.MSE{}
			if want.Loss == "CrossEntropyLoss" {
				l = loss.SparseCategoricalCrossentropy{FromLogits: true}
			}
			if want.Loss == "BCEWithLogitsLoss" {
				l = loss.BinaryCrossentropy{FromLogits: true}
			}
			o := optim.SGD(0.05)
			model, err := fit.Compile(m.Layer, o, l, fit.Options{})
			require.NoError(t, err)
			var rows [][]int
			for _, x := range d.Inputs() {
				rows = append(rows, x.Shape[1:])
			}
			require.NoError(t, model.BuildAll(rows...))
			for _, w := range m.Weights {
				require.NoError(t, model.SetWeight(w.Path, w.Array), w.Path)
			}
			for i, v := range want.SGD {
				h, err := model.Fit(t.Context(), d.Range(i*want.Batch, (i+1)*want.Batch), fit.Config{Epochs: 1, BatchSize: want.Batch, NoShuffle: true})
				require.NoError(t, err)
				if math.Abs(h.Loss()[0]-v) > 1e-5*math.Abs(v) {
					t.Errorf("step %d: %v, PyTorch %v", i+1, h.Loss()[0], v)
				}
			}
		})
	}
}
