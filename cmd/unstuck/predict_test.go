package main

import (
	"archive/zip"
	"bytes"
	"context"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/unstuck/internal/smalldisk"
	"example.com/unstuck/pkg/backend"
	"example.com/unstuck/pkg/backend/backendtest"
	"example.com/unstuck/pkg/dataset"
)

// predicted are the outputs of each model that testdata/make_predict.py saved.
var predicted = map[string][]string{"compiled": {"y"}, "uncompiled": {"y"}, "masked": {"y"}, "several": {"value", "kind"}}

// The predictions are Keras' own to 1e-5, compiled or not, in batches or all at once.
func TestPredict(t *testing.T) {
	for name, outputs := range predicted {
		for _, on := range []string{backend.Go, backend.XLACPU} {
			t.Run(name+" on "+on, func(t *testing.T) {
				if on == backend.XLACPU {
					backendtest.XLA(t)
				}
				model, data := savedModel(name)
				var expected []string
				for _, output := range outputs {
					expected = append(expected, "expect_"+output)
				}
				want, err := dataset.ReadArrays(data, expected)
				require.NoError(t, err)
				for _, batch := range []string{"1000", "3"} {
					out := filepath.Join(t.TempDir(), "out.npz")
					told, err := execute(t, "predict", model, data, "-o", out, "--backend", on, "--batch-size", batch)
					require.NoError(t, err)
					got, err := dataset.ReadArrays(out, outputs)
					require.NoError(t, err)
					for i := range want {
						assert.Contains(t, told, outputs[i]+" [")
						require.Equal(t, want[i].Shape, got[i].Shape, outputs[i])
						for j, v := range want[i].Values {
							assert.InDelta(t, v, got[i].Values[j], 1e-5*max(1, math.Abs(float64(v))), "%s %d", outputs[i], j)
						}
					}
				}
			})
		}
	}
}

func savedModel(name string) (model, data string) {
	folder := filepath.Join("testdata", "predict")
	return filepath.Join(folder, name+".keras"), filepath.Join(folder, name+".npz")
}

// entryOf is a file of a zip archive.
func entryOf(t *testing.T, archive []byte, name string) []byte {
	z, err := zip.NewReader(bytes.NewReader(archive), int64(len(archive)))
	require.NoError(t, err)
	f, err := z.Open(name)
	require.NoError(t, err)
	defer f.Close()
	content, err := io.ReadAll(f)
	require.NoError(t, err)
	return content
}

// An .npy does for a model with one input.
func TestPredictFromAnNPY(t *testing.T) {
	model, data := savedModel("compiled")
	folder := t.TempDir()
	content, err := os.ReadFile(data)
	require.NoError(t, err)
	alone := filepath.Join(folder, "alone.npy")
	require.NoError(t, os.WriteFile(alone, entryOf(t, content, "x.npy"), 0o644))
	one, other := filepath.Join(folder, "one.npz"), filepath.Join(folder, "other.npz")
	_, err = execute(t, "predict", model, alone, "-o", one, "--backend", "go")
	require.NoError(t, err)
	_, err = execute(t, "predict", model, data, "-o", other, "--backend", "go")
	require.NoError(t, err)
	a, err := dataset.ReadArrays(one, []string{"y"})
	require.NoError(t, err)
	b, err := dataset.ReadArrays(other, []string{"y"})
	require.NoError(t, err)
	require.Equal(t, b, a)

	model, _ = savedModel("several")
	_, err = execute(t, "predict", model, alone, "-o", one)
	require.ErrorContains(t, err, "an .npy has one array")
}

