package doctor

import (
	"fmt"
	"math"

	"example.com/unstuck/pkg/optim"
	"example.com/unstuck/pkg/training"
)

// oscillating suspects steps that undo each other: rows that come in the order of their targets, a rate that never falls.
var oscillating = &Rule{
	Cause:    Oscillating,
	Doc:      "Steps undo each other: the loss goes up and down, and where it ends is chance.",
	Source:   "Bengio 2012, Practical Recommendations, 3.1 (decaying rates) and on the order of rows",
	Requires: all(runsOfTargets, epochSwings),
	Suspect: func(p *Patient) *Suspicion {
		t := p.Training
		s := &Suspicion{Strength: Possible}
		swings, runs := epochSwings.of(p), runsOfTargets.of(p)
		if p.Training.NoShuffle {
			if runs < longRuns {
				s.Strength = Strong
				s.Symptoms = append(s.Symptoms, Symptom{Gauge: "difference of neighbouring rows' targets, over that of rows at random", Got: runs, Limit: fmt.Sprintf("above %g", longRuns),
					Text: fmt.Sprintf("rows aren't shuffled, and neighbours' targets differ by %.2g of what rows at random do: a batch sees one kind, and the next unlearns it", runs)})
				s.Treatments = append(s.Treatments, shuffledEpochs)
			}
		}
		if swings > manySwings {
			s.Symptoms = append(s.Symptoms, Symptom{Gauge: "share of the epochs that end clearly above the one before", Got: swings, Limit: fmt.Sprintf("up to %g", manySwings),
				Text: fmt.Sprintf("%.0f%% of the epochs end with a loss more than %.0f%% above the one before", 100*swings, 100*curveMoves)})
			if t.Optimizer.Schedule == nil && t.Optimizer.Rule != nil {
				s.Treatments = append(s.Treatments, decayingRate)
			}
		}
		if len(s.Treatments) == 0 {
			return nil
		}
		return s
	},
}

const (
	longRuns   = 0.3  // of the difference at random
	manySwings = 0.25 // of the epochs
)

// epochSwings is the share of the epochs whose loss is more than a tenth above that of the one before.
var epochSwings = measure("epochs that end above the one before", FromRun, func(p *Patient) float64 {
	losses := p.Before.History.Loss()
	if len(losses) < 6 {
		return 0
	}
	up := 0
	for i := 1; i < len(losses); i++ {
		if losses[i] > losses[i-1]+curveMoves*math.Abs(losses[i-1]) {
			up++
		}
	}
	return float64(up) / float64(len(losses)-1)
})

// runsOfTargets is how much neighbouring rows' targets differ, over how much rows at half the data's distance do and the deviation says that
// they should; 1 for rows in no order.
var runsOfTargets = measure("order of the targets", FromData, func(p *Patient) float64 {
	y := p.Training.Data.Y.Range(0, p.Training.TrainRows())
	width := max(1, y.RowSize())
	s := statsOf(y)
	apart, n := 0.0, 0.0
	for i := width; i < len(y.Values); i++ {
		d := float64(y.Values[i]) - float64(y.Values[i-width])
		apart += d * d
		n++
	}
	variance := 0.0
	for _, sd := range s.deviation {
		variance += sd * sd / float64(len(s.deviation))
	}
	if n == 0 || !(variance > 0) {
		return 1
	}
	return apart / n / (2 * variance)
})

var shuffledEpochs = Treatment{
	Text: "shuffle the rows in each epoch",
	Apply: func(c training.Training) (training.Training, error) {
		c.NoShuffle = false
		return c, nil
	},
}

var decayingRate = Treatment{
	Text: "let the learning rate fall to 0 over the training, along a cosine",
	Apply: func(c training.Training) (training.Training, error) {
		c.Optimizer = c.Optimizer.WithSchedule(optim.Cosine{Initial: c.Optimizer.Rate(0), Steps: max(1, c.Updates())})
		return c, nil
	},
}
