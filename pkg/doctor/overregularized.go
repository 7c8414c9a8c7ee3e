package doctor

import (
	"fmt"
	"math"
	"strings"

	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/training"
)

// overRegularized suspects penalties, weight decay and dropout.
var overRegularized = &Rule{
	Cause:  OverRegularized,
	Doc:    "Penalties, weight decay or dropout pull harder than the data.",
	Source: "Keras' defaults (l2 0.01, weight decay 0.004) and Srivastava et al. 2014 (dropout up to 0.5, none on the output)",
	Suspect: func(p *Patient) *Suspicion {
		penalties, drop := regularization(p.Training.Model)
		decay := p.Training.Optimizer.WeightDecay
		if len(penalties) == 0 && drop == 0 && decay == 0 {
			return nil
		}
		s := &Suspicion{Strength: Possible, Treatments: []Treatment{withoutRegularization}}
		if share := p.penaltyShare(); len(penalties) > 0 {
			if share > 0.1 {
				s.Strength = Strong
			}
			s.Symptoms = append(s.Symptoms, Symptom{Gauge: "penalties' share of the training loss at the end", Got: share, Limit: "below 0.1",
				Text: fmt.Sprintf("penalties (%s) are %.0f%% of the loss that is trained on", strings.Join(penalties, ", "), 100*share)})
		}
		if drop > 0 {
			if drop >= 0.6 || endsInDropout(p.Training.Model) {
				s.Strength = max(s.Strength, Likely)
			}
			s.Symptoms = append(s.Symptoms, Symptom{Gauge: "largest dropout rate", Got: drop, Limit: "up to 0.5",
				Text: fmt.Sprintf("dropout takes away %.0f%% of a layer's outputs", 100*drop)})
		}
		if decay > 0 {
			if decay >= 0.1 {
				s.Strength = max(s.Strength, Likely)
			}
			s.Symptoms = append(s.Symptoms, Symptom{Gauge: "weight decay", Got: decay, Limit: "usually 0.0001 to 0.05",
				Text: fmt.Sprintf("weight decay %g", decay)})
		}
		return s
	},
}

// penaltyShare is how much of the last epoch's loss was not the data's.
func (p *Patient) penaltyShare() float64 {
	if p.Before == nil || len(p.Before.History.Epochs) == 0 {
		return 0
	}
	epochs := p.Before.History.Loss()
	total := epochs[len(epochs)-1]
	share := (total - p.Before.Loss) / math.Abs(total)
	if math.IsNaN(share) {
		return 0
	}
	return max(0, share)
}

// regularization lists the penalties on weights and the largest dropout rate.
func regularization(model nn.Layer) (penalties []string, dropout float64) {
	for _, p := range nn.Leaves(model) {
		for _, r := range nn.Penalties(p.Layer) {
			penalties = append(penalties, fmt.Sprintf("%+v", r))
		}
		if d, ok := p.Layer.(nn.Dropping); ok {
			dropout = max(dropout, d.DropRate())
		}
	}
	return penalties, dropout
}

func endsInDropout(model nn.Layer) bool {
	leaves := nn.Leaves(model)
	for i := len(leaves) - 1; i >= 0; i-- {
		if d, ok := leaves[i].Layer.(nn.Dropping); ok {
			return d.DropRate() > 0
		}
		if !isActivation(leaves[i].Layer) {
			return false
		}
	}
	return false
}

var withoutRegularization = Treatment{
	Text: "train without penalties, weight decay and dropout",
	Apply: func(c training.Training) (training.Training, error) {
		c.Optimizer = c.Optimizer.WithWeightDecay(0)
		c.Model = mapLayers(c.Model, func(l nn.Layer) nn.Layer {
			if d, ok := l.(nn.Dropping); ok {
				return d.WithDropRate(0)
			}
			return nn.WithoutPenalties(l)
		})
		return c, nil
	},
}
