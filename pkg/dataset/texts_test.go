package dataset

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/internal/allowance"
)

// testdata/texts.npz is NumPy's, written by make_texts.py.
func TestReadTextsAsNumPyWrites(t *testing.T) {
	read := map[string]Texts{}
	for _, name := range []string{"unicode", "big", "bytes", "fortran", "whole", "unsigned", "floats"} {
		_, err := ReadArraysFrom(filepath.Join("testdata", "texts.npz"), []Source{{Arrays: []string{name}, Encode: func(all []Texts) (Array, error) {
			read[name] = all[0]
			return Array{}, all[0].Validate()
		}}})
		require.NoError(t, err, name)
	}
	require.Equal(t, Texts{Shape: []int{3, 1}, Values: []string{"Straße", "", "a\x00b 😀"}}, read["unicode"])
	require.Equal(t, read["unicode"].Values, read["big"].Values, "the other byte order")
	require.Equal(t, Texts{Shape: []int{2}, Values: []string{"Rom", "K\xc3\xb6ln"}}, read["bytes"])
	require.Equal(t, Texts{Shape: []int{2, 3}, Values: []string{"a", "b", "c", "d", "e", "f"}}, read["fortran"])
	require.Equal(t, Texts{Shape: []int{3}, Values: []string{"9007199254740993", "-1", "0"}, Numbers: true}, read["whole"])
	require.Equal(t, Texts{Shape: []int{1}, Values: []string{"18446744073709551615"}, Numbers: true}, read["unsigned"])
	require.Equal(t, Texts{Shape: []int{3}, Values: []string{"36", "0", "-2"}, Numbers: true}, read["floats"], "fractions are cut off")

	for name, says := range map[string]string{"objects": "Python objects (type", "nan": "NaN can't be made a whole number", "missing": "there is no such array"} {
		_, err := ReadArraysFrom(filepath.Join("testdata", "texts.npz"), []Source{{Arrays: []string{name}, Encode: func([]Texts) (Array, error) { return Array{}, nil }}})
		require.ErrorContains(t, err, says)
	}
	_, err := ReadArrays(filepath.Join("testdata", "texts.npz"), []string{"unicode"})
	require.ErrorContains(t, err, `it holds strings where numbers are needed (type "<U6")`)
}

// npyText is an array's file with that header.
func npyText(descr, shape, data string) string {
	head := fmt.Sprintf("{'descr': '%s', 'fortran_order': False, 'shape': %s, }\n", descr, shape)
	return "\x93NUMPY\x01\x00" + string([]byte{byte(len(head)), byte(len(head) >> 8)}) + head + data
}

// A header can claim any width and number of strings: what isn't in the file is refused before anything is allocated for it.
func TestHostileTexts(t *testing.T) {
	for says, content := range map[string]string{
		"the file has 0": npyText("<U12", "(1000000,)", ""),
		"strings of 1000000000 characters: too large": npyText("<U1000000000", "(1,)", ""),
		"hold nothing": npyText("<U0", "(16000000,)", ""),
		`type "<U99999999999999999999" hold nothing`: npyText("<U99999999999999999999", "(1,)", ""),
		`type "<U-4" hold nothing`:                   npyText("<U-4", "(1,)", ""),
		"has more than 16777216 elements":            npyText("|S1", "(100000000,)", ""),
		"U+110000 is no character":                   npyText("<U1", "(1,)", "\x00\x00\x11\x00"),
		"U+D800 is no character":                     npyText("<U1", "(1,)", "\x00\xd8\x00\x00"),
		"beyond element 1 of 2: unexpected EOF":      npyText("|S4", "(2,)", "abcdab"),
	} {
		size := int64(len(content))
		if strings.HasPrefix(says, "beyond") {
			size += 2 // a length that lies
		}
		var err error
		reads := allowance.Allowance{Fixed: 1 << 20, PerByte: 64}
		reads.Check(t, len(content), func() { _, err = readTexts(strings.NewReader(content), size) })
		require.ErrorContains(t, err, says)
		require.Less(t, len(err.Error()), 500)
	}
}

// A packed array of blanks, far larger than its file, costs what it says at most.
func TestPackedTexts(t *testing.T) {
	var packed bytes.Buffer
	z := zip.NewWriter(&packed)
	w, err := z.Create("x.npy")
	require.NoError(t, err)
	const rows = 1 << 10
	_, err = io.WriteString(w, npyText("|S65536", fmt.Sprintf("(%d,)", rows), strings.Repeat("\x00", rows<<16)))
	require.NoError(t, err)
	require.NoError(t, z.Close())
	reads := allowance.Allowance{Fixed: 8 << 20, PerByte: 64}
	reads.Check(t, packed.Len(), func() {
		_, err = readArrays(bytes.NewReader(packed.Bytes()), int64(packed.Len()), []Source{{Arrays: []string{"x"}, Encode: func(all []Texts) (Array, error) {
			return Array{Shape: []int{len(all[0].Values)}}, nil
		}}})
	})
	require.NoError(t, err)
}

func FuzzReadTexts(f *testing.F) {
	for _, descr := range []string{"<U2", ">U2", "|S8", "<i8", "<f4", "|b1", "|O", "<U0", "<U268435456"} {
		f.Add([]byte(npyText(descr, "(2,)", "abcdefghijklmnop")))
	}
	f.Add([]byte(npyText("<U1", "(2, 2)", strings.Repeat("\x41\x00\x00\x00", 4))))
	reads := allowance.Allowance{Fixed: 8 << 20, PerByte: 25 * deflateRatio}
	f.Fuzz(func(t *testing.T, content []byte) {
		var got Texts
		var err error
		reads.Check(t, len(content), func() { got, err = readTexts(bytes.NewReader(content), int64(len(content))) })
		if err == nil {
			require.NoError(t, got.Validate())
		}
	})
}
