package h5

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/unstuck/internal/allowance"
)

func parse(t testing.TB, name string) *File {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name))
	require.NoError(t, err)
	f, err := Parse(data)
	require.NoError(t, err)
	return f
}

// ramp is what make_h5.py fills every array with.
func ramp(n int) []float32 {
	values := make([]float32, n)
	for i := range values {
		values[i] = float32(i)*0.5 - 3
	}
	return values
}

// Both ends of what h5py may write: symbol tables in a version-0 file, links in a version-3 one.
func TestArraysOfBothFormats(t *testing.T) {
	for _, name := range []string{"earliest.h5", "latest.h5"} {
		t.Run(name, func(t *testing.T) {
			f := parse(t, name)
			for path, want := range map[string][]int{
				"layers/dense/vars/0": {3, 4}, "/layers/dense/vars/1/": {4}, "scalar": {}, "empty": {0, 2},
			} {
				shape, values, err := f.Float32s(path)
				require.NoError(t, err, path)
				assert.Equal(t, want, shape, path)
				n := 1
				for _, d := range want {
					n *= d
				}
				assert.Equal(t, ramp(n), values, path)
			}
			members, err := f.Members("layers/dense/vars")
			require.NoError(t, err)
			assert.Equal(t, []string{"0", "1"}, members)
		})
	}
}

func TestChunks(t *testing.T) {
	f := parse(t, "chunked.h5")
	for path, want := range map[string][]int{"plain": {7, 5}, "gzip": {7, 5}, "shuffled": {7, 5, 3}, "many": {300}} {
		shape, values, err := f.Float32s(path)
		require.NoError(t, err, path)
		assert.Equal(t, want, shape, path)
		assert.Equal(t, ramp(len(values)), values, path)
	}
	for path, message := range map[string]string{"unwritten": "of which 0 were written", "lzf": "HDF5 filter 32000"} {
		_, _, err := f.Float32s(path)
		require.ErrorIs(t, err, ErrUnsupported, path)
		assert.ErrorContains(t, err, message)
	}
}

// A group of 400 members needs a B-tree of several nodes.
func TestLargeGroup(t *testing.T) {
	f := parse(t, "other.h5")
	members, err := f.Members("many")
	require.NoError(t, err)
	assert.Len(t, members, 401)
	_, values, err := f.Float32s("many/layer_399/deep")
	require.NoError(t, err)
	assert.Equal(t, ramp(2), values)
	_, values, err = f.Float32s("loop/up/loop/up/many/layer_399/deep")
	require.NoError(t, err, "groups that contain each other")
	assert.Equal(t, ramp(2), values)
}

func TestWhatIsRefused(t *testing.T) {
	f := parse(t, "other.h5")
	for path, target := range map[string]error{
		"f2": ErrUnsupported, "f8": ErrUnsupported, ">f4": ErrUnsupported, "i4": ErrUnsupported, "S3": ErrUnsupported,
		"never": ErrUnsupported, "many": ErrNotFound, "nowhere": ErrNotFound, "f2/x": ErrNotFound, "": ErrNotFound,
	} {
		_, _, err := f.Float32s(path)
		assert.ErrorIs(t, err, target, path)
	}
	_, err := f.Members("f2")
	assert.ErrorIs(t, err, ErrNotFound)
	for _, data := range []string{"", "PK", signature, signature + "\x04"} {
		_, err := Parse([]byte(data))
		assert.Error(t, err)
	}
}

// A filter named 255 times would cost as many passes over every chunk.
func TestFiltersComeOnce(t *testing.T) {
	named := func(ids ...byte) []message {
		data := []byte{2, byte(len(ids))}
		for _, id := range ids {
			data = append(data, id, 0, 0, 0, 0, 0)
		}
		return []message{{kind: msgFilters, data: data}}
	}
	all, err := pipeline(named(filterShuffle, filterDeflate))
	require.NoError(t, err)
	assert.Equal(t, filters{filterShuffle, filterDeflate}, all)
	_, err = pipeline(named(filterShuffle, filterDeflate, filterShuffle))
	assert.ErrorIs(t, err, ErrUnsupported)
}

// Cut anywhere, a file gives an error or what was in front of the cut.
func TestCutFiles(t *testing.T) {
	data, err := os.ReadFile("testdata/earliest.h5")
	require.NoError(t, err)
	for n := range data {
		f, err := Parse(data[:n])
		if err != nil {
			require.ErrorIs(t, err, ErrFormat)
			continue
		}
		if _, values, err := f.Float32s("layers/dense/vars/0"); err == nil {
			require.Equal(t, ramp(12), values, "cut at %d", n)
		}
	}
}

// reading one array allocates the array twice, and each chunk once for each of its filters. Compressed chunks may come to
// a thousand times of the file, and overhang the array.
var reading = allowance.Allowance{Fixed: 1 << 20, PerByte: 2*maxDeflate + 2*16*maxDeflate}

func FuzzParse(f *testing.F) {
	for _, name := range []string{"earliest.h5", "latest.h5", "chunked.h5", "attributes_earliest.h5", "attributes_latest.h5"} {
		data, err := os.ReadFile(filepath.Join("testdata", name))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		file, err := Parse(data)
		if err != nil {
			return
		}
		visit(t, file, "", 4)
	})
}

// visit reads everything down to a depth.
func visit(t *testing.T, f *File, path string, depth int) {
	reading.Check(t, len(f.data), func() {
		if _, values, err := f.Float32s(path); err == nil && len(values) > MaxElements {
			t.Error("more values than promised")
		}
	})
	for _, attribute := range []string{"variables", "fixeds", "many", "variable", "long", "empty"} {
		reading.Check(t, len(f.data), func() { _, _ = f.Texts(path, attribute) })
	}
	members, err := f.Members(path)
	if err != nil || depth == 0 {
		return
	}
	for _, name := range members[:min(len(members), 8)] {
		visit(t, f, path+"/"+name, depth-1)
	}
}
