package doctor_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/doctor"
	"example.com/unstuck/pkg/doctor/report"
	"example.com/unstuck/pkg/loss"
	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/training"
)

// Where weights of 0 leave one class alone a constant is perfect, and a share of its loss would be rounding over rounding: the report
// says so, and the cause all the same.
func TestSharesOfNothingAreNotTold(t *testing.T) {
	sparse := rings(3, nn.Softmax{}, loss.SparseCategoricalCrossentropy{})
	sparse.ClassWeight = map[int]float64{0: 0, 1: 1, 2: 0}
	binary := rings(2, nn.Sigmoid{}, loss.BinaryCrossentropy{})
	binary.ClassWeight = map[int]float64{0: 0, 1: 1}
	inLoss := rings(3, nil, loss.SparseCategoricalCrossentropy{FromLogits: true, ClassWeights: []float64{0, 1, 0}})
	for name, given := range map[string]training.Training{"class_weight of three": sparse, "class_weight of two": binary, "in the loss": inLoss} {
		t.Run(name, func(t *testing.T) {
			r, err := doctor.Examine(context.Background(), given, doctor.Options{})
			require.NoError(t, err)
			require.True(t, r.Before.NothingToExplain(false))
			require.False(t, r.Ceiling.Known(), r.CeilingText())
			if name != "in the loss" { // of which nobody asks judges
				require.Contains(t, r.CeilingText(), "a constant prediction leaves nothing of the loss")
			}
			text := report.Text(r)
			require.NotRegexp(t, `[0-9]e\+|[0-9]{5,}\.|Explained -`, text)
			if name == "in the loss" { // it has learned all that there is, and no rate is at fault
				require.Equal(t, doctor.Undecided, r.Cause)
				require.Contains(t, text, "undecided: All training rows that have a weight have the same target")
			}
			if r.Treated != nil && r.Cause == doctor.ClassImbalance {
				require.Contains(t, text, "can't be told: a constant prediction leaves nothing of its loss; with the treatment 0.")
			}
		})
	}
}

// Targets that are small by themselves, and classes that are rare, leave something to be explained.
func TestLittleIsNotNothing(t *testing.T) {
	small := sines(t)
	for i := range small.Data.Y.Values {
		small.Data.Y.Values[i] *= 1e-6
	}
	rare := rings(2, nn.Sigmoid{}, loss.BinaryCrossentropy{})
	rare.ClassWeight = map[int]float64{0: 1e-3, 1: 1}
	for name, given := range map[string]training.Training{"small targets": small, "small weight": rare} {
		r, err := doctor.Examine(context.Background(), given, doctor.Options{})
		require.NoError(t, err, name)
		require.False(t, r.Before.NothingToExplain(false), name)
		require.True(t, r.Ceiling.Known(), "%s: %s", name, r.CeilingText())
	}
}
