package doctor_test

import (
	"context"
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

// told is a training on rows of three numbers, with what some function tells of them as targets.
func told(width int, targets func(x []float32) []float32, last nn.Layer, l loss.Loss) training.Training {
	const rows = 240
	rng := rand.New(rand.NewPCG(11, 12))
	d := dataset.Data{X: dataset.Array{Shape: []int{rows, 3}}, Y: dataset.Array{Shape: []int{rows, width}}}
	for range rows {
		x := []float32{float32(rng.NormFloat64()), float32(rng.NormFloat64()), float32(rng.NormFloat64())}
		d.X.Values, d.Y.Values = append(d.X.Values, x...), append(d.Y.Values, targets(x)...)
	}
	return training.Training{Model: nn.Sequential{nn.Dense{Units: 24, Activation: nn.ReLU{}}, last}, Data: d, Optimizer: optim.Adam(0.01), Loss: l, Epochs: 25, BatchSize: 16, Seed: 3}
}

func one(yes bool) float32 {
	if yes {
		return 1
	}
	return 0
}

// Targets of each kind: labels that exclude each other and such that don't, classes by number and by other names.
func labels(x []float32) []float32 {
	return []float32{one(x[0] > 0), one(x[1] > 0.3), one(x[0]+x[2] > 0)}
}
func ordinal(x []float32) []float32 {
	return []float32{one(x[0] > -0.8), one(x[0] > 0), one(x[0] > 0.8)}
}
func third(x []float32) float32 { return one(x[0] > -0.4) + one(x[0] > 0.4) }
func positive(x []float32) []float32 {
	return []float32{one(x[0]+x[1] > 0)}
}
func oneHot(x []float32) []float32 {
	y := make([]float32, 3)
	y[int(third(x))] = 1
	return y
}
func thirds(shift, scale float32) func(x []float32) []float32 {
	return func(x []float32) []float32 { return []float32{shift + scale*third(x)} }
}

// overTime is a training in which a layer that carries a state makes the output.
func overTime(width int, targets func(sum float32) []float32, last nn.Layer, l loss.Loss) training.Training {
	const rows, times = 200, 5
	rng := rand.New(rand.NewPCG(3, 4))
	d := dataset.Data{X: dataset.Array{Shape: []int{rows, times, 1}}, Y: dataset.Array{Shape: []int{rows, width}}}
	for range rows {
		sum := float32(0)
		for range times {
			v := float32(rng.NormFloat64())
			sum += v
			d.X.Values = append(d.X.Values, v)
		}
		d.Y.Values = append(d.Y.Values, targets(sum)...)
	}
	return training.Training{Model: nn.Sequential{last}, Data: d, Optimizer: optim.Adam(0.01), Loss: l, Epochs: 25, BatchSize: 16, Seed: 3}
}

// A last layer, a loss and targets of which each by itself is well, but not together: whatever the loss, however the classes are
// written, and whichever layer makes the output. What mends them is one change.
func TestHeadsAndLossesByKind(t *testing.T) {
	cce, bce, sparse := loss.CategoricalCrossentropy{}, loss.BinaryCrossentropy{}, loss.SparseCategoricalCrossentropy{}
	softmax := func(units int) nn.Layer { return nn.Dense{Units: units, Activation: nn.Softmax{}} }
	sums := func(sum float32) []float32 { return []float32{one(sum > -1) + one(sum > 1)} }
	images := levels(nn.Conv1D{Filters: 1, KernelSize: []int{1}, Activation: nn.Sigmoid{}}, bce)
	for i, v := range images.Data.Y.Values {
		images.Data.Y.Values[i] = 255 * one(v > 0)
	}
	for name, c := range map[string]struct {
		training training.Training
		cause    doctor.Cause
		want     string
	}{
		"several labels under softmax":        {told(3, labels, softmax(3), cce), doctor.LossOutputMismatch, "3 units with sigmoid activation, and train with binary_crossentropy"},
		"ordered labels under softmax":        {told(3, ordinal, softmax(3), cce), doctor.LossOutputMismatch, "3 units with sigmoid activation, and train with binary_crossentropy"},
		"softmax on one unit, absolute error": {told(1, positive, softmax(1), loss.MAE{}), doctor.LossOutputMismatch, "1 unit with sigmoid activation, and train with binary_crossentropy"},
		"softmax on one unit, squared error":  {told(1, positive, softmax(1), loss.MSE{}), doctor.LossOutputMismatch, "1 unit with sigmoid activation, and train with binary_crossentropy"},
		"softmax under hinge":                 {told(3, oneHot, softmax(3), loss.Hinge{}), doctor.LossOutputMismatch, "3 units with softmax activation, and train with categorical_crossentropy"},
		"relu under hinge":                    {told(1, positive, nn.Dense{Units: 1, Activation: nn.ReLU{}}, loss.SquaredHinge{}), doctor.LossOutputMismatch, "1 unit with sigmoid activation, and train with binary_crossentropy"},
		"classes −1, 0, 1":                    {told(1, thirds(-1, 1), softmax(3), sparse), doctor.LossOutputMismatch, "number the classes from 0: targets y → y + 1"},
		"classes 0, 10, 20":                   {told(1, thirds(0, 10), softmax(3), sparse), doctor.LossOutputMismatch, "number the classes from 0: targets y → y / 10"},
		"class numbers under categorical":     {told(1, thirds(0, 1), softmax(3), cce), doctor.LossOutputMismatch, "train with sparse_categorical_crossentropy instead of categorical_crossentropy: the targets are class numbers"},
		"one number for all units":            {told(1, thirds(0, 1), softmax(3), loss.MSE{}), doctor.LossOutputMismatch, "train with sparse_categorical_crossentropy"},
		"masks 0 and 255":                     {images, doctor.LossOutputMismatch, "targets y → y / 255"},
		"an LSTM for numbers out of reach":    {overTime(1, func(sum float32) []float32 { return []float32{2 * sum} }, nn.LSTM{Units: 1}, loss.MSE{}), doctor.OutputRangeMismatch, "put a Dense layer of 1 unit with linear activation behind"},
		"an LSTM for classes":                 {overTime(1, sums, nn.LSTM{Units: 3}, sparse), doctor.LossOutputMismatch, "put a Dense layer of 3 units with softmax activation behind"},
	} {
		t.Run(name, func(t *testing.T) {
			r, err := doctor.Examine(context.Background(), c.training, doctor.Options{})
			require.NoError(t, err)
			require.Equal(t, c.cause, r.Cause, r.Verdict())
			require.Contains(t, r.Findings[0].Treatment.Text, c.want)
			require.True(t, r.Findings[0].Verified, r.Verdict())
			require.NotEmpty(t, r.Findings[0].Treatment.Keras)
		})
	}
}

// What the description contradicts is seen before anything is run, also where the training might learn in spite of it.
func TestHeadsThatContradict(t *testing.T) {
	cce, logits := loss.CategoricalCrossentropy{}, loss.BinaryCrossentropy{FromLogits: true}
	dense := func(units int, a nn.Activation) nn.Layer { return nn.Dense{Units: units, Activation: a} }
	behind := func(layers ...nn.Layer) nn.Layer { return nn.Sequential(layers) }
	signed := func(x []float32) []float32 { return []float32{2*one(x[0] > 0) - 1} }
	for name, c := range map[string]struct {
		training training.Training
		want     string // empty: nothing is contradicted
	}{
		"relu ahead of softmax":             {told(3, oneHot, behind(dense(3, nn.ReLU{}), nn.Softmax{}), cce), "relu ahead of softmax"},
		"sigmoid ahead of softmax":          {told(3, oneHot, behind(dense(3, nn.Sigmoid{}), nn.Softmax{}), cce), "sigmoid ahead of softmax"},
		"tanh ahead of sigmoid":             {told(1, positive, behind(dense(1, nn.Tanh{}), nn.Sigmoid{}), loss.BinaryCrossentropy{}), "tanh ahead of sigmoid"},
		"softplus in logits":                {told(1, positive, dense(1, nn.Softplus{}), logits), "softplus cuts off those below 0"},
		"tanh in logits":                    {told(1, positive, dense(1, nn.Tanh{}), logits), "tanh keeps them between -1 and 1"},
		"sigmoid under categorical":         {told(3, oneHot, dense(3, nn.Sigmoid{}), cce), "shares that sum to 1"},
		"a recurrent output as probability": {overTime(1, func(s float32) []float32 { return []float32{one(s > 0)} }, nn.GRU{Units: 1}, loss.BinaryCrossentropy{}), "takes probabilities"},
		"two directions for classes": {overTime(1, func(s float32) []float32 { return []float32{one(s > -1) + one(s > 1)} },
			nn.Bidirectional{Layer: nn.LSTM{Units: 2}}, loss.SparseCategoricalCrossentropy{}), "takes probabilities"},
		"each time by itself":            {levels(nn.TimeDistributed{Layer: nn.Dense{Units: 3}}, loss.SparseCategoricalCrossentropy{}), "takes probabilities"},
		"the mean over places of logits": {overTime(1, func(s float32) []float32 { return []float32{one(s > 0)} }, nn.Sequential{nn.Conv1D{Filters: 1, KernelSize: []int{1}}, nn.GlobalAveragePooling1D{}}, loss.BinaryCrossentropy{}), "takes probabilities"},

		"the mean over places of probabilities": {overTime(1, func(s float32) []float32 { return []float32{one(s > 0)} }, nn.Sequential{nn.Conv1D{Filters: 1, KernelSize: []int{1}, Activation: nn.Sigmoid{}}, nn.GlobalAveragePooling1D{}}, loss.BinaryCrossentropy{}), ""},
		"several labels under sigmoid":          {told(3, labels, dense(3, nn.Sigmoid{}), loss.BinaryCrossentropy{}), ""},
		"one label of several under sigmoid":    {told(3, oneHot, dense(3, nn.Sigmoid{}), loss.BinaryCrossentropy{}), ""},
		"softmax under squared error":           {told(3, oneHot, dense(3, nn.Softmax{}), loss.MSE{}), ""},
		"hinge on −1 and 1":                     {told(1, signed, dense(1, nn.Tanh{}), loss.Hinge{}), ""},
		"hinge on 0 and 1":                      {told(1, positive, dense(1, nil), loss.Hinge{}), ""},
		"categorical hinge":                     {told(3, oneHot, dense(3, nn.Softmax{}), loss.CategoricalHinge{}), ""},
		"elu in logits":                         {told(1, positive, behind(dense(1, nil)), logits), ""},
	} {
		t.Run(name, func(t *testing.T) {
			texts := doctor.Contradictions(c.training)
			if c.want == "" {
				require.Empty(t, texts)
				return
			}
			require.Len(t, texts, 1)
			require.Contains(t, texts[0], c.want)
		})
	}
}

// Noise can't be learned by any last layer, and yet one that gives the same for every row is wrong: both are said, what can be
// mended first.
func TestHeadBesideNoSignal(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 9))
	noise := func([]float32) []float32 { return []float32{one(rng.Float64() > 0.5)} }
	r, err := doctor.Examine(context.Background(), told(1, noise, nn.Dense{Units: 1, Activation: nn.Softmax{}}, loss.BinaryCrossentropy{}), doctor.Options{})
	require.NoError(t, err)
	require.Equal(t, doctor.LossOutputMismatch, r.Cause, r.Verdict())
	require.Len(t, r.Findings, 2)
	require.Equal(t, doctor.NoSignal, r.Findings[1].Cause)
	require.True(t, r.Findings[0].Verified, "mended it gets to the constant, which is all there is")
	require.Empty(t, r.AgainstItself())
}
