package figure

import (
	"fmt"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg/draw"
)

// Custom makes any gonum plot a figure, so that it can be saved, shown and put
// in a [Grid] like the others.
type Custom struct {
	Plot  *plot.Plot
	Words string // what Text returns; default: the plot's title
}

// Draw implements [Figure].
func (p Custom) Draw(c draw.Canvas) error {
	if p.Plot == nil {
		return fmt.Errorf("figure: Custom has no plot")
	}
	c.SetColor(background)
	c.Fill(c.Rectangle.Path())
	p.Plot.Draw(draw.Crop(c, margin, -margin, margin, -margin))
	return nil
}

// Text implements [Figure].
func (p Custom) Text() string {
	if p.Words == "" && p.Plot != nil {
		return p.Plot.Title.Text
	}
	return p.Words
}
