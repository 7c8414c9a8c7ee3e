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
		return c.Redrawn(), nil
	},
}

// redraw is the treatment of weights that are given and hold the training where they are.
var redraw = Treatment{
	Text:  "reinitialize the weights and start with a fresh optimizer, instead of continuing from the given ones (in Keras keras.models.clone_model(model) has fresh weights: compile it)",
	Apply: func(c training.Training) (training.Training, error) { return c.Redrawn(), nil },
}

// redrawTorch is redraw of a model of PyTorch's.
var redrawTorch = Treatment{Text: "reinitialize the weights and start with a fresh optimizer, instead of continuing from the given ones", Apply: redraw.Apply}

// freshStarts are the treatments of a start that something is wrong with.
func freshStarts(c training.Training) []Treatment {
	switch {
	case c.OfTorch() && asTorchDraws(c):
		return nil
	case c.OfTorch(): // whose modules draw as its defaults say
		return []Treatment{redrawTorch}
	case len(c.Weights) == 0:
		return []Treatment{defaultInitializers}
	case len(unusualInitializers(c.Model)) > 0:
		return []Treatment{redraw, defaultInitializers}
	}
	return []Treatment{redraw}
}

// unusualStart lists what a training begins with that isn't a scaled initializer as it comes: given weights, which leave
// nothing to initializers, or else those.
func unusualStart(c training.Training) []string {
	if len(c.Weights) > 0 {
		return []string{c.StartText()}
	}
	return unusualInitializers(c.Model)
}

// brokenWeights counts the given weights that hold NaN or infinities, and names the first.
func brokenWeights(c training.Training) (n int, first string) {
	for _, w := range c.Weights {
		if slices.ContainsFunc(w.Array.Values, func(v float32) bool { return v-v != 0 }) {
			if n++; n == 1 {
				first = strings.TrimPrefix(w.Path, "/")
			}
		}
	}
	return n, first
}

// unusualInitializers lists the initializers that aren't a scaled one as it comes.
func unusualInitializers(model nn.Layer) []string {
	var unusual []string
	mapInitializers(model, func(role nn.Role, i nn.Initializer) nn.Initializer {
		if !nn.Usual(i, role) {
			if text := nn.InitializerText(i); !slices.Contains(unusual, text) {
				unusual = append(unusual, text)
			}
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
	if len(p.Training.Weights) > 0 {
		from.Gauge, from.Text = "weights that aren't drawn by an initializer", "it starts from "+from.Text
		from.Usual = true // the report's second line says so
	}
	if n, first := brokenWeights(p.Training); n > 0 {
		return fault{ExplodingGradient, []Symptom{{Gauge: "given weights with NaN or infinite values", Got: float64(n), Limit: "0",
			Text: fmt.Sprintf("%d of the %d weights that it starts from hold NaN or infinite values, %s at first: the training that saved them had blown up, and nothing that goes on from them is a number",
				n, len(p.Training.Weights), p.Training.LayerName(first))}, from}}
	}
	if share := deadUnits.of(p); hiddenReLU(p.Training.Model) && share.value >= deadShare {
		return fault{DyingReLU, []Symptom{share.dead("units that are 0 for every row of the first steps", " from the start"), from}}
	}
	swing, steepest := largestSwing.of(p), largestGradient.of(p)
	still, stillLayer := p.first.stillest(endsOf(p.Training.Model))
	inputs := max(1, p.Look.InputHigh, p.Look.InputMagnitude) // what they make large is no fault of the weights
	switch {
	case swing.value > explodingSwing*inputs || explodes(p) && !thrown(p) && inputs <= scaleFactor:
		return fault{ExplodingGradient, []Symptom{swing.explodes(), from}} // the rule tells of the gradient
	case vanishes(p):
		return fault{VanishingGradient, []Symptom{vanishing(p), from}}
	case still < shrinkingSwing:
		return fault{VanishingGradient, []Symptom{{Gauge: "smallest deviation of a layer's outputs at the first step", Got: still, Limit: fmt.Sprintf("above %g", shrinkingSwing),
			Text: fmt.Sprintf("the outputs of %s vary by %.3g at the first step, so that hardly anything of the inputs is left", p.Training.LayerName(stillLayer), still)}, from}}
	case !(steepest > 0):
		return fault{VanishingGradient, []Symptom{{Gauge: "largest norm of the gradient in the first steps", Got: steepest, Limit: "above 0", Text: "no gradient arrives anywhere in the first steps"}, from}}
	}
	return fault{}
})

// explodes is the symptom of outputs that vary too much.
func (l layered) explodes() Symptom {
	s := Symptom{Gauge: "largest deviation of a layer's outputs at the first step", Got: l.value, Limit: fmt.Sprintf("up to %g", explodingSwing), Usual: l.value <= explodingSwing,
		Text: fmt.Sprintf("the outputs of %s vary by %.3g at the first step", l.layer, l.value)}
	if math.IsInf(l.value, 0) {
		s.Text = fmt.Sprintf("the outputs of %s are no finite numbers at the first step", l.layer)
	}
	return s
}
