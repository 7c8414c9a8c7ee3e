package nn_test

import (
	"strings"
	"testing"

	"github.com/gomlx/gomlx/ml/model"

	"example.com/unstuck/pkg/nn"
)

// TestRefusals: what makes no sense is refused with the setting's name and the value received.
func TestRefusals(t *testing.T) {
	flat, sequence, vector, image := []int{2, 3}, []int{2, 4, 3}, []int{5}, []int{2, 4, 5, 3}
	three := []int{3}
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
		{nn.Conv2D{Filters: 2}, image, "Conv2D.KernelSize is missing"},
		{nn.Conv2D{KernelSize: three}, image, "Conv2D.Filters is 0, must be positive"},
		{nn.Conv2D{Filters: 2, KernelSize: three}, sequence, "Conv2D needs an input [batch, height, width, channels], got [2 4 3]"},
		{nn.Conv2D{Filters: 2, KernelSize: []int{5, 1}}, image, "Conv2D reaches over 5 places of an axis that has 4"},
		{nn.Conv2D{Filters: 2, KernelSize: []int{3, 3, 3}}, image, "Conv2D.KernelSize is [3 3 3], must hold 2 numbers"},
		{nn.Conv2D{Filters: 2, KernelSize: three, Strides: []int{0}}, image, "Conv2D.Strides is [0], must be at least 1"},
		{nn.Conv2D{Filters: 2, KernelSize: three, Strides: []int{2}, DilationRate: []int{2}}, image, "Conv2D has Strides [2] and DilationRate [2], one of them must be 1"},
		{nn.Conv2D{Filters: 2, KernelSize: three, Padding: "full"}, image, `Conv2D.Padding is "full"`},
		{nn.Conv2D{Filters: 3, KernelSize: three, Padding: "causal"}, image, `Conv2D.Padding is "causal"`},
		{nn.Conv2D{Filters: 4, KernelSize: three, Groups: 2}, image, "Conv2D.Groups is 2, must divide the 3 channels of the input and the 4 filters"},
		{nn.Conv2D{Filters: 4, KernelSize: three, Groups: 3}, image, "Conv2D.Groups is 3"},
		{nn.Conv2D{Filters: 4, KernelSize: three, DataFormat: "channels_middle"}, image, `Conv2D.DataFormat is "channels_middle"`},
		{nn.Conv2DTranspose{Filters: 2, KernelSize: three, OutputPadding: []int{2}, Strides: []int{2}}, image, "Conv2DTranspose.OutputPadding is [2], must be less than Strides, [2 2]"},
		{nn.DepthwiseConv2D{KernelSize: three, DepthMultiplier: -1}, image, "DepthwiseConv2D.DepthMultiplier is -1"},
		{nn.SeparableConv2D{KernelSize: three}, image, "SeparableConv2D.Filters is 0"},
		{nn.MaxPooling2D{PoolSize: []int{6}}, image, "MaxPooling2D reaches over 6 places"},
		{nn.AveragePooling2D{}, image, "AveragePooling2D.PoolSize is missing"},
		{nn.AdaptiveMaxPooling2D{}, image, "AdaptiveMaxPooling2D.OutputSize is missing"},
		{nn.Resizing{Height: 2}, image, "Resizing.Width is 0, must be at least 1"},
		{nn.Resizing{Height: 2, Width: 2, Interpolation: "area"}, image, `Resizing.Interpolation is "area"`},
		{nn.DepthwiseConv1D{KernelSize: three, Padding: "causal"}, sequence, `DepthwiseConv1D.Padding is "causal"`},
		{nn.Conv2DTranspose{Filters: 2, KernelSize: three, Padding: "full"}, image, `Conv2DTranspose.Padding is "full"`},
		{nn.UpSampling2D{Interpolation: "area"}, image, `UpSampling2D.Interpolation is "area"`},
		{nn.ZeroPadding2D{DataFormat: "NHWC"}, image, `ZeroPadding2D.DataFormat is "NHWC", must be "channels_last" or "channels_first"`},
		{nn.Flatten{DataFormat: "NHWC"}, image, `Flatten.DataFormat is "NHWC"`},
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
