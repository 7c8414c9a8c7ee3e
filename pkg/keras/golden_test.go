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
	"sync"
	"testing"

	"github.com/gomlx/compute"
	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/backend"
	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/fit"
)

// golden is one short training in Keras: see testdata/golden/README.md.
type golden struct {
	config         []byte
	epochs, batch  int
	x, y           dataset.Array
	initial, final []goldenWeight
	predictions    [2][]float32 // before and after
	losses         []float64
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

var opened sync.Map // name → func() (*backend.Backend, error)

// opener opens a backend once.
func opener(name string) func() (*backend.Backend, error) {
	once, _ := opened.LoadOrStore(name, sync.OnceValues(func() (*backend.Backend, error) {
		return backend.Open(backend.Options{Name: name})
	}))
	return once.(func() (*backend.Backend, error))
}

// open opens a backend once; the test is skipped where it isn't installed.
func open(t *testing.T, name string) compute.Backend {
	t.Helper()
	b, err := opener(name)()
	if err != nil {
		t.Skipf("%s is needed: %v", name, err)
	}
	return b
}

func (g golden) check(t *testing.T, b compute.Backend) {
	ctx := context.Background()
	d, err := ReadConfig(bytes.NewReader(g.config))
	require.NoError(t, err)
	require.True(t, d.Compiled)
	m, err := fit.Compile(d.Model, d.Optimizer, d.Loss, fit.Options{Backend: b})
	require.NoError(t, err)
	require.NoError(t, m.Build(g.x.Shape[1:]...))

	paths := d.WeightPaths()
	require.Len(t, paths, len(g.initial), "weights")
	d.Weights = make([]Weight, len(paths))
	for i, w := range g.initial {
		require.Equal(t, filepath.Base(paths[i]), filepath.Base(w.name), "order of the weights")
		d.Weights[i] = Weight{Path: paths[i], Array: w.array}
	}
	require.NoError(t, d.SetWeights(m))
	before, err := m.Predict(ctx, g.x)
	require.NoError(t, err)
	near(t, "initial predictions", g.predictions[0], before.Values)

	h, err := m.Fit(ctx, dataset.Data{X: g.x, Y: g.y}, fit.Config{
		Epochs: g.epochs, BatchSize: g.batch, KeepOrder: true, AllowNonFinite: true,
	})
	require.NoError(t, err)
	near(t, "losses", g.losses, h.Loss())

	weights := map[string]fit.Weight{}
	all, err := m.Weights()
	require.NoError(t, err)
	for _, w := range all {
		weights[w.Path] = w
	}
	for i, w := range g.final {
		near(t, "final "+w.name, w.array.Values, weights[paths[i]].Values)
	}
	after, err := m.Predict(ctx, g.x)
	require.NoError(t, err)
	near(t, "final predictions", g.predictions[1], after.Values)
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
		config:  config,
		epochs:  how.whole("epochs", 0, 1, 1000),
		batch:   how.whole("batch_size", 0, 1, 1<<20),
		x:       goldenArray(o.child("x")),
		y:       goldenArray(o.child("y")),
		initial: goldenWeights(o, "initial_weights"),
		final:   goldenWeights(o, "final_weights"),
		losses:  numbers[float64](o.child("history").list("loss")),
	}
	g.predictions[0] = numbers[float32](o.list("initial_predictions"))
	g.predictions[1] = numbers[float32](o.list("final_predictions"))
	require.NoError(t, o.err(), file)
	require.False(t, how.flag("shuffle", true), "the rows must have been taken in order")
	return g
}

func goldenWeights(o *object, key string) []goldenWeight {
	var all []goldenWeight
	for i, v := range o.list(key) {
		w := newObject(fmt.Sprintf("%s[%d]", key, i), v.(map[string]any), o.report)
		all = append(all, goldenWeight{w.text("name", ""), goldenArray(w)})
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
