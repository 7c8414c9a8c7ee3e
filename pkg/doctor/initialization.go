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

// fault is the cause that initial weights point to, and what shows it; none: "".
type fault struct {
	cause    Cause
	symptoms []Symptom
}

// initialFault says what unusual initial weights do to the first step. Its thresholds are those of the causes that it tells apart,
// each beside its rule.
var initialFault = measure("what unusual initial weights do to the first step", FromFirstSteps, func(p *Patient) fault {
	names := unusualInitials.of(p)
	if len(names) == 0 {
		return fault{}
	}
	from := Symptom{Gauge: "initializers that aren't scaled to the layer", Got: float64(len(names)), Limit: "0", Text: strings.Join(names, ", ")}
	if share := deadUnits.of(p); hiddenReLU(p.Training.Model) && share.value >= deadShare {
		return fault{DyingReLU, []Symptom{share.dead("units that are 0 for every row of the first steps", " from the start"), from}}
	}
	swing, steepest := largestSwing.of(p), largestGradient.of(p)
	switch {
	case swing.value > explodingSwing || math.IsNaN(swing.value) || explodes(p):
		return fault{ExplodingGradient, []Symptom{
			{Gauge: "largest deviation of a layer's outputs at the first step", Got: swing.value, Limit: fmt.Sprintf("up to %g", explodingSwing), Usual: swing.value <= explodingSwing && !explodes(p),
				Text: fmt.Sprintf("the outputs of %s vary by %.3g at the first step; gradients reach a norm of %.3g", swing.layer, swing.value, steepest)}, from}}
	case vanishes(p) || shrinks(p.first) || !(steepest > 0):
		shown := vanishing(p)
		shown.Usual = false
		return fault{VanishingGradient, []Symptom{shown, from}}
	}
	return fault{}
})
