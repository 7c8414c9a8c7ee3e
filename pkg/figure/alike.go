package figure

import (
	"math"

	"gonum.org/v1/plot/vg/draw"
)

// Alike puts figures side by side that are to be compared: axes with the same label end at the same values in all of them, and so do the
// colours of histograms, of landscapes, and of the heatmaps of sweeps; a step across a landscape is as long in each of them. Of figures with several panels, those in the same place are compared. What a figure shows
// besides stays as it is.
func Alike(panels ...Figure) Grid { return Row(madeAlike(panels)...) }

func madeAlike(panels []Figure) []Figure {
	out := make([]Figure, len(panels))
	copy(out, panels)
	grids := make([]Grid, len(panels))
	within := math.MaxInt // how many panels each of them has
	for i, p := range panels {
		var ok bool
		if grids[i], ok = gridOf(p); !ok {
			within = 0
		}
		within = min(within, len(grids[i].Panels))
	}
	if len(panels) > 0 && within > 0 {
		for i := range grids {
			grids[i].Panels = append([]Figure(nil), grids[i].Panels...)
		}
		for k := range within {
			place := make([]Figure, len(grids))
			for i := range grids {
				place[i] = grids[i].Panels[k]
			}
			for i, p := range madeAlike(place) {
				grids[i].Panels[k] = p
			}
		}
		for i := range grids {
			out[i] = grids[i]
		}
		return out
	}
	alikeColors(out)
	alikeAxes(out)
	return out
}

func gridOf(fig Figure) (Grid, bool) {
	switch fig := fig.(type) {
	case Grid:
		return fig, true
	case interface{ grid() Grid }:
		return fig.grid(), true
	}
	return Grid{}, false
}

// alikeColors gives histograms one darkest share, and landscapes and heatmaps one range of losses each, landscapes one of distances, too.
func alikeColors(panels []Figure) {
	peak, low, high := 0.0, math.Inf(1), math.Inf(-1)
	least, most := math.Inf(1), math.Inf(-1)
	across, up := map[string]float64{}, map[string]float64{} // by what the directions are
	for _, p := range panels {
		switch p := p.(type) {
		case Histograms:
			peak = max(peak, p.highest())
		case Landscape:
			from, to := p.span()
			low, high = math.Min(low, orInf(from, 1)), math.Max(high, orInf(to, -1))
			f := p.frame()
			if f.empty == "" {
				across[f.x.label], up[f.y.label] = max(across[f.x.label], f.x.hi-f.x.lo), max(up[f.y.label], f.y.hi-f.y.lo)
			}
		case SweepHeatmap:
			cells := p.cells()
			least, most = math.Min(least, orInf(cells.low, 1)), math.Max(most, orInf(cells.high, -1))
		}
	}
	for i, p := range panels {
		switch p := p.(type) {
		case Histograms:
			p.peak = peak
			panels[i] = p
		case Landscape:
			if low < high {
				p.Low, p.High = low, high
			}
			f := p.frame()
			p.Across, p.Up = across[f.x.label], up[f.y.label]
			panels[i] = p
		case SweepHeatmap:
			if least < most {
				p.Low, p.High = least, most
			}
			panels[i] = p
		}
	}
}

// orInf is v, or infinite where there is none.
func orInf(v float64, sign int) float64 {
	if math.IsNaN(v) {
		return math.Inf(sign)
	}
	return v
}

// alikeAxes has axes of one label, both logarithmic or neither, end at the same values. A landscape's are places of its own plane, of which only the lengths compare.
func alikeAxes(panels []Figure) {
	type name struct {
		label      string
		log, right bool
	}
	ends := map[name][2]float64{}
	frames := make([]*frame, len(panels))
	each := func(visit func(name, *axis)) {
		for _, f := range frames {
			if f != nil {
				visit(name{f.x.label, f.x.log, true}, &f.x)
				visit(name{f.y.label, f.y.log, false}, &f.y)
			}
		}
	}
	for i, p := range panels {
		if f, ok := frameOf(p); ok && f.empty == "" && !f.x.bare && !f.square {
			frames[i] = &f
		}
	}
	each(func(n name, a *axis) {
		if e, seen := ends[n]; seen {
			ends[n] = [2]float64{min(e[0], a.lo), max(e[1], a.hi)}
		} else {
			ends[n] = [2]float64{a.lo, a.hi}
		}
	})
	each(func(n name, a *axis) { a.lo, a.hi = ends[n][0], ends[n][1] })
	for i, f := range frames {
		if f != nil {
			panels[i] = framed{panels[i], *f}
		}
	}
}

// framed is a figure of one frame whose axes end elsewhere.
type framed struct {
	Figure
	layout frame
}

func (f framed) frame() frame { return f.layout }

// Draw implements [Figure].
func (f framed) Draw(c draw.Canvas) error { return f.layout.draw(c) }
