package cases

import (
	"context"
	"math"
	"slices"

	"example.com/unstuck/pkg/fit"
	"example.com/unstuck/pkg/training"
)

// Also are the causes, other than a case's own, whose plain remedy cures it alone, with every seed: naming one of them is right as well. Tried are
// rates from a ten-thousandth to ten thousand times the given one, ten times the epochs, and inputs or targets of mean 0 and
// deviation 1.
func Also(ctx context.Context, c Case, options fit.Options) ([]string, error) {
	var found []string
	for _, r := range remedies() {
		if r.cause == c.Cause || slices.Contains(found, r.cause) {
			continue
		}
		cures := true
		for seed := int64(0); cures && seed < Seeds; seed++ {
			t := c.Training()
			t.Seed += seed
			if t.Data.NonFiniteRows() != nil || !trains(t) || !r.apply(&t) {
				cures = false
				break
			}
			v, err := explained(ctx, t, options, c.HeldRows)
			if err != nil {
				return nil, err
			}
			cures = Proof{Stuck: []float64{0}, Cured: []float64{v}}.Holds(c)
		}
		if cures {
			found = append(found, r.cause)
		}
	}
	return found, nil
}

type remedy struct {
	cause string
	apply func(*training.Training) bool // false: it has nothing to change
}

func remedies() []remedy {
	all := []remedy{
		{"unscaled-inputs", func(t *training.Training) bool {
			d, _, err := t.Data.Standardize()
			t.Data.X = d.X
			return err == nil && t.Validation.Rows() == 0
		}},
		{"unscaled-targets", func(t *training.Training) bool {
			d, regression := t.Data, numbers(*t)
			d.X, d.Y = d.Y, d.X
			d, _, err := d.Standardize()
			t.Data.Y = d.X
			return regression && err == nil && t.Validation.Rows() == 0
		}},
	}
	for _, power := range []int{1, 2, 3, 4, -1, -2, -3, -4} {
		cause := "learning-rate-too-low"
		if power < 0 {
			cause = "learning-rate-too-high"
		}
		all = append(all, remedy{cause, func(t *training.Training) bool {
			rate := t.Optimizer.LearningRate
			if t.Optimizer.Schedule != nil {
				rate = t.Optimizer.Schedule.At(0)
			}
			t.Optimizer = t.Optimizer.WithRate(rate * math.Pow10(power))
			return true
		}})
	}
	return append(all, remedy{"too-few-epochs", func(t *training.Training) bool { t.Epochs *= 10; return true }})
}
