package nn_test

import (
	"fmt"
	"testing"

	"github.com/gomlx/gomlx/ml/model"
	"github.com/stretchr/testify/assert"

	"example.com/unstuck/pkg/nn"
)

// An input with an axis of size 0 gives an output or an error that speaks of it: never one of the runtime.
func TestInputsWithoutValues(t *testing.T) {
	for _, dims := range [][]int{{2, 0}, {0, 3}, {2, 0, 3}, {2, 3, 0}, {0, 2, 3}} {
		for _, l := range []nn.Layer{
			nn.Dense{Units: 2}, nn.LayerNormalization{}, nn.BatchNormalization{}, nn.Flatten{}, nn.Reshape{Target: []int{-1}}, nn.Reshape{Target: []int{2, 3}},
			nn.GlobalAveragePooling1D{}, nn.Softmax{}, nn.ReLU{}, nn.PReLU{}, nn.Dropout{Rate: 0.5}, nn.SimpleRNN{Units: 2}, nn.GRU{Units: 2}, nn.LSTM{Units: 2},
			nn.Embedding{InputDim: 3, OutputDim: 2}, nn.Conv1D{Filters: 2, KernelSize: []int{2}, Padding: "same"}, nn.Conv1DTranspose{Filters: 2, KernelSize: []int{2}},
			nn.DepthwiseConv1D{KernelSize: []int{1}}, nn.MaxPooling1D{}, nn.AveragePooling1D{PoolSize: []int{2}, Padding: "same"}, nn.AdaptiveAveragePooling1D{OutputSize: []int{2}},
		} {
			t.Run(fmt.Sprintf("%#v on %v", l, dims), func(t *testing.T) {
				for _, training := range []bool{true, false} {
					if _, err := run(pureGo(t), model.NewStore(), l, training, tensor(nil, dims...)); err != nil {
						assert.NotContains(t, err.Error(), "runtime error")
						assert.NotContains(t, err.Error(), "divide by zero")
						assert.NotContains(t, err.Error(), "out of range")
					}
				}
			})
		}
	}
}
