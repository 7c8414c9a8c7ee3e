package optim

import (
	"fmt"
	"math"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"
)

// L2Decay adds Decay·w to the gradient of each weight w: the weight decay of PyTorch's SGD, Adam, RMSprop and others, which
// unlike [Optimizer.WeightDecay] passes through the rule's momentum and scaling. It is the gradient of ½·Decay·‖w‖², which no
// loss reports. Put it behind the clips: PyTorch clips the gradients of the loss alone.
type L2Decay struct{ Decay float64 }

// Apply implements [Transform].
func (d L2Decay) Apply(_ *model.Scope, vars []*model.Variable, gradients []*graph.Node) []*graph.Node {
	decayed := make([]*graph.Node, len(gradients))
	for i, g := range gradients {
		decayed[i] = graph.Add(g, graph.MulScalar(vars[i].NodeValue(g), d.Decay))
	}
	return decayed
}

// Validate refuses a Decay that is NaN or infinite.
func (d L2Decay) Validate() error {
	if math.IsNaN(d.Decay) || math.IsInf(d.Decay, 0) {
		return fmt.Errorf("L2Decay.Decay is %g: must be finite", d.Decay)
	}
	return nil
}

// ProgramKey names the computation, Decay with it.
func (d L2Decay) ProgramKey() (string, bool) { return fmt.Sprintf("L2Decay %g", d.Decay), true }
