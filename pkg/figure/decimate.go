package figure

import "gonum.org/v1/plot/plotter"

// maxPoints bounds the points of one curve; a figure is about 700 points of an
// inch/144 wide, so more could not be told apart and would only swell the SVG.
const maxPoints = 1400

// decimate thins a long curve to at most limit points. Of every bucket it
// keeps the lowest and the highest value in their order, so that peaks stay;
// the first and the last point always stay.
func decimate(points plotter.XYs, limit int) plotter.XYs {
	if len(points) <= limit || limit < 4 {
		return points
	}
	buckets := (limit - 2) / 2
	inner := points[1 : len(points)-1]
	out := make(plotter.XYs, 0, limit)
	out = append(out, points[0])
	for b := range buckets {
		part := inner[b*len(inner)/buckets : (b+1)*len(inner)/buckets]
		low, high := 0, 0
		for i, p := range part {
			if p.Y < part[low].Y {
				low = i
			}
			if p.Y > part[high].Y {
				high = i
			}
		}
		first, second := min(low, high), max(low, high)
		out = append(out, part[first])
		if second != first {
			out = append(out, part[second])
		}
	}
	return append(out, points[len(points)-1])
}
