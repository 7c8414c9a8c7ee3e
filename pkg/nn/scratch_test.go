package nn

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// What a layer needs beside its output is told before anything is built for it.
func TestScratch(t *testing.T) {
	image := [][]int{{2, 10, 8, 3}}
	require.Equal(t, 2*3.0*(8*6*9+10*8), Scratch(Conv2D{Filters: 4, KernelSize: []int{3}}, image))
	require.Equal(t, 2*3.0*(8*6*9+10*8), Scratch(Frozen{Layer: DepthwiseConv2D{KernelSize: []int{3}}}, image))
	require.Equal(t, 2*3.0*(5*4*4+10*8), Scratch(MaxPooling2D{}, image))
	require.Equal(t, 2*4.0*10*8*9, Scratch(Conv2DTranspose{Filters: 4, KernelSize: []int{3}}, image))
	require.Equal(t, 2*5.0*100*100, Scratch(MultiHeadAttention{NumHeads: 5, KeyDim: 2}, [][]int{{2, 100, 7}}))
	require.Equal(t, 10*20+8*5.0, Scratch(Resizing{Height: 20, Width: 5}, image))
	require.Zero(t, Scratch(Dense{Units: 5}, image))
	require.Greater(t, Scratch(Conv1D{Filters: 1, KernelSize: []int{2}, DilationRate: []int{1 << 24}, Padding: "same"}, [][]int{{1, 4, 1}}), 1e7, "padding counts")

	_, err := Conv1D{Filters: 1, KernelSize: []int{1 << 20}, Padding: "same"}.OutputShape(1, 4, 1)
	require.ErrorContains(t, err, "windows of up to 4096 places")
	_, err = AdaptiveMaxPooling1D{OutputSize: []int{2}}.OutputShape(1, 100_000, 1)
	require.ErrorContains(t, err, "axes of up to 4096 places")
}
