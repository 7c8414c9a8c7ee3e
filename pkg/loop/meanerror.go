package loop

import "math"

// How the errors of a batch may be averaged ahead of what makes each of them count: those of one sign cancel those of the other then.
const (
	meanSquared  = "the square of the mean error, in which errors of one sign cancel those of the other"
	meanAbsolute = "the absolute mean error, in which errors of one sign cancel those of the other"
	meanAlone    = "the mean error itself, which has no least value"
)

// meanError is what change makes of the mean of outputs less targets.
func meanError(change func(float64) float64) func(r *Recording, all *replays, k int) (float64, bool) {
	return func(_ *Recording, all *replays, k int) (float64, bool) {
		for _, c := range all.steps[k].claims {
			if len(c.outputs) != 1 || len(c.targets) != 1 || len(c.outputs[0].Values) != len(c.targets[0].Values) || len(c.targets[0].Values) == 0 {
				continue
			}
			total := 0.0
			for i, v := range c.outputs[0].Values {
				total += float64(v) - float64(c.targets[0].Values[i])
			}
			if v := change(total / float64(len(c.outputs[0].Values))); !math.IsNaN(v) {
				return v, true
			}
		}
		return 0, false
	}
}

// negated is a number with the other sign: targets less outputs.
func negated(v float64) float64 { return -v }

func squared(v float64) float64 { return v * v }

func itself(v float64) float64 { return v }
