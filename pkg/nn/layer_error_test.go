package nn_test

import (
	"strings"
	"testing"

	"github.com/gomlx/gomlx/ml/model"

	"example.com/unstuck/pkg/nn"
)

// TestRefusals: what makes no sense is refused with the setting's name and the value received.
func TestRefusals(t *testing.T) {
	flat, sequence, vector := []int{2, 3}, []int{2, 4, 3}, []int{5}
	for _, c := range []struct {
		layer nn.Layer
		dims  []int
		want  string
	}{
		{nn.Dense{}, flat, "Dense.Units is 0, must be positive"},
		{nn.Dense{Units: -2}, flat, "Dense.Units is -2, must be positive"},
		{nn.Dense{Units: 2}, vector, "Dense needs an input [batch, …, features], got (Float32)[5]"},
		{nn.Dense{Units: 2, KernelInitializer: nn.RandomNormal{StdDev: -1}}, flat, `initial values of weight "kernel": standard deviation -1 must be positive`},
		{nn.Dense{Units: 2, BiasInitializer: nn.Orthogonal{}}, flat, `"bias": orthogonal initializer needs at least two axes, got shape [2]`},
		{nn.Dense{Units: 2, KernelRegularizer: nn.L1L2{L2: -1}}, flat, "L1L2.L2 is -1, must be a finite number of at least 0"},
		{nn.SimpleRNN{}, sequence, "SimpleRNN.Units is 0, must be positive"},
		{nn.SimpleRNN{Units: 2}, flat, "SimpleRNN needs an input [batch, time, features], got (Float32)[2, 3]"},
		{nn.GRU{Units: -1}, sequence, "GRU.Units is -1, must be positive"},
		{nn.GRU{Units: 2}, flat, "GRU needs an input [batch, time, features]"},
		{nn.LSTM{}, sequence, "LSTM.Units is 0, must be positive"},
		{nn.LSTM{Units: 2}, vector, "LSTM needs an input [batch, time, features]"},
		{nn.Dropout{Rate: 1}, flat, "Dropout.Rate is 1, must be from 0 to below 1"},
		{nn.Dropout{Rate: -0.1}, flat, "Dropout.Rate is -0.1, must be from 0 to below 1"},
		{nn.BatchNormalization{Momentum: 1}, flat, "BatchNormalization.Momentum is 1, must be from 0 to below 1"},
		{nn.BatchNormalization{Epsilon: -1}, flat, "BatchNormalization.Epsilon is -1"},
		{nn.BatchNormalization{}, vector, "BatchNormalization needs an input [batch, …, features]"},
		{nn.LayerNormalization{Epsilon: -1}, flat, "LayerNormalization.Epsilon is -1"},
		{nn.LayerNormalization{}, vector, "LayerNormalization needs an input [batch, …, features]"},
		{nn.Embedding{InputDim: 3}, flat, "Embedding has InputDim 3 and OutputDim 0, both must be positive"},
		{nn.Reshape{Target: []int{2, 2}}, flat, "Reshape.Target is [2 2], which doesn't hold the 3 features of a row"},
		{nn.Reshape{Target: []int{-1, -1}}, flat, "Reshape.Target is [-1 -1], must hold positive sizes and at most one -1"},
		{nn.PReLU{SharedAxes: []int{0}}, flat, "PReLU.SharedAxes holds 0, must be from 1 to 1"},
		{nn.GlobalAveragePooling1D{}, flat, "GlobalAveragePooling1D needs an input [batch, time, features]"},
		{nn.LeakyReLU{NegativeSlope: -1}, flat, "LeakyReLU.NegativeSlope is -1, must be a finite number of at least 0"},
		{nn.ReLU{MaxValue: -1}, flat, "ReLU.MaxValue is -1"},
	} {
		_, err := run(pureGo(t), model.NewStore(), c.layer, true, tensor(make([]float32, count(c.dims)), c.dims...))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%#v on %v: error %v, want one with %q", c.layer, c.dims, err, c.want)
		}
	}
}

func count(dims []int) int {
	n := 1
	for _, d := range dims {
		n *= d
	}
	return n
}
