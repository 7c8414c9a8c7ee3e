package doctor

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/loss"
	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/optim"
	"example.com/unstuck/pkg/training"
)

// What is said of a feature says of which.
func TestFeaturesAreNamed(t *testing.T) {
	d, err := dataset.Random(100, []int{3}, []int{1}, 1)
	require.NoError(t, err)
	for i := range d.X.Values {
		if i%3 == 1 {
			d.X.Values[i] = 1000 + 500*d.X.Values[i]
		}
	}
	c := training.Training{Model: nn.Sequential{nn.Dense{Units: 4}}, Data: d, Loss: loss.MSE{}, Optimizer: optim.SGD(0.1)}
	text := func() string {
		s := unscaledInputs.Suspect(&Patient{Training: c, Look: lookAt(c)})
		require.NotNil(t, s)
		return s.Symptoms[0].Text
	}
	require.Contains(t, text(), "(feature 2)")
	c.Data.Features = []string{"rooms", "area", "age"}
	require.Contains(t, text(), `("area")`)
	require.NotContains(t, text(), "feature ")
}

// Pixels at the border of an image hardly vary, and that is no other unit: 0 in nearly all rows, and 0 to 1 in the others.
func TestBorderPixelsAreNoFault(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	d := dataset.Data{X: dataset.Array{Shape: []int{400, 16}}, Y: dataset.Array{Shape: []int{400, 1}, Values: make([]float32, 400)}}
	for range 400 {
		for j := range 16 {
			v := rng.Float32()
			if j < 4 && rng.IntN(100) > 1 || j == 4 {
				v = 0
			} else if j < 4 {
				v *= 0.05
			}
			d.X.Values = append(d.X.Values, v)
		}
	}
	c := training.Training{Model: nn.Sequential{nn.Dense{Units: 4}}, Data: d, Loss: loss.MSE{}}
	look := lookAt(c)
	require.Greater(t, look.InputLow, 0.2)
	require.Equal(t, 1, look.ConstantInputs)
	mild := unscaledInputs.Suspect(&Patient{Training: c, Look: look})
	require.Equal(t, Possible, mild.Strength)
	require.True(t, mild.Symptoms[0].Usual)
	for i := range d.X.Values { // one feature in a unit of its own is one
		if i%16 == 9 {
			d.X.Values[i] *= 1e-3
		}
	}
	s := unscaledInputs.Suspect(&Patient{Training: c, Look: lookAt(c)})
	require.Equal(t, Likely, s.Strength)
	require.Contains(t, s.Symptoms[0].Text, "(feature 10)")
}

// Of a single feature, as pictures in grey have, there is no "from" and "to".
func TestOneFeatureHasOneDeviation(t *testing.T) {
	for _, shape := range [][]int{{1}, {4, 4, 1}} {
		d, err := dataset.Random(100, shape, []int{1}, 1)
		require.NoError(t, err)
		for i := range d.X.Values {
			d.X.Values[i] *= -255
		}
		c := training.Training{Model: nn.Sequential{nn.Flatten{}, nn.Dense{Units: 4}}, Data: d, Loss: loss.MSE{}, Optimizer: optim.SGD(0.1)}
		s := unscaledInputs.Suspect(&Patient{Training: c, Look: lookAt(c)})
		require.NotNil(t, s)
		require.Regexp(t, `^the inputs have a deviation of [\d.]+ and a mean of -[\d.]+$`, s.Symptoms[0].Text)
	}
}
