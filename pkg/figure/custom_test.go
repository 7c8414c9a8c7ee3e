package figure

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/assert"
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
)

func TestCustom(t *testing.T) {
	p := plot.New()
	p.Title.Text = "mine"
	line, err := plotter.NewLine(plotter.XYs{{X: 0, Y: 1}, {X: 1, Y: 3}})
	assert.NoError(t, err)
	p.Add(line)
	assert.NoError(t, Render(&bytes.Buffer{}, Row(Custom{Plot: p}, LossCurves{}), SVG))
	assert.Equal(t, "mine", Custom{Plot: p}.Text())
	assert.Equal(t, "words", Custom{Plot: p, Words: "words"}.Text())

	assert.EqualError(t, Render(&bytes.Buffer{}, Custom{}, SVG), "figure: Custom has no plot")
	assert.Empty(t, Custom{}.Text())

	p.Y.Scale = plot.LogScale{}
	p.Y.Min = -1
	assert.ErrorContains(t, Render(&bytes.Buffer{}, Custom{Plot: p}, PNG), "log scale", "gonum panics; a figure does not")
}
