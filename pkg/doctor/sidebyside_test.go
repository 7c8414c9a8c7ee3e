package doctor_test

import (
	"context"
	"encoding/json"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/doctor"
	"example.com/unstuck/pkg/loss"
	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/optim"
	"example.com/unstuck/pkg/training"
)

// ofEachBranch are trainings that lead an examination along its different ways: cured at once, by another seed, by pairs, not at all, on
// validation rows, healthy, without signal.
func ofEachBranch(t *testing.T) map[string]training.Training {
	t.Helper()
	all := map[string]training.Training{"incurable": incurable(t)}
	add := func(name string, change func(*training.Training)) {
		c := sines(t)
		change(&c)
		all[name] = c
	}
	add("healthy", func(*training.Training) {})
	add("low rate", func(c *training.Training) { c.Optimizer = optim.Adam(1e-7) })
	add("bad weights", func(c *training.Training) {
		c.Model.(nn.Sequential)[0] = nn.Dense{Units: 16, Activation: nn.ReLU{}, BiasInitializer: nn.Constant{Value: -12}}
	})
	add("not finite", func(c *training.Training) {
		c.Data.X = scaled(c.Data.X, 1)
		c.Data.X.Values[7] = float32(math.NaN())
	})
	add("two faults", func(c *training.Training) {
		c.Optimizer = optim.SGD(1e-6)
		c.Model.(nn.Sequential)[2] = nn.Dense{Units: 1, Activation: nn.Sigmoid{}}
		shift(c, 10)
	})
	add("can't be run", func(c *training.Training) {
		for i, v := range c.Data.Y.Values {
			c.Data.Y.Values[i] = 0
			if v > 0 {
				c.Data.Y.Values[i] = 1
			}
		}
		c.Model.(nn.Sequential)[2], c.Loss = nn.Dense{Units: 1, Activation: nn.Softmax{}}, loss.CategoricalCrossentropy{}
	})
	add("no signal", func(c *training.Training) { mix(c.Data.Y.Values) })
	add("by heart", func(c *training.Training) {
		mix(c.Data.Y.Values)
		c.Data = c.Data.Range(0, 60)
		c.Epochs, c.ValidationSplit, c.Optimizer = 300, 0.3, optim.Adam(1e-2)
		c.Model = nn.Sequential{nn.Dense{Units: 64, Activation: nn.ReLU{}}, nn.Dense{Units: 64, Activation: nn.ReLU{}}, nn.Dense{Units: 1}}
	})
	return all
}

// mix takes values out of their order, so that they have nothing to do with their rows.
func mix(values []float32) {
	for i := range values {
		j := (i*7919 + 13) % len(values)
		values[i], values[j] = values[j], values[i]
	}
}

// However many trainings run at once, the report is the same, byte for byte, and so is what is told meanwhile.
func TestSideBySideIsOneByOne(t *testing.T) {
	causes, all, ran := map[doctor.Cause]bool{}, ofEachBranch(t), 0
	for name, c := range all {
		t.Run(name, func(t *testing.T) {
			ran++
			var alone []byte
			var toldAlone []string
			for _, n := range []int{1, 2, 4} {
				var told []string
				r, err := doctor.Examine(t.Context(), c, doctor.Options{SideBySide: n, Progress: func(what string) {
					if !strings.HasPrefix(what, "a run of this training takes") { // which depends on the time
						told = append(told, what)
					}
				}})
				require.NoError(t, err)
				text, err := json.Marshal(r)
				require.NoError(t, err)
				if n == 1 {
					alone, toldAlone = text, told
					causes[r.Cause] = true
				}
				require.Equal(t, string(alone), string(text), "%d side by side", n)
				require.Equal(t, toldAlone, told, "%d side by side", n)
			}
		})
	}
	if ran == len(all) { // under the race detector one is
		require.Greater(t, len(causes), 5, "they differ")
	}
}

// A cancel is answered in time with what is known, wherever it comes.
func TestInterruptedSideBySide(t *testing.T) {
	c := incurable(t)
	c.Epochs = 200
	for _, at := range []int{1, 3, 5} {
		var err error
		soon(t, func() time.Duration {
			ctx, cancel := context.WithCancel(t.Context())
			var began time.Time
			_, err = doctor.Examine(ctx, c, doctor.Options{SideBySide: 3, OnStep: func(s doctor.Step) {
				if s.Trial == at {
					began = time.Now()
					cancel()
				}
			}})
			return time.Since(began)
		})
		var interrupted *doctor.Interrupted
		require.ErrorAs(t, err, &interrupted)
		require.Equal(t, at > 1, interrupted.Report.Before != nil)
	}
}
