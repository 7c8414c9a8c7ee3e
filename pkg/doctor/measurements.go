package doctor

import (
	"math"
	"slices"
	"strings"

	"example.com/unstuck/pkg/nn"
)

// layered is the most extreme of a number that each layer has, and the layer's name.
type layered struct {
	value   float64
	layer   string
	filters bool // of a convolution
}

// What several rules ask. What one rule alone asks is declared beside it.
var (
	dataLook        = measure("look at the data", FromData, func(p *Patient) Look { return p.Look })
	targetsByOutput = measure("targets of each output", FromData, (*Patient).outputs)
	unusualInitials = measure("initializers that aren't scaled to the layer, or given weights", FromDescription, func(p *Patient) []string {
		return unusualStart(p.Training)
	})
	progress        = measure("progress of the run", FromRun, func(p *Patient) float64 { return p.Before.Progress })
	updateRatio     = measure("update-to-weight ratio, median", FromFirstSteps, func(p *Patient) float64 { return p.first.updateRatio() })
	gradientFlow    = measure("gradient of the last layer over that of the first", FromFirstSteps, func(p *Patient) float64 { return p.first.flow() })
	gradientReach   = measure("gradient at the first time over that at the last", FromFirstSteps, func(p *Patient) float64 { return p.first.reach() })
	largestGradient = measure("largest norm of the gradient in the first steps", FromFirstSteps, func(p *Patient) float64 {
		steepest := p.first.steepest()
		if math.IsNaN(steepest) {
			return math.Inf(1)
		}
		return steepest
	})
	largestSwing = measure("largest deviation of a layer's outputs at the first step", FromFirstSteps, func(p *Patient) layered {
		value, layer := p.first.swing()
		if math.IsNaN(value) { // of finite data: they grew beyond what a number holds
			value = math.Inf(1)
		}
		return layered{value: value, layer: p.Training.LayerName(layer)}
	})
	deadUnits = measure("units that are 0 for every row", FromFirstSteps, func(p *Patient) layered {
		value, layer := p.first.dead()
		filters := slices.ContainsFunc(nn.Leaves(p.Training.Model), func(place nn.Place) bool { return place.Path == strings.Trim(layer, "/") && isConvolution(place.Layer) })
		return layered{value: value, layer: p.Training.LayerName(layer), filters: filters}
	})
)

func (m *measurement[T]) declared() *Measurement { return &m.Measurement }

// all are the measurements that a rule declares.
func all(measurements ...interface{ declared() *Measurement }) []*Measurement {
	var declared []*Measurement
	for _, m := range measurements {
		declared = append(declared, m.declared())
	}
	return declared
}
