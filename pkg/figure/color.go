package figure

import "image/color"

// Color gives a run, a group or a series one of the seven colours of series, counted from 1, so that it looks the same in
// every figure that it is in:
//
//	figure.Run{Name: "Adam, 10", Train: h.Loss(), Color: 3}
//
// They are 1 blue, 2 vermillion, 3 bluish green, 4 reddish purple, 5 orange, 6 sky blue, 7 near black, and repeat after
// that. 0, and below: its place in the list.
type Color int

// of is the colour of what stands at place, counted from 0.
func (c Color) of(place int) color.RGBA {
	if c > 0 {
		place = int(c) - 1
	}
	return seriesColor(place)
}
