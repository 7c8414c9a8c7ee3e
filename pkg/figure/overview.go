package figure

import (
	"strings"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Overview puts what is known of one run on a page: the loss, and beside it
// whichever of the other pictures has measurements. Those without are left out;
// the loss always stays.
type Overview struct {
	Title     string   // default: "Overview of the run"
	Facts     []string // one line below the title: model, optimizer, seed, backend
	Loss      LossCurves
	Gradients GradientNorms
	Updates   UpdateRatios
	Dead      Saturation
	Clipping  Clipping
}

func (o Overview) grid() Grid {
	g := Grid{
		Title: or(o.Title, "Overview of the run"), Subtitle: strings.Join(o.Facts, " · "),
		Columns: 2,
		Panels:  []Figure{o.Loss},
	}
	if len(o.Gradients.Norms) > 0 {
		g.Panels = append(g.Panels, o.Gradients)
	}
	if len(o.Updates.Ratios) > 0 {
		g.Panels = append(g.Panels, o.Updates)
	}
	if o.Dead.measured() {
		g.Panels = append(g.Panels, o.Dead.grid().Panels...)
	}
	if len(o.Clipping.Before) > 0 {
		g.Panels = append(g.Panels, o.Clipping)
	}
	if len(g.Panels) == 1 {
		g.Columns = 1
	}
	return g
}

// Size implements [Sizer].
func (o Overview) Size() (width, height vg.Length) { return o.grid().Size() }

// Draw implements [Figure].
func (o Overview) Draw(c draw.Canvas) error { return o.grid().Draw(c) }

// Text implements [Figure].
func (o Overview) Text() string { return o.grid().Text() }
