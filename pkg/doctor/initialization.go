package doctor

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/training"
)

// defaultInitializers is the treatment that the rules on initial weights share.
var defaultInitializers = Treatment{
	Text: "start from Keras' default initializers (glorot_uniform, orthogonal, zero biases)",
	Apply: func(c training.Training) (training.Training, error) {
		c.Model = mapInitializers(c.Model, func(nn.Role, nn.Initializer) nn.Initializer { return nil })
		return c, nil
	},
}

// unusualInitializers lists the initializers that aren't a scaled one as it comes.
func unusualInitializers(model nn.Layer) []string {
	var unusual []string
	mapInitializers(model, func(role nn.Role, i nn.Initializer) nn.Initializer {
		if text := strings.TrimPrefix(fmt.Sprintf("%T%+v", i, i), "nn."); !nn.Usual(i, role) && !slices.Contains(unusual, text) {
			unusual = append(unusual, text)
		}
		return i
	})
	return unusual
}

// initialFault says what unusual initial weights do to the first step: the cause they point to.
func (p *Patient) initialFault() (Cause, []Symptom) {
	unusual := unusualInitializers(p.Training.Model)
	if len(unusual) == 0 || p.first == nil {
		return "", nil
	}
	from := Symptom{Gauge: "initializers that aren't scaled to the layer", Got: float64(len(unusual)), Limit: "0", Text: strings.Join(unusual, ", ")}
	if share, layer := p.deadReLU(); share >= deadShare {
		return DyingReLU, []Symptom{{Gauge: "units that are 0 for every row of the first steps", Got: share, Limit: fmt.Sprintf("below %g", deadShare),
			Text: fmt.Sprintf("%.0f%% of the units of %s are 0 for every row from the start", 100*share, layer)}, from}
	}
	swing, layer := p.first.swing()
	steepest, flow, reach := p.first.steepest(), p.first.flow(), p.first.reach()
	if grows := swing > explodingSwing || math.IsNaN(swing) || !(steepest < explodingGradient) || reach > explodingReach; grows {
		return ExplodingGradient, []Symptom{
			{Gauge: "largest deviation of a layer's outputs at the first step", Got: swing, Limit: fmt.Sprintf("up to %g", explodingSwing),
				Text: fmt.Sprintf("the outputs of %s vary by %.3g at the first step; gradients reach a norm of %.3g", layer, swing, steepest)}, from}
	}
	if flow > vanishingFlow || reach < vanishingReach || shrinks(p.first) || !(steepest > 0) {
		return VanishingGradient, []Symptom{p.first.vanishing(), from}
	}
	return "", []Symptom{from}
}

// Thresholds on the first step. A layer with scaled initial weights keeps variances near 1 (Glorot & Bengio
// 2010), so a swing of 10 or a shrinking to a thirtieth is what unscaled ones make in two or three layers.
const (
	deadShare         = 0.9  // AUTOTRAINER (Zhang et al. 2021) calls 70% dead at the end; at the start more is no chance
	explodingSwing    = 10.0 // standard deviation of a layer's outputs
	explodingGradient = 1e3  // norm
	explodingReach    = 10.0 // gradient at the first time over that at the last
	vanishingFlow     = 100  // gradient of the last layer over that of the first
	vanishingReach    = 1e-3 // gradient at the first time over that at the last
	shrinkingSwing    = 0.03
)

// shrinks tells whether the outputs of some layer hardly vary at the first step.
func shrinks(g *Gauges) bool {
	for _, sd := range g.Activations.SD {
		if len(sd) > 0 && sd[0] < shrinkingSwing {
			return true
		}
	}
	return false
}

// vanishing is the gauge that shows a vanishing gradient best.
func (g *Gauges) vanishing() Symptom {
	if reach := g.reach(); !math.IsNaN(reach) {
		return Symptom{Gauge: "gradient at the first time over that at the last", Got: reach, Limit: fmt.Sprintf("above %g", vanishingReach),
			Text: fmt.Sprintf("of the gradient at the last time %.2g is left at the first", reach)}
	}
	return Symptom{Gauge: "gradient of the last layer over that of the first", Got: g.flow(), Limit: fmt.Sprintf("below %d", vanishingFlow),
		Text: fmt.Sprintf("the first layer's gradient is %.2g times smaller than the last one's", g.flow())}
}
