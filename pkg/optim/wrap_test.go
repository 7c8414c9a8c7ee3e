package optim

import (
	"testing"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"
	"github.com/gomlx/gomlx/ml/train"
	"github.com/gomlx/gomlx/ml/train/optimizer"
	"github.com/stretchr/testify/require"
)

func TestWrapWithoutTransforms(t *testing.T) {
	for _, inner := range []func() optimizer.Interface{
		func() optimizer.Interface { return optimizer.Adam().LearningRate(0.1).Done() },
		func() optimizer.Interface { return optimizer.StochasticGradientDescent().WithLearningRate(0.1) },
	} {
		bare := newStepper(t, inner().(train.OptimizeWithGradients), someWeights)
		wrapped := newStepper(t, Wrap(inner()), someWeights)
		for range 3 {
			require.Equal(t, bare.step(someGradient), wrapped.step(someGradient))
		}
	}
}

func TestWrapClips(t *testing.T) {
	gomlx := optimizer.StochasticGradientDescent().WithLearningRate(0.1).WithDecay(false)
	wrapped := newStepper(t, Wrap(gomlx, ClipByNorm{1}), someWeights)
	own := newStepper(t, SGD(0.1).With(ClipByNorm{1}), someWeights)
	for range 3 {
		require.Equal(t, own.step(someGradient), wrapped.step(someGradient))
	}
}

// lossOnly is an optimizer that takes no gradients.
type lossOnly struct{ optimizer.Interface }

func TestWrapRefuses(t *testing.T) {
	require.ErrorContains(t, Wrap(lossOnly{}).Validate(), "optim.lossOnly can't be wrapped")
	require.ErrorContains(t, Wrap(nil).Validate(), "can't be wrapped")
	require.ErrorContains(t, Wrap(optimizer.Adam().Done(), ClipByValue{}).Validate(), "ClipByValue.Max is 0")
}

func TestWrapClear(t *testing.T) {
	w := Wrap(optimizer.Adam().Done(), SkipNonFinite{}, ClipByNorm{1})
	s := newStepper(t, w, someWeights)
	s.step(someGradient)
	require.NoError(t, w.Clear(s.store.RootScope()))
	for v := range s.store.IterVariables() {
		require.Contains(t, []string{"/dense/kernel", "/dense/bias", "/global_step", "/optimizers/learning_rate"}, v.Path())
	}
	require.NoError(t, w.Clear(s.store.RootScope()), "clearing twice")
}

// TestGoMLXTrainer fits y = 2x + 1 with GoMLX's own trainer.
func TestGoMLXTrainer(t *testing.T) {
	for name, o := range map[string]optimizer.Interface{
		"Adam":    Adam(0.1).With(SkipNonFinite{}, ClipByNorm{1}),
		"wrapped": Wrap(optimizer.Adam().LearningRate(0.1).Done(), ClipByGlobalNorm{Max: 1}),
	} {
		t.Run(name, func(t *testing.T) {
			store := model.NewStore()
			line := func(scope *model.Scope, x *graph.Node) *graph.Node {
				slope := scope.VariableWithValue("slope", float32(0)).NodeValue(x)
				offset := scope.VariableWithValue("offset", float32(0)).NodeValue(x)
				return graph.Add(graph.Mul(x, slope), offset)
			}
			mse := func(labels, predictions []*graph.Node) *graph.Node {
				return graph.ReduceAllMean(graph.Square(graph.Sub(labels[0], predictions[0])))
			}
			trainer := train.NewTrainer(goBackend(t), store, line, mse, o, nil, nil)
			for range 300 {
				_, err := trainer.TrainStep(train.Batch{
					Inputs: []*tensors.Tensor{tensors.FromValue([]float32{-1, 0, 1, 2})},
					Labels: []*tensors.Tensor{tensors.FromValue([]float32{-1, 1, 3, 5})},
				})
				require.NoError(t, err)
			}
			require.InDelta(t, 2, store.GetVariable("/slope").MustValue().Value(), 0.01)
			require.InDelta(t, 1, store.GetVariable("/offset").MustValue().Value(), 0.01)
		})
	}
}

func TestGoMLXTrainerReportsBadSettings(t *testing.T) {
	model1 := func(scope *model.Scope, x *graph.Node) *graph.Node {
		return graph.Mul(x, scope.VariableWithValue("slope", float32(0)).NodeValue(x))
	}
	mean := func(_, predictions []*graph.Node) *graph.Node { return graph.ReduceAllMean(predictions[0]) }
	trainer := train.NewTrainer(goBackend(t), model.NewStore(), model1, mean, SGD(-1), nil, nil)
	_, err := trainer.TrainStep(train.Batch{Inputs: []*tensors.Tensor{tensors.FromValue([]float32{1})}})
	require.ErrorContains(t, err, "learning rate -1")
}
