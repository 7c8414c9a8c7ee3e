package doctor

import (
	"fmt"
	"slices"

	"example.com/unstuck/pkg/training"
)

// tooFewEpochs suspects a training that ended before it could arrive.
var tooFewEpochs = &Rule{
	Cause:  TooFewEpochs,
	Doc:    "The training ends while the loss is still falling, after too few updates.",
	Source: "the number of updates, and the slope of the loss over the last quarter of them",
	Uses:   all(stillFalls, lateFall),
	Suspect: func(p *Patient) *Suspicion {
		updates, falling := p.Training.Updates(), stillFalls.of(p)
		s := &Suspicion{Strength: Possible}
		switch {
		case updates < fewUpdates && falling:
			s.Strength = Strong
		case updates < fewUpdates:
			s.Strength = Likely
		case !falling || updates > manyUpdates:
			return nil
		}
		s.Symptoms = []Symptom{{Gauge: "updates of the weights", Got: float64(updates), Limit: fmt.Sprintf("at least %d", fewUpdates), Usual: updates >= fewUpdates,
			Text: fmt.Sprintf("the training has %d updates", updates)}}
		if falling {
			s.Symptoms = append(s.Symptoms, Symptom{Gauge: "fall of the loss over the last quarter of the steps, of the whole fall", Got: lateFall.of(p), Limit: fmt.Sprintf("up to %g", stillFallsAt),
				Text: "the loss is still falling at the end"})
		}
		// 10 times as many, and for very short trainings what it takes to have a fair number.
		for _, factor := range []int{10, (3*fewUpdates + updates - 1) / updates} {
			if len(s.Treatments) == 0 || factor > 10 {
				s.Treatments = append(s.Treatments, moreEpochs(p.Training.Epochs, factor))
			}
		}
		return s
	},
}

const (
	fewUpdates  = 200  // fewer than this hardly train anything
	manyUpdates = 5000 // ten times as many is no quick trial
)

var stillFalls = measure("a loss that still falls at the end", FromRun, func(p *Patient) bool { return stillFalling(p.Before.History.Steps) })

var lateFall = measure("fall of the loss over the last quarter of the steps", FromRun, func(p *Patient) float64 {
	_, late := falls(p.Before.History.Steps)
	return late
})

func moreEpochs(epochs, factor int) Treatment {
	n := min(epochs*factor, training.MaxEpochs)
	return Treatment{
		Text: fmt.Sprintf("%d epochs instead of %d", n, epochs),
		cost: float64(factor),
		Apply: func(c training.Training) (training.Training, error) {
			c.Epochs = n
			return c, nil
		},
	}
}

// stillFalling compares the medians of the third and the last quarter of the steps' losses with how far the
// losses scatter.
func stillFalling(losses []float32) bool {
	falling, _ := falls(losses)
	return falling
}

// stillFallsAt is the share of the whole fall from which on a loss still falls.
const stillFallsAt = 0.05

// falls tells whether losses still fall at the end, and which share of the whole fall is that of the last quarter; of fewer than 8 steps
// all of it.
func falls(losses []float32) (falling bool, late float64) {
	n := len(losses)
	if n < 8 {
		return n >= 2 && losses[n-1] < losses[0], 1
	}
	third, last := medianOf(losses[n/2:3*n/4]), medianOf(losses[3*n/4:])
	first := medianOf(losses[:n/4])
	late = (third - last) / (first - last)
	return last < third && first > last && late > stillFallsAt, late
}

func medianOf(values []float32) float64 {
	v := slices.Sorted(slices.Values(values))
	return float64(v[len(v)/2])
}
