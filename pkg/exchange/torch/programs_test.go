package torch

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/gobackend"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/backend/backendtest"
	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/fit"
)

// program is what PyTorch lost, see testdata/make_programs.py.
type program struct {
	Loss     json.RawMessage
	Batch    int
	Eval     float64
	SGD      []float64
	Adam     []float64
	SGDEval  float64 `json:"sgd_eval"`
	AdamEval float64 `json:"adam_eval"`
}

// Nine architectures as people write them lose what they lose in PyTorch, with its optimizers, over five steps, and in evaluation
// before and behind them.
func TestArchitecturesLoseWhatTheyLoseInPyTorch(t *testing.T) {
	folders, err := filepath.Glob("testdata/programs/*")
	require.NoError(t, err)
	require.Len(t, folders, 9)
	for i, folder := range folders {
		t.Run(filepath.Base(folder), func(t *testing.T) {
			var want program
			content, err := os.ReadFile(filepath.Join(folder, "losses.json"))
			require.NoError(t, err)
			require.NoError(t, json.Unmarshal(content, &want))
			m, err := ReadModel(filepath.Join(folder, "model.pt2"))
			require.NoError(t, err)
			data, err := dataset.ReadNPZNamed(filepath.Join(folder, "data.npz"), []string{"x"}, []string{"y"})
			require.NoError(t, err)
			check := func(t *testing.T, b compute.Backend, all bool) {
				want.compare(t, m, data, b, `{"class": "Adam", "groups": [{"lr": 0.001}]}`, want.Adam, want.AdamEval)
				if all {
					want.compare(t, m, data, b, `{"class": "SGD", "groups": [{"lr": 0.05}]}`, want.SGD, want.SGDEval)
				}
			}
			t.Run("go", func(t *testing.T) { check(t, gobackend.GetBackend(), true) })
			// Compiling takes most of the time.
			if all := os.Getenv("UNSTUCK_XLA") == "all"; all || i%4 == 0 {
				t.Run("xla", func(t *testing.T) { check(t, backendtest.XLA(t), all) })
			}
		})
	}
}

func (p program) compare(t *testing.T, m *Model, data dataset.Data, b compute.Backend, optimizer string, losses []float64, behind float64) {
	t.Helper()
	names, err := json.Marshal(slices.Sorted(maps.Keys(m.Places)))
	require.NoError(t, err)
	optimizer = strings.Replace(optimizer, "[{", `[{"parameters": `+string(names)+", ", 1)
	d, data, err := m.Describe(fmt.Appendf(nil, `{"format": 1, "framework": "torch", "loss": %s, "optimizer": %s}`, p.Loss, optimizer), data)
	require.NoError(t, err)
	require.Empty(t, d.Problems)
	model, err := fit.Compile(m.Layer, d.Optimizer, d.Loss, fit.Options{Backend: b})
	require.NoError(t, err)
	require.NoError(t, model.Build(data.X.Shape[1:]...))
	for _, w := range m.Weights {
		require.NoError(t, model.SetWeight(w.Path, w.Array), w.Path)
	}
	same := func(want, got, tolerance float64, what string) {
		t.Helper()
		assert.InDelta(t, want, got, tolerance*math.Abs(want), "%s, %s", optimizer, what)
	}
	e, err := model.Evaluate(t.Context(), data)
	require.NoError(t, err)
	same(p.Eval, e.Loss, 1e-5, "before")
	for i, want := range losses {
		h, err := model.Fit(t.Context(), data.Range(i*p.Batch, (i+1)*p.Batch), fit.Config{Epochs: 1, BatchSize: p.Batch, NoShuffle: true})
		require.NoError(t, err)
		same(want, h.Loss()[0], 1e-5, fmt.Sprint("step ", i+1))
	}
	e, err = model.Evaluate(t.Context(), data)
	require.NoError(t, err)
	// A bias in front of a batch normalization has no gradient but noise, which Adam makes large: it shows in evaluation alone.
	same(behind, e.Loss, 1e-4, "behind")
}
