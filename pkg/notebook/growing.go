package notebook

import (
	"time"

	"example.com/unstuck/pkg/figure"
)

// Growing is a picture in the output of a cell that grows with what is computed: a search's table, the curve of a range test. Its zero value
// is ready. In a script, whose output can't be replaced, nothing is shown: there the result says it all.
//
// Calls may not overlap. Errors say that nothing could be shown; they are no reason to stop computing.
type Growing struct {
	Display Display       // nil: Default
	Every   time.Duration // least time between two pictures; default 500 ms

	view  View
	drawn time.Time
}

// Update shows the picture that draw returns, unless the last one was a moment ago: then draw isn't called. It may return nil: nothing to
// show yet.
func (g *Growing) Update(draw func() figure.Figure) error {
	if !g.live() || time.Since(g.drawn) < or(g.Every, 500*time.Millisecond) {
		return nil
	}
	fig := draw()
	if fig == nil {
		return nil
	}
	err := g.view.Update(fig)
	g.drawn = time.Now()
	return err
}

// Final shows the last picture in its place, in all the forms of [Show], so that the saved notebook has what Show would have left.
func (g *Growing) Final(fig figure.Figure) error {
	if !g.live() {
		return nil
	}
	g.drawn = time.Now()
	return g.view.Final(fig)
}

func (g *Growing) live() bool {
	if g.view.Display == nil {
		g.view.Display = g.Display
		if g.Display == nil {
			g.view.Display = Default()
		}
	}
	return isLive(g.view.Display)
}
