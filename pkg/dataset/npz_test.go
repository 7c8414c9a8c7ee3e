package dataset

import (
	"archive/zip"
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/internal/allowance"
)

func TestReadNPZ(t *testing.T) {
	for _, file := range []string{"plain.npz", "compressed.npz"} {
		d, err := ReadNPZ(filepath.Join("testdata", file))
		require.NoError(t, err)
		require.Equal(t, []int{3, 2, 2}, d.X.Shape)
		require.Equal(t, float32(11), d.X.Values[11])
		require.Equal(t, Array{Shape: []int{3}, Values: []float32{0, 2, 1}}, d.Y)
		if file == "compressed.npz" {
			require.Equal(t, []float32{1, 0.5, 2}, d.SampleWeight)
		} else {
			require.Nil(t, d.SampleWeight)
		}
	}
}

func TestReadNPZRefuses(t *testing.T) {
	for file, says := range map[string]string{
		"no_y.npz":    `array "y": there is no such array; there are ["x"]`,
		"shapes.npz":  "x has 3 rows, y has 2",
		"float32.npy": "not an .npz archive",
		"missing.npz": "no such file",
	} {
		_, err := ReadNPZ(filepath.Join("testdata", file))
		require.ErrorContains(t, err, says)
		require.ErrorContains(t, err, file)
	}
}

func TestReadNPZSeesDamage(t *testing.T) {
	whole, err := os.ReadFile("testdata/plain.npz")
	require.NoError(t, err)
	read := func(content []byte) error {
		_, err := readNPZ(bytes.NewReader(content), int64(len(content)), Sources("x"), Sources("y"))
		return err
	}
	require.NoError(t, read(whole))
	for _, size := range []int{0, 10, len(whole) / 2, len(whole) - 1} {
		require.Error(t, read(whole[:size]), size)
	}
	data := bytes.Index(whole, []byte("\x00\x00\x80\x3f\x00\x00\x00\x40")) // 1 and 2 of x
	require.Positive(t, data)
	bad := bytes.Clone(whole)
	bad[data] ^= 1
	require.ErrorContains(t, read(bad), "damaged", "the checksum tells")
}

func TestReadNPZRefusesBombs(t *testing.T) {
	var file bytes.Buffer
	archive := zip.NewWriter(&file)
	for range maxEntries + 1 {
		_, err := archive.Create("x.npy")
		require.NoError(t, err)
	}
	require.NoError(t, archive.Close())
	_, err := readNPZ(bytes.NewReader(file.Bytes()), int64(file.Len()), Sources("x"), Sources("y"))
	require.ErrorIs(t, err, ErrTooLarge)

	file.Reset()
	archive = zip.NewWriter(&file)
	w, err := archive.CreateRaw(&zip.FileHeader{Name: "x.npy", Method: zip.Deflate, CompressedSize64: 100, UncompressedSize64: 1 << 30})
	require.NoError(t, err)
	_, err = w.Write(make([]byte, 100))
	require.NoError(t, err)
	require.NoError(t, archive.Close())
	_, err = readNPZ(bytes.NewReader(file.Bytes()), int64(file.Len()), Sources("x"), Sources("y"))
	require.ErrorIs(t, err, ErrTooLarge, "deflate can't pack a gigabyte into 100 bytes")
}

func TestWriteNPZ(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ünd data.npz")
	d := sample()
	d.X.Shape, d.Features, d.Targets = []int{3, 1, 2}, nil, nil
	d.SampleWeight = []float32{1, 0, 0.25}
	require.NoError(t, WriteNPZ(path, d))
	got, err := ReadNPZ(path)
	require.NoError(t, err)
	require.Equal(t, d, got)

	d.Y.Values = d.Y.Values[:2]
	require.ErrorIs(t, WriteNPZ(path, d), ErrShape)
	got, err = ReadNPZ(path)
	require.NoError(t, err)
	require.Equal(t, float32(7), got.Y.Values[0], "the file of before is still there")
	require.Error(t, WriteNPZ(filepath.Join(t.TempDir(), "none", "data.npz"), sample()))
}

func FuzzReadNPZ(f *testing.F) {
	files, err := filepath.Glob("testdata/*.npz")
	require.NoError(f, err)
	for _, file := range files {
		content, err := os.ReadFile(file)
		require.NoError(f, err)
		f.Add(content)
	}
	reads := allowance.Allowance{Fixed: 8 << 20, PerByte: 25 * deflateRatio} // three arrays of 4 bytes for one, as they are and reordered
	f.Fuzz(func(t *testing.T, content []byte) {
		var d Data
		var err error
		reads.Check(t, len(content), func() { d, err = readNPZ(bytes.NewReader(content), int64(len(content)), Sources("x"), Sources("y")) })
		if err != nil {
			return
		}
		require.NoError(t, d.ValidateShapes())
		require.LessOrEqual(t, len(d.X.Values)+len(d.Y.Values), 2*deflateRatio*(len(content)+1))
	})
}
