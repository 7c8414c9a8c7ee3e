package report

import (
	"fmt"
	"image/color"
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/text"
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

// features draws each feature's deviation on a log axis.
func features(r *doctor.Report) figure.Figure {
	var points plotter.XYs
	for j, d := range r.Look.FeatureDeviations {
		if d > 0 {
			points = append(points, plotter.XY{X: float64(j + 1), Y: d})
		}
	}
	title := "Standard deviation of each feature"
	fig := scatter(title, "Feature", "Deviation (log scale)", points,
		fmt.Sprintf("%s: %d features, %.3g to %.3g, means up to %.3g", title, len(r.Look.FeatureDeviations), r.Look.InputLow, r.Look.InputHigh, r.Look.InputMagnitude))
	if len(points) > 0 {
		p := fig.Plot
		p.X.Min, p.X.Max = 0.5, float64(len(r.Look.FeatureDeviations))+0.5
		p.Y.Min, p.Y.Max = min(0.1, r.Look.InputLow/2), max(10, r.Look.InputHigh*2)
		p.Y.Scale, p.Y.Tick.Marker = plot.LogScale{}, plot.LogTicks{Prec: -1}
	}
	return fig
}

func scatter(title, x, y string, points plotter.XYs, words string) figure.Custom {
	p := plot.New()
	p.Title.Text, p.X.Label.Text, p.Y.Label.Text = title, x, y
	for _, style := range []*text.Style{&p.Title.TextStyle, &p.X.Label.TextStyle, &p.Y.Label.TextStyle, &p.X.Tick.Label, &p.Y.Tick.Label} {
		style.Font.Variant = "Sans"
	}
	p.Add(plotter.NewGrid())
	if s, err := plotter.NewScatter(points); err == nil && len(points) > 0 {
		s.GlyphStyle = draw.GlyphStyle{Color: ink, Radius: vg.Points(2), Shape: draw.CircleGlyph{}}
		p.Add(s)
		p.X.Min, p.X.Max = padded(p.X.Min, p.X.Max)
		p.Y.Min, p.Y.Max = padded(p.Y.Min, p.Y.Max)
	}
	return figure.Custom{Plot: p, Words: words}
}

// padded widens a range a little, so that points at its ends aren't cut.
func padded(low, high float64) (float64, float64) {
	pad := 0.03 * (high - low)
	if pad == 0 {
		pad = 1
	}
	return low - pad, high + pad
}

func isNumber(x float64) bool { return !math.IsNaN(x) && !math.IsInf(x, 0) }
