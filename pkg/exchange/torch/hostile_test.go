package torch

import (
	"archive/zip"
	"bytes"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// repacked is a program with some of its parts changed; nil takes one out.
func repacked(t testing.TB, change map[string]func(string) []byte) []byte {
	t.Helper()
	content, err := os.ReadFile(filepath.Join("testdata", "programs", "mlp", "model.pt2"))
	require.NoError(t, err)
	z, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	require.NoError(t, err)
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, f := range z.File {
		r, err := f.Open()
		require.NoError(t, err)
		part, err := io.ReadAll(r)
		require.NoError(t, err)
		for name, c := range change {
			if strings.HasSuffix(f.Name, name) {
				part = c(string(part))
			}
		}
		if part == nil {
			continue
		}
		to, err := w.Create(f.Name)
		require.NoError(t, err)
		_, err = to.Write(part)
		require.NoError(t, err)
	}
	require.NoError(t, w.Close())
	return out.Bytes()
}

func replaced(old, new string) func(string) []byte {
	return func(s string) []byte { return []byte(strings.ReplaceAll(s, old, new)) }
}

// Whatever is wrong with a file is an error that says so, within the memory that it is worth.
func TestHostilePrograms(t *testing.T) {
	for name, c := range map[string]struct {
		change map[string]func(string) []byte
		says   string
	}{
		"no graph":        {map[string]func(string) []byte{"models/model.json": func(string) []byte { return nil }}, "there is no models/model.json"},
		"no JSON":         {map[string]func(string) []byte{"models/model.json": func(string) []byte { return []byte("{") }}, "its program"},
		"two programs":    {map[string]func(string) []byte{"models/model.json": func(s string) []byte { return []byte(s + s) }}, "behind the program"},
		"a newer schema":  {map[string]func(string) []byte{"models/model.json": replaced(`"major": 8`, `"major": 9`)}, "newer than"},
		"an older schema": {map[string]func(string) []byte{"models/model.json": replaced(`"major": 8`, `"major": 6`)}, "older than"},
		"big-endian":      {map[string]func(string) []byte{"byteorder": func(string) []byte { return []byte("big") }}, "endian"},
		"no weights":      {map[string]func(string) []byte{"model_weights_config.json": func(string) []byte { return nil }}, "weights.safetensors"},
		"short weights":   {map[string]func(string) []byte{"weights/weight_0": func(s string) []byte { return []byte(s[:3]) }}, "don't hold shape"},
		"a pickle":        {map[string]func(string) []byte{"model_weights_config.json": replaced(`"use_pickle": false`, `"use_pickle": true`)}, "pickle"},
		"huge sizes":      {map[string]func(string) []byte{"model_weights_config.json": replaced(`{"as_int": 16}`, `{"as_int": 4611686018427387904}`)}, "make no sense"},
		"one byte many times": {map[string]func(string) []byte{"model_weights_config.json": func(s string) []byte {
			s = strings.ReplaceAll(s, `"sizes": [{"as_int": 16}]`, `"sizes": [{"as_int": 400000000}]`)
			return []byte(strings.ReplaceAll(s, `"strides": [{"as_int": 1}]`, `"strides": [{"as_int": 0}]`))
		}}, "more than"},
		"negative sizes":   {map[string]func(string) []byte{"model_weights_config.json": replaced(`{"as_int": 16}`, `{"as_int": -16}`)}, "make no sense"},
		"a strange number": {map[string]func(string) []byte{"model_weights_config.json": replaced(`"dtype": 7`, `"dtype": 29`)}, "type 29"},
		"a cycle":          {map[string]func(string) []byte{"models/model.json": replaced(`{"name": "input", "arg": {"as_tensor": {"name": "x"}}`, `{"name": "input", "arg": {"as_tensor": {"name": "linear_2"}}`)}, "wasn't understood"},
		"another operation": {map[string]func(string) []byte{"models/model.json": replaced("aten.relu.default", "aten.made_up.default")},
			"architectures.py"},
		"a batch of one size": {map[string]func(string) []byte{"models/model.json": func(s string) []byte {
			at := strings.Index(s, `"x": {`)
			from := at + strings.Index(s[at:], `{"as_expr"`)
			to := from + strings.Index(s[from:], `}}}`) + 3
			return []byte(s[:from] + `{"as_int": 8}` + s[to:])
		}}, "dynamic_shapes"},
	} {
		t.Run(name, func(t *testing.T) {
			content := repacked(t, c.change)
			_, err := ReadModelFrom(bytes.NewReader(content), int64(len(content)))
			require.Error(t, err)
			require.Contains(t, err.Error(), c.says)
			require.NotContains(t, err.Error(), "runtime error")
		})
	}
}

// A zip that holds more than its program says isn't unpacked.
func TestBomb(t *testing.T) {
	content := repacked(t, map[string]func(string) []byte{"weights/weight_0": func(string) []byte { return make([]byte, 1<<28) }})
	require.Less(t, len(content), 1<<20)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, err := ReadModelFrom(bytes.NewReader(content), int64(len(content)))
	require.NoError(t, err, "what lies behind a weight isn't read")
	runtime.ReadMemStats(&after)
	require.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(64<<20))
}
