package report

import (
	"fmt"
	"image/color"
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"example.com/unstuck/pkg/doctor"
	"example.com/unstuck/pkg/figure"
)

// most is how many points a scatter plot shows at most.
const most = 1000

var ink = color.NRGBA{R: 0x2f, G: 0x6d, B: 0xb3, A: 0xa0}

// predictions draws what the training as given predicts over the targets; nil for more than one output.
func predictions(r *doctor.Report) figure.Figure {
	o := r.Before
	if o == nil || o.Predictions.RowSize() != 1 || r.Case.Data.Y.RowSize() != 1 {
		return nil
	}
	var points plotter.XYs
	y, p := r.Case.Data.Y.Values, o.Predictions.Values
	for i := 0; i < len(y); i += 1 + len(y)/most {
		if isNumber(float64(y[i])) && isNumber(float64(p[i])) {
			points = append(points, plotter.XY{X: float64(y[i]), Y: float64(p[i])})
		}
	}
	title := "Predictions of the training as given over the targets"
	return scatter(title, "Target", "Prediction", points, fmt.Sprintf("%s: %s", title, spread(points)))
}

func spread(points plotter.XYs) string {
	if len(points) == 0 {
		return "no finite ones"
	}
	xmin, xmax, ymin, ymax := plotter.XYRange(points)
	return fmt.Sprintf("targets go from %.4g to %.4g, predictions from %.4g to %.4g", xmin, xmax, ymin, ymax)
}

// features draws the size of each feature's deviation and mean.
func features(r *doctor.Report) figure.Figure {
	means, deviations := r.Look.FeatureMeans, r.Look.FeatureDeviations
	var points plotter.XYs
	for j, d := range deviations {
		if d > 0 {
			points = append(points, plotter.XY{X: float64(j + 1), Y: math.Log10(d)})
		}
	}
	title := "Deviation of each feature, as a power of ten (0 is 1)"
	return scatter(title, "Feature", "log10 of the deviation", points,
		fmt.Sprintf("%s: %d features, deviations %.3g to %.3g, means up to %.3g", title, len(means), r.Look.InputLow, r.Look.InputHigh, r.Look.InputMagnitude))
}

func scatter(title, x, y string, points plotter.XYs, words string) figure.Figure {
	p := plot.New()
	p.Title.Text, p.X.Label.Text, p.Y.Label.Text = title, x, y
	p.Add(plotter.NewGrid())
	if s, err := plotter.NewScatter(points); err == nil && len(points) > 0 {
		s.GlyphStyle = draw.GlyphStyle{Color: ink, Radius: vg.Points(2), Shape: draw.CircleGlyph{}}
		p.Add(s)
	}
	return figure.Custom{Plot: p, Words: words}
}

func isNumber(x float64) bool { return !math.IsNaN(x) && !math.IsInf(x, 0) }
