package notebook

import (
	"bytes"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/figure"
)

var losses = figure.LossCurves{Runs: []figure.Run{{Name: "Adam 1e-3", Train: []float64{0.3, 0.1, 0.084}}}}

func TestShowSendsOneBundle(t *testing.T) {
	var r Recorder
	require.NoError(t, ShowOn(&r, losses))
	require.Len(t, r.Shown(), 1)
	b := r.Shown()[0]
	assert.Len(t, b.Data, 3, "PNG, SVG and text; nothing that runs")
	assert.Contains(t, string(b.Data[Plain]), "Adam 1e-3: loss 0.3 → 0.084 in 3 epochs")
	assert.True(t, strings.HasPrefix(string(b.Data[SVG]), "<svg"))
	assert.NotContains(t, string(b.Data[SVG]), "<script")
	img, err := png.Decode(bytes.NewReader(b.Data[PNG]))
	require.NoError(t, err)
	assert.InDelta(t, float64(img.Bounds().Dx())/float64(b.Width), 1.5, 0.01, "144 dpi for 96")
	assert.Equal(t, []int{566, 326}, []int{b.Width, b.Height})
}

func TestShowInATerminalPrintsTheText(t *testing.T) {
	var out bytes.Buffer
	require.NoError(t, ShowOn(Terminal{Out: &out}, losses))
	assert.Equal(t, losses.Text()+"\n", out.String())
}

func TestShowSaves(t *testing.T) {
	dir := t.TempDir()
	var out bytes.Buffer
	require.NoError(t, ShowOn(Terminal{Out: &out}, losses, filepath.Join(dir, "a.png"), filepath.Join(dir, "a.svg")))
	for _, name := range []string{"a.png", "a.svg"} {
		info, err := os.Stat(filepath.Join(dir, name))
		require.NoError(t, err)
		assert.Positive(t, info.Size())
	}
	err := ShowOn(Terminal{Out: &out}, losses, filepath.Join(dir, "a.bmp"))
	assert.ErrorContains(t, err, `unknown format "bmp"`)
	assert.NoFileExists(t, filepath.Join(dir, "a.bmp"))
}

func TestShowNothing(t *testing.T) {
	assert.ErrorContains(t, Show(nil), "the figure is nil")
}

func TestTerminalRefusesWhatItCannotShow(t *testing.T) {
	err := Terminal{Out: &bytes.Buffer{}}.Show(Bundle{Data: map[string][]byte{PNG: nil}})
	assert.ErrorContains(t, err, "without text/plain")
}

type verdict string

func (v verdict) String() string { return "the verdict: " + string(v) }

type drawnElsewhere struct{ n int }

func TestShowWhatIsNoFigure(t *testing.T) {
	var r Recorder
	require.NoError(t, ShowOn(&r, verdict("healthy")))
	require.NoError(t, ShowOn(&r, Table{Columns: []string{"loss"}, Rows: [][]any{{1.5}}}))
	require.ErrorContains(t, ShowOn(&r, drawnElsewhere{2}), "nothing is known of how to show values of type notebook.drawnElsewhere")
	Register(func(d Display, v drawnElsewhere) error {
		return d.Show(Bundle{Data: map[string][]byte{Plain: []byte(strings.Repeat("x", v.n))}})
	})
	require.NoError(t, ShowOn(&r, drawnElsewhere{2}))
	require.Len(t, r.Shown(), 3)
	assert.Equal(t, "the verdict: healthy", string(r.Shown()[0].Data[Plain]))
	assert.Contains(t, string(r.Shown()[1].Data[HTML]), "<table>")
	assert.Equal(t, "xx", string(r.Shown()[2].Data[Plain]))
	require.ErrorContains(t, ShowOn(&r, verdict("x"), "a.png"), "isn't a figure, so it isn't saved to a.png")
}
