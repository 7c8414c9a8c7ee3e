package figure

import (
	"bytes"
	"math"
	"math/rand/v2"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"
)

// nasty are the values that break drawing code.
var nasty = []float64{
	0, math.Copysign(0, -1), 1, -1, 1e308, -1e308, math.MaxFloat64, math.SmallestNonzeroFloat64, 1e-300,
	math.NaN(), math.Inf(1), math.Inf(-1), 1 + 1e-15, 0.1, 1e-7, 12345678,
}

var badCoordinate = regexp.MustCompile(`(d|x|y|width|height)="[^"]*(NaN|Inf)[^"]*"`)

func TestNoNumberBreaksAFigure(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	values := func(n int) []float64 {
		out := make([]float64, n)
		for i := range out {
			out[i] = nasty[random.IntN(len(nasty))]
		}
		return out
	}
	some := func() []float64 { return values(random.IntN(5)) }
	rows := func() [][]float64 { return [][]float64{some(), some(), some()} }
	for round := range 60 {
		steps, log := []int{0, 3, 4, 9}, round%2 == 0
		for _, fig := range []Figure{
			LossCurves{LogY: log, Runs: []Run{{Train: some(), Validation: some()}, {Train: some()}}, Marks: []Reference{{Value: values(1)[0]}}},
			LossBands{LogY: log, Groups: []Group{{Seeds: rows()}}, Spread: Spread(round % 2)},
			RangeTest{Rates: some(), Losses: some(), Smoothed: some(), Suggestions: []Suggestion{{"x", values(1)[0]}}},
			GradientNorms{Steps: steps, Norms: rows()},
			GradientFlow{Norms: rows()},
			UpdateRatios{Steps: steps, Ratios: rows()},
			Saturation{Steps: steps, Dead: rows(), Saturated: rows()},
			Activations{Steps: steps, Mean: rows(), SD: rows()},
			Histograms{Steps: steps, Edges: []float64{-1, 0, 1}, Counts: [][]float64{values(2), values(2), values(2)}},
			SweepHeatmap{X: []string{"a", "b"}, Y: []string{"c"}, Loss: [][]float64{values(2)}, Linear: log},
			SweepParallel{Settings: []string{"s"}, Runs: []Trial{{[]string{"1"}, values(1)[0]}, {[]string{"2"}, values(1)[0]}}},
			Clipping{Before: some(), After: some(), Limit: values(1)[0]},
			StepSizes{Runs: []Sizes{{"a", some()}}},
			Scatter{X: values(4), Y: values(4), LogY: log, Diagonal: !log, Marks: []Reference{{Value: values(1)[0]}}},
			Pictures{Pictures: []Picture{{Values: [][]float64{values(3), values(3)}}, {Values: [][]float64{values(1)}}, {}}, Signed: log, Apart: round%3 == 0},
			Confusion{Counts: [][]int{{random.IntN(3), 0}, {math.MaxInt, random.IntN(2)}}, Unread: round % 2},
			Predictions{Targets: some(), Values: some()},
			Film{Stills: []Still{{Values: [][]float64{values(3), values(3)}}, {Values: [][]float64{values(1)}}, {}}, Signed: log},
			Boundaries{X: [2]float64{values(1)[0], values(1)[0]}, Y: [2]float64{values(1)[0], values(1)[0]}, Classes: []string{"a", "b", "c"}[:round%4],
				Stills: []Still{{Values: [][]float64{values(2), values(2)}}, {}}, Points: []Place{{values(1)[0], values(1)[0], values(1)[0]}}},
			Landscape{A: []float64{0, 1e-300, 3}, B: []float64{-1e299, 7}, Loss: [][]float64{values(3), values(3)}, Linear: log,
				Path: []Step{{A: values(1)[0], B: values(1)[0], Name: "a", Loss: values(1)[0]}, {A: 1}}},
			Answers{Answers: []Answer{{Values: [][]float64{values(2)}, Share: values(1)[0]}, {}}},
			Row(LossCurves{LogY: log, Runs: []Run{{Train: some()}}}, UpdateRatios{Steps: steps, Ratios: rows()}, RangeTest{Rates: some(), Losses: some(), Suggestions: []Suggestion{{"x", values(1)[0]}}}),
		} {
			var out bytes.Buffer
			require.NoError(t, Render(&out, fig, SVG), "%#v", fig)
			if at := badCoordinate.FindString(out.String()); at != "" {
				t.Fatalf("%s in %#v", at, fig)
			}
		}
	}
}
