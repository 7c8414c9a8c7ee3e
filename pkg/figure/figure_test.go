package figure

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

func TestRenderIsTheSameEveryTime(t *testing.T) {
	for _, name := range []string{"losscurves", "saturation"} {
		for _, format := range []Format{PNG, SVG} {
			var one, two bytes.Buffer
			require.NoError(t, Render(&one, goldens[name], format), name)
			require.NoError(t, Render(&two, goldens[name], format), name)
			assert.True(t, bytes.Equal(one.Bytes(), two.Bytes()), "%s as %s", name, format)
		}
	}
}

// A notebook of ten figures stays well below a megabyte.
func TestPicturesAreSmall(t *testing.T) {
	for name, fig := range goldens {
		var svg bytes.Buffer
		require.NoError(t, Render(&svg, fig, SVG))
		assert.Less(t, svg.Len(), 100_000, "%s.svg", name)
		info, err := os.Stat(filepath.Join("testdata", name+".png"))
		require.NoError(t, err)
		assert.Less(t, info.Size(), int64(130_000), "%s.png", name)
		if _, larger := fig.(Sizer); !larger {
			assert.Less(t, info.Size(), int64(60_000), "%s.png", name)
		}
	}
}

func TestSVGStandsInAPage(t *testing.T) {
	var out strings.Builder
	require.NoError(t, Render(&out, LossCurves{Title: `a < b & "c"`}, SVG))
	svg := out.String()
	assert.True(t, strings.HasPrefix(svg, `<svg role="img" aria-label="a &lt; b &amp; &#34;c&#34;`), svg[:80])
	assert.Contains(t, svg, "Arial,Helvetica,sans-serif")
	assert.NotContains(t, svg, "font-family:Liberation")
	assert.NotContains(t, svg, "NaN")
	assert.NotContains(t, svg, "<script")
}

func TestSaveLeavesNothingBehindOnErrors(t *testing.T) {
	path := filepath.Join(t.TempDir(), "figure.bmp")
	assert.ErrorContains(t, Save(path, LossCurves{}), `unknown format "bmp": use "png" or "svg"`)
	assert.NoFileExists(t, path)

	path = filepath.Join(filepath.Dir(path), "figure.SVG")
	require.NoError(t, Save(path, LossCurves{}))
	content, err := os.ReadFile(path)
	require.NoError(t, err)
	assert.Contains(t, string(content), "</svg>")
}

type faulty struct{ size vg.Length }

func (f faulty) Draw(draw.Canvas) error       { panic(errors.New("ink is out")) }
func (faulty) Text() string                   { return "" }
func (f faulty) Size() (vg.Length, vg.Length) { return f.size, f.size }

func TestPanicsOfTheDrawingLibraryAreErrors(t *testing.T) {
	err := Render(&bytes.Buffer{}, faulty{size: vg.Inch}, PNG)
	assert.EqualError(t, err, "figure: drawing figure.faulty: ink is out")
}

func TestRenderRefusesBadSizes(t *testing.T) {
	for _, size := range []vg.Length{0, -1, 101 * vg.Inch} {
		assert.ErrorContains(t, Render(&bytes.Buffer{}, faulty{size}, PNG), "is outside 0 to 100 in")
	}
	assert.ErrorContains(t, Render(&bytes.Buffer{}, nil, PNG), "the figure is nil")
}
