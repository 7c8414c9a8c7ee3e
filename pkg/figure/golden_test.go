package figure

import (
	"bytes"
	"flag"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "rewrite the golden images and texts in testdata")

// goldens holds one figure for each golden image; every figure's own test adds
// its own in an init function.
var goldens = map[string]Figure{}

func TestGolden(t *testing.T) {
	require.NotEmpty(t, goldens)
	for name, fig := range goldens {
		t.Run(name, func(t *testing.T) {
			var got bytes.Buffer
			require.NoError(t, Render(&got, fig, PNG))
			picture := filepath.Join("testdata", name+".png")
			text := filepath.Join("testdata", name+".txt")
			if *update {
				require.NoError(t, os.MkdirAll("testdata", 0o755))
				require.NoError(t, os.WriteFile(picture, got.Bytes(), 0o644))
				require.NoError(t, os.WriteFile(text, []byte(fig.Text()+"\n"), 0o644))
			}
			want, err := os.ReadFile(picture)
			require.NoError(t, err, "write it with: go test ./pkg/figure -update")
			if share := differing(t, want, got.Bytes()); share > 0.001 {
				t.Errorf("%.2f%% of the pixels differ from %s; look at it and rewrite it with -update", 100*share, picture)
			}
			wantText, err := os.ReadFile(text)
			require.NoError(t, err)
			assert.Equal(t, string(wantText), fig.Text()+"\n")
		})
	}
}

// differing returns the share of pixels whose colours lie clearly apart.
// Processors with fused multiply-add round an edge differently; that is less
// than one pixel in a thousand.
func differing(t *testing.T, want, got []byte) float64 {
	a, err := png.Decode(bytes.NewReader(want))
	require.NoError(t, err)
	b, err := png.Decode(bytes.NewReader(got))
	require.NoError(t, err)
	if a.Bounds() != b.Bounds() {
		return 1
	}
	n := 0
	for y := range a.Bounds().Dy() {
		for x := range a.Bounds().Dx() {
			if apart(a, b, x, y) {
				n++
			}
		}
	}
	return float64(n) / float64(a.Bounds().Dx()*a.Bounds().Dy())
}

func apart(a, b image.Image, x, y int) bool {
	r1, g1, b1, _ := a.At(x, y).RGBA()
	r2, g2, b2, _ := b.At(x, y).RGBA()
	far := func(u, v uint32) bool { return max(u, v)-min(u, v) > 24<<8 }
	return far(r1, r2) || far(g1, g2) || far(b1, b2)
}

func TestGoldenComparisonSeesADifference(t *testing.T) {
	var one, two bytes.Buffer
	require.NoError(t, Render(&one, LossCurves{Runs: []Run{{Train: []float64{1, 2}}}}, PNG))
	require.NoError(t, Render(&two, LossCurves{Runs: []Run{{Train: []float64{2, 1}}}}, PNG))
	assert.Greater(t, differing(t, one.Bytes(), two.Bytes()), 0.001)
}
