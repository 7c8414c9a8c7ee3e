package figure

import (
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// shortNames keeps the names at an axis from taking the room of the data.
type shortNames struct {
	plot.Ticker
	style text.Style
	width vg.Length
}

// Ticks implements plot.Ticker.
func (s shortNames) Ticks(lo, hi float64) []plot.Tick {
	ticks := append([]plot.Tick(nil), s.Ticker.Ticks(lo, hi)...)
	for i := range ticks {
		ticks[i].Label = fit(ticks[i].Label, s.style, s.width)
	}
	return ticks
}

// fitNames turns the names of a horizontal axis when one is wider than the
// room that each has, unless they may be shortened to it.
func (f frame) fitNames(axis *plot.Axis, room vg.Length) {
	widest := vg.Length(0)
	for _, t := range axis.Tick.Marker.Ticks(axis.Min, axis.Max) {
		widest = max(widest, axis.Tick.Label.Width(t.Label))
	}
	if widest <= room {
		return
	}
	if f.flatNames {
		axis.Tick.Marker = shortNames{axis.Tick.Marker, axis.Tick.Label, room}
		return
	}
	axis.Tick.Marker = shortNames{axis.Tick.Marker, axis.Tick.Label, 1.3 * vg.Inch}
	axis.Tick.Label.Rotation = math.Pi / 4
	axis.Tick.Label.XAlign, axis.Tick.Label.YAlign = draw.XRight, draw.YTop
}
