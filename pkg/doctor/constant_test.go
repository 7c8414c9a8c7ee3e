package doctor_test

import (
	"context"
	"math"
	"testing"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/doctor"
	"example.com/unstuck/pkg/loss"
	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/optim"
	"example.com/unstuck/pkg/training"
)

// Losses whose best constant nobody has worked out accuse no healthy training, and a stuck one is still found and cured.
func TestLossesWithoutAKnownConstant(t *testing.T) {
	classes := func(c *training.Training) {
		for i, v := range c.Data.Y.Values {
			c.Data.Y.Values[i] = 0
			if v > 0 {
				c.Data.Y.Values[i] = 1
			}
		}
		c.Model.(nn.Sequential)[2] = nn.Dense{Units: 1, Activation: nn.Sigmoid{}}
	}
	positive := func(c *training.Training) {
		for i, v := range c.Data.Y.Values {
			c.Data.Y.Values[i] = 3 + v
		}
	}
	for _, one := range []struct {
		l      loss.Loss
		change func(*training.Training)
	}{
		{loss.MSLE{}, positive}, {loss.MAPE{}, positive}, {loss.Dice{}, classes}, {loss.Tversky{}, classes}, {loss.BinaryFocalCrossentropy{}, classes},
		{loss.Hinge{}, func(c *training.Training) {
			classes(c)
			c.Model.(nn.Sequential)[2] = nn.Dense{Units: 1, Activation: nn.Tanh{}}
		}},
	} {
		t.Run(one.l.String(), func(t *testing.T) {
			c := sines(t)
			one.change(&c)
			c.Loss = one.l
			c.Optimizer = optim.Adam(0.01)
			_, err := loss.BestConstant(c.Loss, c.Data.Y.Values, c.Data.Y.Shape, nil)
			require.ErrorIs(t, err, loss.ErrUnknownConstant)
			r, err := doctor.Examine(context.Background(), c, doctor.Options{})
			require.NoError(t, err)
			require.Equal(t, doctor.Healthy, r.Cause, r.Verdict())
			require.False(t, math.IsNaN(r.ExplainedBefore()))

			c.Optimizer = optim.Adam(1e-8)
			r, err = doctor.Examine(context.Background(), c, doctor.Options{})
			require.NoError(t, err)
			require.Equal(t, doctor.LearningRateTooLow, r.Cause, r.Verdict())
			require.True(t, r.Findings[0].Verified, r.Verdict())
		})
	}
}

// A loss of one's own of which no constant can even be computed is judged by its curve, and accused of nothing.
func TestLossWithoutAnyConstant(t *testing.T) {
	c := sines(t)
	c.Model.(nn.Sequential)[2] = nn.Dense{Units: 4}
	c.Loss = spread{}
	r, err := doctor.Examine(context.Background(), c, doctor.Options{})
	require.NoError(t, err)
	require.Equal(t, doctor.Healthy, r.Cause, r.Verdict())
	require.Empty(t, r.Findings)
	require.Contains(t, r.Remark, "off the curve alone")
}

// spread compares the labels with the fourth output, so that no constant of the labels' shape has such a loss.
type spread struct{}

func (spread) PerRow(y, p *graph.Node) *graph.Node {
	fourth := graph.Slice(p, graph.AxisRange(), graph.AxisRange(3, 4))
	return graph.Reshape(graph.Square(graph.Sub(fourth, y)), -1)
}

func (spread) String() string { return "spread" }
