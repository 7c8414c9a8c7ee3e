package loop

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/exchange/keras"
	"example.com/unstuck/pkg/loss"
	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/training"
)

// The sigmoid or softmax that a model ends in is passed over where Keras' loss passes over it: in a graph of TensorFlow, and where it is
// the last operation and the loss' own.
func TestWithoutSquash(t *testing.T) {
	compiled := Step{View: viewWeights}
	recorded := Step{View: viewWeights, values: map[string]dataset.Array{"out/0": {Shape: []int{1, 1}, Values: []float32{1}}}}
	dense := func(a nn.Activation) nn.Layer { return nn.Dense{Units: 3, Activation: a} }
	for name, c := range map[string]struct {
		backend, loss string
		step          Step
		model         nn.Sequential
		passed        bool
	}{
		"softmax":                {"tensorflow", `"categorical_crossentropy"`, compiled, nn.Sequential{dense(nn.Softmax{})}, true},
		"a layer":                {"tensorflow", `"sparse_categorical_crossentropy"`, compiled, nn.Sequential{dense(nil), nn.Softmax{}}, true},
		"sigmoid":                {"tensorflow", `"binary_crossentropy"`, compiled, nn.Sequential{dense(nn.Tanh{}), dense(nn.Sigmoid{})}, true},
		"another's":              {"tensorflow", `"binary_crossentropy"`, compiled, nn.Sequential{dense(nn.Softmax{})}, false},
		"something is behind it": {"tensorflow", `"categorical_crossentropy"`, compiled, nn.Sequential{dense(nn.Softmax{}), nn.Dropout{Rate: 0.1}}, false},
		"no activation":          {"tensorflow", `"categorical_crossentropy"`, compiled, nn.Sequential{dense(nil)}, false},
		"another loss":           {"tensorflow", `"mse"`, compiled, nn.Sequential{dense(nn.Softmax{})}, false},
		"another backend":        {"jax", `"categorical_crossentropy"`, compiled, nn.Sequential{dense(nn.Softmax{})}, false},
		"outputs are recorded":   {"tensorflow", `"categorical_crossentropy"`, recorded, nn.Sequential{dense(nn.Softmax{})}, false},
		"steps in Python":        {"tensorflow", `"categorical_crossentropy"`, Step{}, nn.Sequential{dense(nn.Softmax{})}, false},
		"half precision":         {"tensorflow", `"categorical_crossentropy"`, Step{View: viewWeights, Autocast: "float16"}, nn.Sequential{dense(nn.Softmax{})}, false},
	} {
		t.Run(name, func(t *testing.T) {
			r := &Recording{Framework: kerasFramework, Backend: c.backend, KerasLoss: json.RawMessage(c.loss), Steps: []Step{c.step}}
			changed := r.withoutSquash(&keras.Description{Training: training.Training{Model: c.model}})
			require.Equal(t, c.passed, changed != nil)
			if c.passed {
				last := changed.(nn.Sequential)
				require.True(t, nn.IsLinear(nn.ActivationOf(last[len(last)-1])))
				require.Len(t, last, len(c.model))
			}
		})
	}
}

// Claims are about logits first, and about what becomes of them where nothing is passed over; of losses without either, nothing changes.
func TestBothWays(t *testing.T) {
	r := &Recording{squash: nn.Softmax{}}
	all := r.bothWays([]claim{{loss: loss.CategoricalCrossentropy{LabelSmoothing: 0.1}}})
	require.Len(t, all, 2)
	require.Equal(t, loss.CategoricalCrossentropy{LabelSmoothing: 0.1, FromLogits: true}, all[0].loss)
	require.Equal(t, "categorical_crossentropy", all[1].loss.String())
	require.Len(t, (&Recording{}).bothWays([]claim{{loss: loss.MSE{}}}), 1)
}
