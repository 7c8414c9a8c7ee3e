package h5

import (
	"archive/zip"
	"io"
	"testing"

	"github.com/stretchr/testify/require"
)

// The count of an optimizer's steps is a whole number; what isn't one is refused.
func TestInt(t *testing.T) {
	z, err := zip.OpenReader("../../testdata/memory/adam.keras")
	require.NoError(t, err)
	defer z.Close()
	r, err := z.Open("model.weights.h5")
	require.NoError(t, err)
	data, err := io.ReadAll(r)
	require.NoError(t, err)
	f, err := Parse(data)
	require.NoError(t, err)
	n, err := f.Int("optimizer/vars/0")
	require.NoError(t, err)
	require.EqualValues(t, 3, n)
	_, _, err = f.Float32s("optimizer/vars/0")
	require.ErrorIs(t, err, ErrUnsupported)
	for path, want := range map[string]error{"optimizer/vars/1": ErrUnsupported, "optimizer/vars/2": ErrUnsupported, "optimizer/vars/99": ErrNotFound, "optimizer/vars": ErrNotFound} {
		_, err = f.Int(path)
		require.ErrorIs(t, err, want, path)
	}
}
