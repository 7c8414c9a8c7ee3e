package keras

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/gobackend"
	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/backend"
	"example.com/unstuck/pkg/backend/backendtest"
	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/fit"
)

// golden is one short training in Keras: see testdata/golden/README.md.
type golden struct {
	config         []byte
	epochs, batch  int
	data           dataset.Data
	initial, final []goldenWeight
	predictions    [2][]float32 // before and after, of one output after the other
	losses         []float64
	outputLosses   map[string][]float64 // of several outputs, by the name of the loss
}

type goldenWeight struct {
	name  string // "dense/kernel"
	array dataset.Array
}

// TestGolden trains as Keras did and compares predictions, losses and weights: to 1e-4 relative or 1e-6
// absolute, value by value. UNSTUCK_GOLDEN names another folder of such files.
func TestGolden(t *testing.T) {
	for _, file := range goldenFiles(t) {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".json"), func(t *testing.T) {
			g := readGolden(t, file)
			for _, name := range []string{backend.Go, backend.XLACPU} {
				t.Run(name, func(t *testing.T) { g.check(t, open(t, name)) })
			}
		})
	}
}

// goldenFiles are those of the folder in UNSTUCK_GOLDEN; without it those beside the repository, in
// ../shared/golden, and what is committed in testdata, where there is a copy of the former.
func goldenFiles(t *testing.T) []string {
	folders := []string{os.Getenv("UNSTUCK_GOLDEN")}
	if folders[0] == "" {
		folders = []string{filepath.Join(root(t), "..", "shared", "golden"), filepath.Join("testdata", "golden")}
	}
	var files []string
	seen := map[string]bool{}
	for _, folder := range folders {
		all, err := filepath.Glob(filepath.Join(folder, "*.json"))
		require.NoError(t, err)
		for _, file := range all {
			if name := filepath.Base(file); !seen[name] {
				seen[name] = true
				files = append(files, file)
			}
		}
	}
	require.NotEmpty(t, files, "no golden files in %v", folders)
	return files
}

// root is the folder of go.mod.
func root(t *testing.T) string {
	folder, err := os.Getwd()
	require.NoError(t, err)
	for {
		if _, err := os.Stat(filepath.Join(folder, "go.mod")); err == nil {
			return folder
		}
		parent := filepath.Dir(folder)
		require.NotEqual(t, folder, parent, "no go.mod above the test")
		folder = parent
	}
}

// open opens a backend once; the test is skipped where it isn't installed.
func open(t *testing.T, name string) compute.Backend {
	t.Helper()
	if name == backend.XLACPU {
		return backendtest.XLA(t)
	}
	return gobackend.GetBackend()
}

func (g golden) check(t *testing.T, b compute.Backend) {
	ctx := context.Background()
	d, err := ReadConfig(bytes.NewReader(g.config))
	require.NoError(t, err)
	require.True(t, d.Compiled)
	m, err := fit.Compile(d.Model, d.Optimizer, d.Loss, fit.Options{Backend: b})
	require.NoError(t, err)
	var rows [][]int
	for _, x := range g.data.Inputs() {
		rows = append(rows, x.Shape[1:])
	}
	require.NoError(t, m.BuildAll(rows...))

	paths := d.WeightPaths()
	require.Len(t, paths, len(g.initial), "weights")
	d.Weights = make([]Weight, len(paths))
	for i, w := range g.initial {
		require.Equal(t, filepath.Base(paths[i]), filepath.Base(w.name), "order of the weights")
		d.Weights[i] = Weight{Path: paths[i], Array: w.array}
	}
	require.NoError(t, d.SetWeights(m))
	predict := func() []float32 {
		all, err := m.PredictAll(ctx, g.data.Inputs()...)
		require.NoError(t, err)
		var values []float32
		for _, y := range all {
			values = append(values, y.Values...)
		}
		return values
	}
	near(t, "initial predictions", g.predictions[0], predict())

	h, err := m.Fit(ctx, g.data, fit.Config{
		Epochs: g.epochs, BatchSize: g.batch, NoShuffle: true, AllowNonFinite: true,
	})
	require.NoError(t, err)
	near(t, "losses", g.losses, h.Loss())
	for name, want := range g.outputLosses {
		var got []float64
		for _, e := range h.Epochs {
			got = append(got, e.Metrics[name])
		}
		near(t, name, want, got)
	}

	weights := map[string]fit.Weight{}
	all, err := m.Weights()
	require.NoError(t, err)
	for _, w := range all {
		weights[w.Path] = w
	}
	for i, w := range g.final {
		near(t, "final "+w.name, w.array.Values, weights[paths[i]].Values)
	}
	near(t, "final predictions", g.predictions[1], predict())
}

