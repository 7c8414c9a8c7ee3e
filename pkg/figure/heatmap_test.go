package figure

import (
	"bytes"
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"gonum.org/v1/plot/vg"
)

func init() {
	s := SweepHeatmap{
		Title: "Final loss after 20 epochs", Subtitle: "Adam, mean squared error",
		XName: "Learning rate", X: []string{"1e-5", "1e-4", "1e-3", "1e-2", "0.1", "1", "10"},
		YName: "Batch size", Y: []string{"8", "32", "128", "512"},
	}
	for y := range s.Y {
		var row []float64
		for x := range s.X {
			row = append(row, 0.084+0.02*math.Pow(float64(x)-2.6-0.3*float64(y), 4)/4)
		}
		s.Loss = append(s.Loss, row)
	}
	s.Loss[0][6] = math.NaN()
	s.Loss[1][6] = math.Inf(1)
	goldens["heatmap"] = s
	goldens["heatmap-untried"] = SweepHeatmap{XName: "learning rate", X: []string{"0.01", "0.1", "1"}, YName: "batch size", Y: []string{"8", "32"},
		Loss: [][]float64{{0.2, math.NaN(), math.NaN()}, {0.3, 0.1, math.NaN()}}, Tried: [][]bool{{true, true, false}, {true, true, false}}}
	goldens["heatmap-empty"] = SweepHeatmap{}
}

func TestSweepHeatmapRefusesOtherSizes(t *testing.T) {
	for want, s := range map[string]SweepHeatmap{
		"heatmap has 1 row of losses for 2 values of batch": {X: []string{"1"}, YName: "batch", Y: []string{"1", "2"}, Loss: [][]float64{{1}}},
		"heatmap row 1 (32) has 2 values for 1 of x":        {X: []string{"1"}, Y: []string{"32"}, Loss: [][]float64{{1, 2}}},
	} {
		assert.ErrorContains(t, Render(&bytes.Buffer{}, s, SVG), want)
	}
}

func TestSweepHeatmapText(t *testing.T) {
	s := SweepHeatmap{XName: "rate", X: []string{"a", "b"}, YName: "batch", Y: []string{"8"}, Loss: [][]float64{{math.NaN(), 0.5}}}
	assert.Equal(t, "Final loss by setting\n  lowest loss 0.5 at rate b, batch 8\n  2 settings tried, 1 diverged", s.Text())
	s.Loss[0][1] = math.Inf(1)
	assert.Contains(t, s.Text(), "no setting gave a finite loss")
}

func TestHeatmapCellsSayWhatFits(t *testing.T) {
	white := heatScale[0]
	for _, c := range []struct {
		v     float64
		width float64
		want  string
	}{{0.0123, 60, "0.0123"}, {0.0123, 21, "0.012"}, {math.NaN(), 60, "diverged"}, {math.Inf(1), 20, "div."}, {0.0123, 2, ""}} {
		got, _ := cellText(c.v, white, vg.Length(c.width))
		assert.Equal(t, c.want, got, "%v in %v", c.v, c.width)
	}
}

func TestHeatmapGrowsWithTurnedNames(t *testing.T) {
	short, long := SweepHeatmap{X: []string{"1", "2"}, Y: []string{"a"}}, SweepHeatmap{X: []string{"random_normal(stddev=0.02)", "glorot_uniform", "he_normal"}, Y: []string{"a"}}
	_, low := short.Size()
	_, high := long.Size()
	assert.Greater(t, high, low)
}
