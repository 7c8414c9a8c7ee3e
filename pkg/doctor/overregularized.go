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
	Cause:    OverRegularized,
	Doc:      "Penalties, constraints, weight decay or dropout pull harder than the data.",
	Source:   "Keras' defaults (l2 0.01, weight decay 0.004) and Srivastava et al. 2014 (dropout up to 0.5, none on the output)",
	Requires: all(regularizers),

	fromDescription: true,
	Uses:            all(penaltyShare),
	Suspect: func(p *Patient) *Suspicion {
		r := regularizers.of(p)
		s := &Suspicion{Strength: Possible}
		if len(r.penalties) > 0 || r.dropout > 0 || r.decay > 0 {
			s.Treatments = append(s.Treatments, withoutRegularization)
		}
		if len(r.constraints) > 0 {
			s.Symptoms = append(s.Symptoms, Symptom{Gauge: "weights with a constraint", Got: float64(len(r.constraints)), Limit: "0",
				Text: fmt.Sprintf("weights are kept within constraints (%s)", strings.Join(r.constraints, ", "))})
			s.Treatments = append(s.Treatments, withoutConstraints)
		}
		if len(s.Treatments) == 0 {
			return nil
		}
		if len(r.penalties) > 0 && penaltyShare.there(p) {
			share := penaltyShare.of(p)
			if share > largePenalty {
				s.Strength = Strong
			}
			s.Symptoms = append(s.Symptoms, Symptom{Gauge: "penalties' share of the training loss at the end", Got: share, Limit: fmt.Sprintf("below %g", largePenalty), Usual: share <= largePenalty,
				Text: fmt.Sprintf("penalties (%s) are %.0f%% of the loss that is trained on", strings.Join(r.penalties, ", "), 100*share)})
		}
		if r.factor > largeFactor {
			s.Strength = max(s.Strength, Likely) // one that has pulled the weights to 0 is no share of the loss any more
			s.Symptoms = append(s.Symptoms, Symptom{Gauge: "largest factor of a penalty", Got: r.factor, Limit: fmt.Sprintf("usually up to %g", largeFactor),
				Text: fmt.Sprintf("a penalty has the factor %g", r.factor)})
		}
		if r.dropout > 0 {
			last := endsInDropout(p.Training.Model)
			if r.dropout >= largeDropout || last {
				s.Strength = max(s.Strength, Likely)
			}
			s.Symptoms = append(s.Symptoms, Symptom{Gauge: "largest dropout rate", Got: r.dropout, Limit: fmt.Sprintf("up to %g", usualDropout), Usual: r.dropout <= usualDropout && !last,
				Text: fmt.Sprintf("dropout takes away %.0f%% of a layer's outputs", 100*r.dropout)})
		}
		if r.decay > 0 {
			if r.decay >= largeDecay {
				s.Strength = max(s.Strength, Likely)
			}
			s.Symptoms = append(s.Symptoms, Symptom{Gauge: "weight decay", Got: r.decay, Limit: fmt.Sprintf("usually 0.0001 to %g", usualDecay), Usual: r.decay <= usualDecay,
				Text: fmt.Sprintf("weight decay %g", r.decay)})
		}
		return s
	},
}

// Limits, see the rule's source.
const (
	largePenalty = 0.1 // of the loss that is trained on
	largeFactor  = 0.1 // of an L1 or L2 penalty, ten times Keras' default
	usualDropout = 0.5
	largeDropout = 0.6
	usualDecay   = 0.05
	largeDecay   = 0.1
)

// penaltyShare is how much of the last epoch's loss was not the data's.
var penaltyShare = measure("penalties' share of the training loss at the end", FromRun, func(p *Patient) float64 {
	epochs := p.Before.History.Loss()
	if len(epochs) == 0 {
		return 0
	}
	total := epochs[len(epochs)-1]
	share := (total - p.Before.Loss) / math.Abs(total)
	if math.IsNaN(share) {
		return 0
	}
	return max(0, share)
})

type regularizing struct {
	penalties, constraints []string
	factor                 float64 // the largest of an L1 or L2 penalty
	dropout, decay         float64
}

var regularizers = measure("penalties on weights and outputs, constraints, dropout and weight decay", FromDescription, func(p *Patient) regularizing {
	penalties, dropout := regularization(p.Training.Model)
	r := regularizing{penalties: penalties, dropout: dropout, decay: p.Training.Optimizer.LargestDecay()}
	for _, penalty := range nn.ActivityPenalties(p.Training.Model) {
		if l, ok := penalty.(nn.L1L2); ok {
			r.factor = max(r.factor, l.L1, l.L2)
		}
	}
	for _, at := range nn.Leaves(p.Training.Model) {
		for _, penalty := range nn.Penalties(at.Layer) {
			if l, ok := penalty.(nn.L1L2); ok {
				r.factor = max(r.factor, l.L1, l.L2)
			}
		}
		for _, c := range nn.Constraints(at.Layer) {
			r.constraints = append(r.constraints, nn.ConstraintText(c))
		}
	}
	return r
})

// regularization lists the penalties on weights and on what layers put out, and the largest dropout rate.
func regularization(model nn.Layer) (penalties []string, dropout float64) {
	for _, r := range nn.ActivityPenalties(model) {
		penalties = append(penalties, nn.RegularizerText(r)+" of outputs")
	}
	for _, p := range nn.Leaves(model) {
		for _, r := range nn.Penalties(p.Layer) {
			penalties = append(penalties, nn.RegularizerText(r))
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
		c.Optimizer = c.Optimizer.WithoutDecay()
		c.Model = mapLayers(nn.WithoutActivityPenalties(c.Model), func(l nn.Layer) nn.Layer {
			if d, ok := l.(nn.Dropping); ok {
				return d.WithDropRate(0)
			}
			return nn.WithoutPenalties(l)
		})
		return c, nil
	},
}

var withoutConstraints = Treatment{
	Text: "train without constraints on weights",
	Apply: func(c training.Training) (training.Training, error) {
		c.Model = mapLayers(c.Model, nn.WithoutConstraints)
		return c, nil
	},
}