func TestPredictRefuses(t *testing.T) {
	folder := t.TempDir()
	model, data := savedModel("compiled")
	several, severalData := savedModel("several")
	write := func(name string, names []string, arrays ...dataset.Array) string {
		path := filepath.Join(folder, name)
		require.NoError(t, dataset.WriteArrays(path, names, arrays))
		return path
	}
	rows := func(shape ...int) dataset.Array {
		a := dataset.Array{Shape: shape, Values: []float32{}}
		n := 1
		for _, d := range shape {
			n *= d
		}
		a.Values = make([]float32, n)
		return a
	}
	config := filepath.Join(folder, "config.json")
	require.NoError(t, os.WriteFile(config, []byte(linearModel), 0o644))
	uneven := write("uneven.npz", []string{"tokens", "numbers"}, rows(3, 4), rows(2, 2))
	for what, c := range map[string]struct {
		args     []string
		messages []string
	}{
		"no output":          {[]string{model, data}, []string{"-o"}},
		"another format":     {[]string{model, data, "-o", "y.csv"}, []string{".npz"}},
		"no weights":         {[]string{config, data}, []string{"no weights"}},
		"another array":      {[]string{model, write("z.npz", []string{"z"}, rows(2, 4))}, []string{`"x"`, `"z"`}},
		"another shape":      {[]string{model, write("five.npz", []string{"x"}, rows(2, 5))}, []string{"[4]", "[5]", "compiled.keras", "five.npz"}},
		"more axes":          {[]string{model, write("axes.npz", []string{"x"}, rows(2, 4, 1))}, []string{"[4]", "[4 1]"}},
		"an input too few":   {[]string{several, write("one.npz", []string{"tokens"}, rows(2, 4))}, []string{"numbers", "tokens"}},
		"a shape of several": {[]string{several, write("two.npz", []string{"tokens", "numbers"}, rows(2, 4), rows(2, 3))}, []string{`"numbers"`, "[2]", "[3]"}},
		"uneven rows":        {[]string{several, uneven}, []string{"2 rows", "has 3"}},
		"no batch":           {[]string{several, severalData, "--batch-size", "0"}, []string{"--batch-size"}},
		"too little memory":  {[]string{several, severalData, "--memory", "1e-9"}, []string{"memory"}},
		"no model":           {[]string{filepath.Join(folder, "none.keras"), data}, []string{"none.keras"}},
		"no data":            {[]string{model, filepath.Join(folder, "none.npz")}, []string{"none.npz"}},
	} {
		t.Run(what, func(t *testing.T) {
			out := filepath.Join(folder, "out.npz")
			args := append([]string{"predict"}, c.args...)
			if !strings.Contains(what, "output") && !strings.Contains(what, "format") {
				args = append(args, "-o", out)
			}
			_, err := execute(t, args...)
			require.Error(t, err)
			for _, message := range c.messages {
				assert.ErrorContains(t, err, message)
			}
			assert.NoFileExists(t, out)
		})
	}
}

// What is read isn't written over, under whatever name.
func TestPredictSparesItsInput(t *testing.T) {
	model, data := savedModel("compiled")
	content, err := os.ReadFile(data)
	require.NoError(t, err)
	folder := t.TempDir()
	own, link := filepath.Join(folder, "own.npz"), filepath.Join(folder, "link.npz")
	require.NoError(t, os.WriteFile(own, content, 0o644))
	require.NoError(t, os.Symlink(own, link))
	for _, out := range []string{own, link, filepath.Join(folder, ".", "..", filepath.Base(folder), "own.npz")} {
		_, err = execute(t, "predict", model, own, "-o", out, "--backend", "go")
		require.ErrorContains(t, err, "own.npz itself, which would be lost")
	}
	after, err := os.ReadFile(own)
	require.NoError(t, err)
	require.Equal(t, content, after)
}

// A cancel is answered within half a second, and nothing is written then.
func TestPredictIsCancelled(t *testing.T) {
	model, data := savedModel("uncompiled")
	x, err := dataset.ReadArrays(data, []string{"x"})
	require.NoError(t, err)
	for len(x[0].Values) < 16*1_000_000 {
		x[0].Values = append(x[0].Values, x[0].Values...)
	}
	x[0].Shape[0] = len(x[0].Values) / 16
	large := filepath.Join(t.TempDir(), "large.npz")
	require.NoError(t, dataset.WriteArrays(large, []string{"x"}, x))
	out := filepath.Join(t.TempDir(), "out.npz")
	soon(t, cancelled+slack, func() time.Duration {
		ctx, cancel := context.WithCancel(context.Background())
		defer cancel()
		var at time.Time
		time.AfterFunc(time.Second, func() { at = time.Now(); cancel() })
		root := newRootCommand()
		root.SetArgs([]string{"predict", model, large, "-o", out, "--backend", "go", "--batch-size", "1"})
		require.ErrorIs(t, runRoot(ctx, root), context.Canceled)
		<-ctx.Done()
		return time.Since(at)
	})
	time.Sleep(100 * time.Millisecond)
	require.NoFileExists(t, out)
}

// On a full disk the file of before stays.
func TestPredictOnAFullDisk(t *testing.T) {
	out := filepath.Join(smalldisk.New(t, 16<<10), "out.npz")
	model, data := savedModel("uncompiled")
	_, err := execute(t, "predict", model, data, "-o", out, "--backend", "go")
	require.NoError(t, err)
	before, err := os.ReadFile(out)
	require.NoError(t, err)
	many := filepath.Join(t.TempDir(), "many.npz")
	d, err := dataset.Random(20_000, []int{4, 4, 1}, []int{1}, 1)
	require.NoError(t, err)
	require.NoError(t, dataset.WriteNPZ(many, d))
	_, err = execute(t, "predict", model, many, "-o", out, "--backend", "go")
	require.ErrorIs(t, err, syscall.ENOSPC)
	after, err := os.ReadFile(out)
	require.NoError(t, err)
	require.Equal(t, before, after)
}
