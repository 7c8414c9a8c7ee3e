package doctor

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/training"
)

// A Normalization stands for scaled inputs only when it was told what to take off.
func TestNormalizationStandsForScaledInputs(t *testing.T) {
	dense := nn.Dense{Units: 1}
	told := nn.Normalization{Mean: []float64{3}, Variance: []float64{4}}
	assert.True(t, normalizesFirst(nn.Sequential{told, dense}))
	assert.False(t, normalizesFirst(nn.Sequential{nn.Normalization{}, dense}), "it was never adapted")
	told.Invert = true
	assert.False(t, normalizesFirst(nn.Sequential{told, dense}), "it scales the other way")
	assert.False(t, takesNumbers(nn.Sequential{nn.Discretization{BinBoundaries: []float64{1}}, dense}), "its boundaries are in the inputs' scale")
}

// Penalties on what layers put out are named, and taken away by the treatment.
func TestPenaltiesOnOutputsAreRegularization(t *testing.T) {
	model := nn.Sequential{nn.ActivityRegularized{Layer: nn.Dense{Units: 3}, Regularizer: nn.L1L2{L2: 0.5}}, nn.Dense{Units: 1}}
	penalties, _ := regularization(model)
	assert.Equal(t, []string{"L1L2(l2=0.5) of outputs"}, penalties)
	treated, err := withoutRegularization.Apply(training.Training{Model: model})
	assert.NoError(t, err)
	assert.Equal(t, nn.Layer(nn.Sequential{nn.Dense{Units: 3}, nn.Dense{Units: 1}}), treated.Model)
}

// What is computed otherwise than given is told apart from what nobody gave.
func TestAssumptionsSayWhatWasGivenInstead(t *testing.T) {
	var c training.Training
	c.Assume(training.EpochsSetting, "63", "enough")
	c.AssumeInstead(training.NumberTypeSetting, "float32", "mixed_float16")
	r := Report{Training: c}
	assert.Equal(t, "Assumed, because not given: epochs 63 (enough). The verdict depends on these settings: with yours it may be another. Computed differently from what was given: number type float32 in place of mixed_float16.", r.Assumptions())
}
