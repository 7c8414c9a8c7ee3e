package torch

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gomlx/compute/gobackend"
	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/dataset"
)

// Programs of each older PyTorch lose what they lose there, over five steps with Adam, and with SGD.
func TestProgramsOfOlderVersions(t *testing.T) {
	folders, err := filepath.Glob("testdata/versions/*")
	require.NoError(t, err)
	versions := map[string]int{}
	for _, folder := range folders {
		version, _, _ := strings.Cut(filepath.Base(folder), "-")
		versions[version]++
		t.Run(filepath.Base(folder), func(t *testing.T) {
			var want program
			content, err := os.ReadFile(filepath.Join(folder, "losses.json"))
			require.NoError(t, err)
			require.NoError(t, json.Unmarshal(content, &want))
			m, err := ReadModel(filepath.Join(folder, "model.pt2"))
			require.NoError(t, err)
			require.Equal(t, version, strings.Split(m.Version, "+")[0])
			data, err := dataset.ReadNPZNamed(filepath.Join(folder, "data.npz"), []string{"x"}, []string{"y"})
			require.NoError(t, err)
			want.compare(t, m, data, gobackend.GetBackend(), `{"class": "Adam", "groups": [{"lr": 0.001}]}`, want.Adam, want.AdamEval)
			want.compare(t, m, data, gobackend.GetBackend(), `{"class": "SGD", "groups": [{"lr": 0.05}]}`, want.SGD, want.SGDEval)
		})
	}
	for _, version := range []string{"2.5.1", "2.6.0", "2.7.1", "2.8.0"} {
		require.GreaterOrEqual(t, versions[version], 3, version)
	}
}

// A program whose weights lie in a pickle says what to put beside it.
func TestPickledWeightsAreAskedFor(t *testing.T) {
	content, err := os.ReadFile("testdata/versions/2.5.1-cnn/model.pt2")
	require.NoError(t, err)
	alone := filepath.Join(t.TempDir(), "model.pt2")
	require.NoError(t, os.WriteFile(alone, content, 0o600))
	_, err = ReadModel(alone)
	require.ErrorIs(t, err, ErrNotProgram)
	for _, part := range []string{alone, "2.5.1", "weights.safetensors", "unstuck.save", "PyTorch 2.9"} {
		require.ErrorContains(t, err, part)
	}
	_, err = ReadModelFrom(bytes.NewReader(content), int64(len(content)))
	require.ErrorContains(t, err, "weights.safetensors")
}

// safetensorsOf is a file with a header and numbers behind it.
func safetensorsOf(header string, numbers ...byte) []byte {
	return append(append(binary.LittleEndian.AppendUint64(nil, uint64(len(header))), header...), numbers...)
}

func TestSafetensors(t *testing.T) {
	read := func(content []byte) (map[string]tensor, error) {
		return readSafetensors(bytes.NewReader(content), int64(len(content)))
	}
	all, err := read(safetensorsOf(`{"__metadata__": {"head": "w", "w": "n"}, "w": {"dtype": "F32", "shape": [1, 2], "data_offsets": [8, 16]}, `+
		`"n": {"dtype": "I64", "shape": [], "data_offsets": [0, 8]}, "none": {"dtype": "BF16", "shape": [0, 3], "data_offsets": [16, 16]}}`,
		7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 128, 63, 0, 0, 0, 192))
	require.NoError(t, err)
	require.Equal(t, tensor{shape: []int{1, 2}, values: []float32{1, -2}, store: "w"}, all["w"])
	require.Equal(t, all["w"], all["head"], "tied weights are one")
	require.Equal(t, tensor{shape: []int{}, values: []float32{7}, whole: true, store: "n"}, all["n"])
	require.Equal(t, []int{0, 3}, all["none"].shape)
	for name, content := range map[string][]byte{
		"empty":          {},
		"a long header":  binary.LittleEndian.AppendUint64(nil, 1<<60),
		"no JSON":        safetensorsOf(`{`),
		"negative sizes": safetensorsOf(`{"w": {"dtype": "F32", "shape": [-1, -1], "data_offsets": [0, 4]}}`, 0, 0, 0, 0),
		"huge sizes":     safetensorsOf(`{"w": {"dtype": "F32", "shape": [4611686018427387904, 4], "data_offsets": [0, 0]}}`),
		"backwards":      safetensorsOf(`{"w": {"dtype": "F32", "shape": [1], "data_offsets": [4, 0]}}`, 0, 0, 0, 0),
		"beyond the end": safetensorsOf(`{"w": {"dtype": "F32", "shape": [1], "data_offsets": [1, 5]}}`, 0, 0, 0, 0),
		"another type":   safetensorsOf(`{"w": {"dtype": "F8_E4M3", "shape": [1], "data_offsets": [0, 1]}}`, 0),
		"wrong size":     safetensorsOf(`{"w": {"dtype": "F32", "shape": [2], "data_offsets": [0, 4]}}`, 0, 0, 0, 0),
	} {
		_, err := read(content)
		require.ErrorIs(t, err, ErrNotProgram, name)
	}
}

func FuzzSafetensors(f *testing.F) {
	f.Add(safetensorsOf(`{"w": {"dtype": "F32", "shape": [1, 1], "data_offsets": [0, 4]}}`, 0, 0, 0, 0))
	f.Add(safetensorsOf(`{"__metadata__": {"a": "b"}, "b": {"dtype": "BOOL", "shape": [], "data_offsets": [0, 1]}}`, 1))
	f.Fuzz(func(t *testing.T, content []byte) {
		all, err := readSafetensors(bytes.NewReader(content), int64(len(content)))
		if err != nil {
			require.ErrorIs(t, err, ErrNotProgram)
		}
		for name, v := range all {
			require.Equal(t, sizeOfRow(v.shape), len(v.values), name)
		}
	})
}
