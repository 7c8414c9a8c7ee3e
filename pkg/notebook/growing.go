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
	Every   time.Duration // least time between two pictures; default 500 ms, and less in the first second, so that what ends within it is seen growing, too

	view         View
	first, drawn time.Time // pictures
}

// Update shows the picture that draw returns, unless the last one was a moment ago: then draw isn't called. It may return nil: nothing to
// show yet.
func (g *Growing) Update(draw func() figure.Figure) error {
	if !g.live() || time.Since(g.drawn) < g.wait() {
		return nil
	}
	fig := draw()
	if fig == nil {
		return nil
	}
	err := g.view.Update(fig)
	g.drawn = time.Now()
	if g.first.IsZero() {
		g.first = g.drawn
	}
	return err
}

// wait is the least time between the last picture and the next one. The pictures' number grows with the logarithm of the time at first: at
// a fixed pace that suits hours, a range test of a tenth of a second would have no picture but its first one.
func (g *Growing) wait() time.Duration {
	if g.Every > 0 {
		return g.Every
	}
	return min(max(g.drawn.Sub(g.first)/2, 20*time.Millisecond), 500*time.Millisecond)
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
