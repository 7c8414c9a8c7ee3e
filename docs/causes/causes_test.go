// Package causes_test holds, for each cause that the doctor can name, a small training with that fault and the
// same training cured. The pages beside it show this code and what it measures; the tests keep them equal.
//
//	go test ./docs/causes -run Pages/dying-relu      # is that page still true?
//	go test ./docs/causes -run Pages -update         # measure again and write pages and figures
package causes_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/doctor"
	"example.com/unstuck/pkg/fit"
	"example.com/unstuck/pkg/loss"
	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/optim"
	"example.com/unstuck/pkg/training"
)

// illness is a fault as a change of a healthy training, and its cure as a change of the sick one.
type illness struct {
	fault, cure func(training.Training) training.Training
	observed    func(training.Training) *fit.History // the history of the caller's own loop, for look-at-the-loop
}

var illnesses = map[doctor.Cause]illness{
	doctor.NonFiniteData:           {fault: nonFiniteData, cure: finiteRows},
	doctor.LossOutputMismatch:      {fault: softmaxOnOneUnit, cure: sigmoidOnOneUnit},
	doctor.OutputRangeMismatch:     {fault: sigmoidForSix, cure: linearHead},
	doctor.FrozenWeights:           {fault: frozenHidden, cure: thawedHidden},
	doctor.OverRegularized:         {fault: heavyPenalty, cure: lightPenalty},
	doctor.SymmetricInitialization: {fault: allZeros, cure: defaultInitializers},
	doctor.DyingReLU:               {fault: deadReLU, cure: leakyReLU},
	doctor.VanishingGradient:       {fault: deepSigmoid, cure: deepReLU},
	doctor.ExplodingGradient:       {fault: wideWeights, cure: scaledWeights},
	doctor.UnscaledInputs:          {fault: rawFeatures, cure: standardizedFeatures},
	doctor.UnscaledTargets:         {fault: rawPrices, cure: standardizedPrices},
	doctor.LearningRateTooLow:      {fault: crawl, cure: usualRate},
	doctor.LearningRateTooHigh:     {fault: overshoot, cure: smallerRate},
	doctor.TooFewEpochs:            {fault: twoEpochs, cure: manyEpochs},
	doctor.TooSmallCapacity:        {fault: linearModel, cure: hiddenLayers},
	doctor.ClassImbalance:          {fault: silencedClass, cure: balancedClasses},
	doctor.BatchStatistics:         {fault: slowStatistics, cure: quickStatistics},
	doctor.Oscillating:             {fault: rowsInOrder, cure: rowsShuffled},
	doctor.NumericRange:            {fault: timesInSeconds, cure: timesFromTheirMean},
	doctor.SortedSplit:             {fault: sortedRows, cure: shuffledRows},
	doctor.Overfitting:             {fault: fewRows, cure: stopEarly},
	doctor.NoSignal:                {fault: noise, cure: nil},
	doctor.LookAtTheLoop:           {fault: nothing, observed: newModelEachEpoch},
	doctor.Healthy:                 {fault: nothing},
}

// healthy is a regression on 300 rows of 3 features that a small network learns in half a second: the training
// that each fault is put into.
func healthy(t *testing.T) training.Training {
	t.Helper()
	data, err := dataset.Random(300, []int{3}, []int{1}, 5)
	require.NoError(t, err)
	for i := range data.Rows() {
		x := data.X.Row(i)
		for j := range x {
			x[j] = 3.4 * (x[j] - 0.5)
		}
		data.Y.Row(i)[0] = x[0] - 0.7*x[1]*x[1] + 0.3*x[2]
	}
	hidden := nn.Dense{Units: 16, Activation: nn.ReLU{}}
	return training.Training{
		Model: nn.Sequential{hidden, hidden, nn.Dense{Units: 1}}, Data: data,
		Optimizer: optim.Adam(5e-3), Loss: loss.MSE{}, Epochs: 30, BatchSize: 16, Seed: 3,
	}
}

// must keeps the cases on the pages free of what can't go wrong in them.
func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}
