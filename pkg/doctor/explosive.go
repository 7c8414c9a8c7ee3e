package doctor

import (
	"fmt"
	"math"
	"slices"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"

	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/training"
)

// growsFast tells whether an activation grows faster than its input does, as an exponential or a square: a few layers of it overflow.
func growsFast(a nn.Activation) bool {
	if low, high := nn.Bounds(a); isReLU(a) || !math.IsInf(low, -1) && !math.IsInf(high, 1) {
		return false
	}
	exec, err := graph.NewExec(pureGo(), func(x *graph.Node) *graph.Node { return a.Activate(x) })
	if err != nil {
		return false
	}
	defer exec.Finalize()
	out, err := exec.Call(dataset.Array{Shape: []int{1, 2}, Values: []float32{growthAt, -growthAt}}.Tensor())
	if err != nil {
		return false
	}
	fast := false
	err = tensors.ConstFlatData(out[0], func(flat []float32) {
		for _, v := range flat {
			fast = fast || !(math.Abs(float64(v)) <= growthLimit)
		}
	})
	return err == nil && fast
}

// An activation that makes more than the ten-fold of 20 isn't near to linear.
const (
	growthAt    = 20
	growthLimit = 10 * growthAt
)

// explosive are the hidden activations that grow faster than their input; empty: there is none.
var explosive = measure("hidden activations that grow faster than their input", FromDescription, func(p *Patient) string {
	name := ""
	hiddenActivation(p.Training.Model, func(a nn.Activation) bool {
		if name == "" && growsFast(a) {
			name = activationName(a)
		}
		return false
	})
	return name
})

// firstPassBreaks tells whether the first forward pass, before any step, has values that are no numbers, or so large that their squares are
// none: no learning rate and no clip changes that.
var firstPassBreaks = measure("numbers of the first forward pass", FromFirstSteps, func(p *Patient) bool {
	return !finite(p.first.FirstLoss)
})

// pointless drops what changes the steps alone from a suspicion where the first forward pass is no number already.
func (p *Patient) pointless(r *Rule, s *Suspicion) bool {
	if !firstPassBreaks.there(p) || !firstPassBreaks.of(p) {
		return false
	}
	if slices.Contains([]Cause{LearningRateTooLow, LearningRateTooHigh, TooFewEpochs, Oscillating}, r.Cause) {
		return true
	}
	var left []Treatment
	for _, t := range s.Treatments {
		if t.rate == 0 && t.Text != clipNorm.Text {
			left = append(left, t)
		}
	}
	s.Treatments = left
	return len(left) == 0
}

// normalizedInstead is another activation in place of those that grow fast, with a batch normalization ahead of each, as one change.
func normalizedInstead(name string, other nn.Activation) Treatment {
	return Treatment{
		Text: fmt.Sprintf("%s behind batch normalization in place of %s in the hidden layers", activationName(other), name),
		Apply: func(c training.Training) (training.Training, error) {
			hidden := hiddenLayers(c.Model)
			c.Model = rewrite(c.Model, func(p nn.Place) nn.Change {
				a := nn.ActivationOf(p.Layer)
				_, recurrent := p.Layer.(nn.Recurrent)
				if !hidden(p) || a == nil || recurrent || !growsFast(a) {
					return nn.Change{Layer: p.Layer}
				}
				normalized := nn.Layer(nn.BatchNormalization{Name: p.Name + "_normalized"})
				if isActivation(p.Layer) {
					return nn.Change{Before: []nn.Layer{normalized}, Layer: nn.Renamed{Name: p.Name, Layer: other}}
				}
				return nn.Change{Layer: nn.WithActivation(p.Layer, nil), Behind: []nn.Layer{normalized, nn.Renamed{Name: p.Name + "_activation", Layer: other}}}
			})
			return c, nil
		},
	}
}
