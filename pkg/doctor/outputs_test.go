package doctor_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/doctor"
	"example.com/unstuck/pkg/loss"
	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/optim"
	"example.com/unstuck/pkg/training"
)

// twoByTwo is a training with two inputs and two outputs that learns: a number and a class of what both inputs say.
func twoByTwo() training.Training {
	const rows = 300
	rng := rand.New(rand.NewPCG(1, 2))
	left, right := dataset.Array{Shape: []int{rows, 3}}, dataset.Array{Shape: []int{rows, 2}}
	number, class := dataset.Array{Shape: []int{rows, 1}}, dataset.Array{Shape: []int{rows, 1}}
	for range rows {
		a := []float64{rng.NormFloat64(), rng.NormFloat64(), rng.NormFloat64(), rng.NormFloat64(), rng.NormFloat64()}
		for _, v := range a[:3] {
			left.Values = append(left.Values, float32(v))
		}
		for _, v := range a[3:] {
			right.Values = append(right.Values, float32(v))
		}
		number.Values = append(number.Values, float32(a[0]-a[3]+0.5*a[1]*a[4]))
		c := float32(0)
		if a[2]+a[4] > 0 {
			c = 1
		}
		class.Values = append(class.Values, c)
	}
	return training.Training{
		Model: nn.Graph{
			Inputs: []nn.Input{{Name: "left"}, {Name: "right"}},
			Nodes: []nn.Node{
				{Name: "a", Layer: nn.Dense{Units: 16, Activation: nn.ReLU{}}, From: []string{"left"}},
				{Name: "b", Layer: nn.Dense{Units: 16, Activation: nn.ReLU{}}, From: []string{"right"}},
				{Name: "both", Layer: nn.Concatenate{}, From: []string{"a", "b"}},
				{Name: "mixed", Layer: nn.Dense{Units: 32, Activation: nn.ReLU{}}, From: []string{"both"}},
				{Name: "number", Layer: nn.Dense{Units: 1}, From: []string{"mixed"}},
				{Name: "class", Layer: nn.Dense{Units: 1, Activation: nn.Sigmoid{}}, From: []string{"mixed"}},
			},
			Outputs: []string{"number", "class"},
		},
		Data:      dataset.Of([]dataset.Array{left, right}, []dataset.Array{number, class}),
		Optimizer: optim.Adam(5e-3), Loss: loss.Outputs{{Name: "number", Loss: loss.MSE{}}, {Name: "class", Loss: loss.BinaryCrossentropy{}, Weight: 0.5}},
		Epochs: 60, BatchSize: 32, Seed: 1,
	}
}

// withNode is the training with another layer at a node.
func withNode(c training.Training, name string, l nn.Layer) training.Training {
	g := c.Model.(nn.Graph)
	g.Nodes = append([]nn.Node(nil), g.Nodes...)
	for i := range g.Nodes {
		if g.Nodes[i].Name == name {
			g.Nodes[i].Layer = l
		}
	}
	c.Model = g
	return c
}

func times(a dataset.Array, by float32) dataset.Array {
	values := make([]float32, len(a.Values))
	for i, v := range a.Values {
		values[i] = by * v
	}
	return dataset.Array{Shape: a.Shape, Values: values}
}

// A fault at any input or output is named and cured, and nothing is named where there is none.
func TestSeveralInputsAndOutputs(t *testing.T) {
	for name, faulty := range map[doctor.Cause]func(c training.Training) training.Training{
		doctor.Healthy:            func(c training.Training) training.Training { return c },
		doctor.LearningRateTooLow: func(c training.Training) training.Training { c.Optimizer = optim.Adam(1e-7); return c },
		doctor.OutputRangeMismatch: func(c training.Training) training.Training {
			return withNode(c, "number", nn.Dense{Units: 1, Activation: nn.Sigmoid{}})
		},
		doctor.LossOutputMismatch: func(c training.Training) training.Training {
			return withNode(c, "class", nn.Dense{Units: 1, Activation: nn.Softmax{}})
		},
		doctor.UnscaledInputs: func(c training.Training) training.Training {
			c.Data.MoreX = []dataset.Array{times(c.Data.MoreX[0], 1e4)}
			return c
		},
		doctor.UnscaledTargets: func(c training.Training) training.Training {
			c.Data.Y = times(c.Data.Y, 1e4)
			return c
		},
		doctor.NonFiniteData: func(c training.Training) training.Training {
			c.Data.MoreY = []dataset.Array{times(c.Data.MoreY[0], 1)}
			c.Data.MoreY[0].Values[7] = float32(math.NaN())
			return c
		},
	} {
		t.Run(string(name), func(t *testing.T) {
			r, err := doctor.Examine(t.Context(), faulty(twoByTwo()), doctor.Options{})
			require.NoError(t, err)
			require.Equal(t, name, r.Cause, "%v", r.Findings)
			if name != doctor.Healthy {
				require.NotEmpty(t, r.Findings)
				require.Greater(t, r.Findings[0].After, 0.8, r.Findings[0].Treatment.Text)
				t.Log(r.Findings[0].Treatment.Text, r.Findings[0].Before, r.Findings[0].After)
			}
		})
	}
}

// An output that the inputs say nothing about is named although the other learns.
func TestOneOutputWithoutSignal(t *testing.T) {
	c := twoByTwo()
	rng := rand.New(rand.NewPCG(5, 5))
	c.Data.Y = times(c.Data.Y, 0)
	for i := range c.Data.Y.Values {
		c.Data.Y.Values[i] = float32(rng.NormFloat64())
	}
	c.Epochs = 5 // no time to learn rows by heart
	r, err := doctor.Examine(t.Context(), c, doctor.Options{})
	require.NoError(t, err)
	require.Equal(t, doctor.NoSignal, r.Cause, r.Verdict())
	require.Equal(t, "number", r.Before.Output)
}

func TestSeveralInputsAndOutputsAreChecked(t *testing.T) {
	c := twoByTwo()
	c.Data.MoreX = nil
	require.ErrorContains(t, c.Validate(), `the model has 2 inputs, ["left" "right"], the data 1`)
	c = twoByTwo()
	c.Data.MoreY = nil
	require.ErrorContains(t, c.Validate(), `the model has 2 outputs, ["number" "class"], the data targets for 1`)
	c = twoByTwo()
	c.Loss = loss.Outputs{{Loss: loss.MSE{}}}
	require.ErrorContains(t, c.Validate(), "losses for 1")
}
