package dataset

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/internal/allowance"
)

// The files were written by NumPy, with testdata/arrays.py.
func TestReadNPY(t *testing.T) {
	ramp := func(f func(i int) float32) []float32 {
		values := make([]float32, 12)
		for i := range values {
			values[i] = f(i)
		}
		return values
	}
	half := ramp(func(i int) float32 { return float32(i) / 2 })
	minus6 := ramp(func(i int) float32 { return float32(i) - 6 })
	for file, want := range map[string][]float32{
		"float32.npy":            half,
		"float64_big_endian.npy": half,
		"int32_fortran.npy":      minus6,
		"int64.npy":              minus6,
		"uint8.npy":              ramp(func(i int) float32 { return float32(i) }),
		"bool.npy": ramp(func(i int) float32 {
			if i%3 == 0 {
				return 1
			}
			return 0
		}),
	} {
		a, err := ReadNPY(filepath.Join("testdata", file))
		require.NoError(t, err, file)
		require.Equal(t, []int{2, 3, 2}, a.Shape, file)
		require.Equal(t, want, a.Values, file)
	}
	a, err := ReadNPY("testdata/version2.npy")
	require.NoError(t, err)
	require.Equal(t, []float32{0, 1, 2}, a.Values)
}

func TestReadNPYRefuses(t *testing.T) {
	for file, says := range map[string]string{
		"scalar.npy":      "0 axes",
		"no_rows.npy":     "no rows",
		"complex.npy":     `type "<c8"`,
		"huge_number.npy": "element 1 is 1e+300, which doesn't fit float32",
		"plain.npz":       "not an .npy array",
		"missing.npy":     "no such file",
		"../testdata":     "is a directory",
	} {
		_, err := ReadNPY(filepath.Join("testdata", file))
		if file == "../testdata" {
			require.Error(t, err)
			continue
		}
		require.ErrorContains(t, err, says, file)
		require.ErrorContains(t, err, file)
	}
}

// header makes a version 1 header around a dictionary.
func header(dictionary string) string {
	return "\x93NUMPY\x01\x00" + string([]byte{byte(len(dictionary) + 1), byte((len(dictionary) + 1) >> 8)}) + dictionary + "\n"
}

func TestReadNPYDoesNotTrustItsHeader(t *testing.T) {
	plain := func(shape string) string {
		return header("{'descr': '<f4', 'fortran_order': False, 'shape': " + shape + ", }")
	}
	for name, test := range map[string]struct{ file, says string }{
		"nothing":             {"", "not an .npy array"},
		"magic alone":         {"\x93NUMPY", "not an .npy array"},
		"header cut off":      {plain("(3,)")[:40], "header is cut off"},
		"version 2 cut off":   {"\x93NUMPY\x02\x00\x10\x00", "header is cut off"},
		"header of 4 GiB":     {"\x93NUMPY\x02\x00\xff\xff\xff\xff", "too large"},
		"version 9":           {"\x93NUMPY\x09\x00\x04\x00abc\n", "header can't be read"},
		"no dictionary":       {header("abc"), "header can't be read"},
		"keys out of order":   {header("{'shape': (1,), 'descr': '<f4', 'fortran_order': False, }"), "header"},
		"no newline":          {"\x93NUMPY\x01\x00\x03\x00abc", "malformed"},
		"negative size":       {plain("(-1,)") + "abcd", "negative axis"},
		"two negative sizes":  {plain("(-2, -2)") + strings.Repeat("a", 16), "negative axis"},
		"huge claim":          {plain("(100000000000,)"), "too large"},
		"overflowing claim":   {plain("(4611686018427387904, 4)"), "too large"},
		"claim beyond int":    {plain("(99999999999999999999,)"), "header can't be read"},
		"claim beyond file":   {plain("(1000,)") + "abcd", "needs 4000 bytes of <f4, the file has 4"},
		"empty axis":          {plain("(2, 0)"), "empty axis"},
		"empty after a huge":  {plain("(9223372036854775807, 9223372036854775807, 0)"), "shape"},
		"too many axes":       {plain("(1, 1, 1, 1, 1, 1, 1, 1, 1)") + "abcd", "9 axes"},
		"unknown type":        {header("{'descr': '|O', 'fortran_order': False, 'shape': (1,), }") + "abcd", `type "|O"`},
		"unknown byte order":  {header("{'descr': '!f4', 'fortran_order': False, 'shape': (1,), }") + "abcd", `type "!f4"`},
		"order is no boolean": {header("{'descr': '<f4', 'fortran_order': Maybe, 'shape': (1,), }") + "abcd", "fortran_order"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := readNPY(strings.NewReader(test.file), int64(len(test.file)))
			require.ErrorContains(t, err, test.says)
		})
	}
	_, err := readNPY(strings.NewReader(plain("(1000,)")+"abcd"), 1<<20)
	require.ErrorIs(t, err, io.ErrUnexpectedEOF, "a stream that ends early is not full of zeros")
}

func FuzzReadNPY(f *testing.F) {
	files, err := filepath.Glob("testdata/*.npy")
	require.NoError(f, err)
	for _, file := range files {
		content, err := os.ReadFile(file)
		require.NoError(f, err)
		f.Add(content)
	}
	f.Add([]byte(header("{'descr': '<f4', 'fortran_order': True, 'shape': (-1, 2), }")))
	reads := allowance.Allowance{Fixed: 2 << 20, PerByte: 64} // a boolean becomes 4 bytes, and is reordered; a header may be long
	f.Fuzz(func(t *testing.T, content []byte) {
		var a Array
		var err error
		reads.Check(t, len(content), func() { a, err = readNPY(bytes.NewReader(content), int64(len(content))) })
		if err != nil {
			return
		}
		require.NoError(t, a.Validate())
		require.LessOrEqual(t, len(a.Values), len(content), "memory stays in proportion to the file")
		var again bytes.Buffer
		require.NoError(t, writeNPY(&again, a))
		b, err := readNPY(&again, int64(again.Len()))
		require.NoError(t, err)
		require.Equal(t, a.Shape, b.Shape)
		for i := range a.Values { // NaN is not equal to itself
			require.True(t, a.Values[i] == b.Values[i] || a.Values[i] != a.Values[i] && b.Values[i] != b.Values[i])
		}
	})
}
