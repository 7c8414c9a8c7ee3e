package figure

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func init() {
	names, steps, norms := layers(0.5, 0.5, -1)
	_, _, ratios := layers(4e-3, 0.6, -1)
	_, _, dead := layers(0.1, 1.2, 0.5)
	goldens["overview"] = Overview{
		Title: "Overview: six dense layers on the diabetes data",
		Facts: []string{"Adam 1e-3", "batch 32", "100 epochs", "seed 42", "xla:cpu"},
		Loss: LossCurves{YLabel: "Mean squared error", LogY: true,
			Runs: []Run{{Name: "run", Train: decay(1.2, 0.4, 12, 100), Validation: decay(1.1, 0.55, 8, 100)}}},
		Gradients: GradientNorms{Layers: names, Steps: steps, Norms: norms},
		Updates:   UpdateRatios{Layers: names, Steps: steps, Ratios: ratios},
		Dead:      Saturation{Layers: names, Steps: steps, Dead: dead},
	}
	goldens["grid-row"] = Row(
		LossCurves{Title: "Training", Runs: []Run{{Name: "a", Train: decay(1, 0.1, 3, 20)}}},
		nil,
		LossCurves{Title: "A title that is far too long for a panel of this size, and must be cut", Runs: []Run{{Name: "a rather long name of a run", Train: decay(1, 0.1, 3, 20)}}},
	)
}

func TestOverviewLeavesOutWhatWasNotMeasured(t *testing.T) {
	o := Overview{Loss: LossCurves{Runs: []Run{{Train: []float64{1, 2}}}}}
	assert.Len(t, o.grid().Panels, 1)
	w, h := o.Size()
	assert.Equal(t, DefaultWidth, w)
	assert.Greater(t, h, DefaultHeight, "the title takes its own room")
}

func TestOverviewTakesSaturationWithoutDeath(t *testing.T) {
	o := Overview{Dead: Saturation{Steps: []int{0}, Saturated: [][]float64{{0.5}}}}
	assert.Len(t, o.grid().Panels, 2)
	assert.Contains(t, o.Text(), "Saturated units")
}