// near compares value by value, NaN being near NaN, and reports the worst.
func near[T float32 | float64](t *testing.T, what string, want, got []T) {
	t.Helper()
	if len(want) != len(got) {
		t.Errorf("%s: %d values, Keras has %d", what, len(got), len(want))
		return
	}
	worst, at, bad := 0.0, 0, 0
	for i := range want {
		w, g := float64(want[i]), float64(got[i])
		if w == g || math.IsNaN(w) && math.IsNaN(g) {
			continue
		}
		miss := math.Abs(w-g) / max(1e-6, 1e-4*math.Abs(w))
		if !(miss <= 1) {
			bad++
		}
		if !(miss <= worst) {
			worst, at = miss, i
		}
	}
	if bad > 0 {
		t.Errorf("%s: %d of %d values are off, the worst %.3g times the tolerance: %v at %d, Keras has %v",
			what, bad, len(want), worst, got[at], at, want[at])
	}
}

func readGolden(t *testing.T, file string) golden {
	t.Helper()
	f, err := os.Open(file)
	require.NoError(t, err)
	defer f.Close()
	top, err := decode(f, 64<<20)
	require.NoError(t, err)
	config, err := json.Marshal(top["config"])
	require.NoError(t, err)
	o := newObject("", top, &report{})
	how := o.child("fit")
	g := golden{
		config: config,
		epochs: how.whole("epochs", 1, 1000),
		batch:  how.whole("batch_size", 1, 1<<20),
		data: dataset.Of(
			append([]dataset.Array{goldenArray(o.child("x"))}, goldenArrays(o, "more_x")...),
			append([]dataset.Array{goldenArray(o.child("y"))}, goldenArrays(o, "more_y")...)),
		initial: goldenWeights(o, "initial_weights"),
		final:   goldenWeights(o, "final_weights"),
		losses:  numbers[float64](o.child("history").list("loss")),
	}
	if weights := o.list("sample_weight"); len(weights) > 0 {
		g.data.SampleWeight = numbers[float32](weights)
	}
	g.outputLosses = map[string][]float64{}
	for name, values := range o.child("history").fields {
		if name != "loss" && strings.HasSuffix(name, "_loss") {
			g.outputLosses[name] = numbers[float64](values.([]any))
		}
	}
	g.predictions[0] = numbers[float32](o.list("initial_predictions"))
	g.predictions[1] = numbers[float32](o.list("final_predictions"))
	require.NoError(t, o.err(), file)
	require.False(t, how.flag("shuffle"), "the rows must have been taken in order")
	return g
}

func goldenArrays(o *object, key string) []dataset.Array {
	var all []dataset.Array
	for i, v := range o.list(key) {
		all = append(all, goldenArray(newObject(fmt.Sprintf("%s[%d]", key, i), v.(map[string]any), o.report)))
	}
	return all
}

func goldenWeights(o *object, key string) []goldenWeight {
	var all []goldenWeight
	for i, v := range o.list(key) {
		w := newObject(fmt.Sprintf("%s[%d]", key, i), v.(map[string]any), o.report)
		all = append(all, goldenWeight{w.text("name"), goldenArray(w)})
	}
	return all
}

func goldenArray(o *object) dataset.Array {
	a := dataset.Array{Values: numbers[float32](o.list("values"))}
	for _, n := range numbers[float64](o.list("shape")) {
		a.Shape = append(a.Shape, int(n))
	}
	return a
}

// numbers flattens lists.
func numbers[T float32 | float64](list []any) []T {
	var all []T
	for _, v := range list {
		if inner, ok := v.([]any); ok {
			all = append(all, numbers[T](inner)...)
			continue
		}
		x, _ := numberOf(v)
		all = append(all, T(x))
	}
	return all
}
