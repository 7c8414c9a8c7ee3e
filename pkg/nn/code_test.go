package nn_test

import (
	"fmt"
	"go/parser"
	"strings"
	"testing"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"

	"example.com/unstuck/pkg/nn"
)

// printed are layers as Go and as Keras write them.
var printed = []struct {
	layer         nn.Layer
	gocode, keras string
}{
	{nn.Dense{Units: 64, Activation: nn.ReLU{}}, "nn.Dense{Units: 64, Activation: nn.ReLU{}}", "layers.Dense(64, activation='relu')"},
	{nn.Dense{Name: "out", Units: 1, NoBias: true, Activation: nn.LeakyReLU{NegativeSlope: 0.1}},
		`nn.Dense{Name: "out", Units: 1, Activation: nn.LeakyReLU{NegativeSlope: 0.1}, NoBias: true}`,
		"layers.Dense(1, activation=layers.LeakyReLU(negative_slope=0.1), use_bias=False, name='out')"},
	{nn.Dense{Units: 3, KernelInitializer: nn.HeNormal{}, BiasInitializer: nn.Constant{Value: 2}, KernelRegularizer: nn.L1L2{L2: 0.01}},
		"nn.Dense{Units: 3, KernelInitializer: nn.HeNormal{}, BiasInitializer: nn.Constant{Value: 2}, KernelRegularizer: nn.L1L2{L2: 0.01}}",
		"layers.Dense(3, kernel_initializer='he_normal', bias_initializer=keras.initializers.Constant(value=2.0), kernel_regularizer='l2')"},
	{nn.Dense{Units: 3, KernelInitializer: nn.RandomUniform{Max: 1}, BiasInitializer: nn.RandomNormal{Mean: 1, StdDev: 0.5}},
		"nn.Dense{Units: 3, KernelInitializer: nn.RandomUniform{Max: 1}, BiasInitializer: nn.RandomNormal{Mean: 1, StdDev: 0.5}}",
		"layers.Dense(3, kernel_initializer=keras.initializers.RandomUniform(minval=0.0, maxval=1.0), bias_initializer=keras.initializers.RandomNormal(mean=1.0, stddev=0.5))"},
	{nn.BatchNormalization{Momentum: 0.9, NoScale: true}, "nn.BatchNormalization{Momentum: 0.9, NoScale: true}", "layers.BatchNormalization(momentum=0.9, scale=False)"},
	{nn.LayerNormalization{Epsilon: 1e-6, NoCenter: true}, "nn.LayerNormalization{Epsilon: 1e-06, NoCenter: true}", "layers.LayerNormalization(epsilon=1e-06, center=False)"},
	{nn.Dropout{Rate: 0.5}, "nn.Dropout{Rate: 0.5}", "layers.Dropout(0.5)"},
	{nn.Flatten{}, "nn.Flatten{}", "layers.Flatten()"},
	{nn.Reshape{Target: []int{2, -1}}, "nn.Reshape{Target: []int{2, -1}}", "layers.Reshape([2, -1])"},
	{nn.GlobalAveragePooling1D{}, "nn.GlobalAveragePooling1D{}", "layers.GlobalAveragePooling1D()"},
	{nn.Conv2D{Filters: 8, KernelSize: []int{3, 3}, Strides: []int{2}, Padding: "same", Activation: nn.ReLU{}},
		`nn.Conv2D{Filters: 8, KernelSize: []int{3, 3}, Strides: []int{2}, Padding: "same", Activation: nn.ReLU{}}`, "layers.Conv2D(8, [3, 3], strides=[2], padding='same', activation='relu')"},
	{nn.MaxPooling2D{PoolSize: []int{3, 3}}, "nn.MaxPooling2D{PoolSize: []int{3, 3}}", "layers.MaxPooling2D(pool_size=[3, 3])"},
	{nn.Embedding{InputDim: 7, OutputDim: 2}, "nn.Embedding{InputDim: 7, OutputDim: 2}", "layers.Embedding(7, 2)"},
	{nn.PReLU{SharedAxes: []int{1}}, "nn.PReLU{SharedAxes: []int{1}}", "layers.PReLU(shared_axes=[1])"},
	{nn.SimpleRNN{Units: 4, Activation: nn.Linear{}, ReturnSequences: true}, "nn.SimpleRNN{Units: 4, Activation: nn.Linear{}, ReturnSequences: true}",
		"layers.SimpleRNN(4, activation='linear', return_sequences=True)"},
	{nn.GRU{Units: 4, NoResetAfter: true, GoBackwards: true}, "nn.GRU{Units: 4, GoBackwards: true, NoResetAfter: true}", "layers.GRU(4, go_backwards=True, reset_after=False)"},
	{nn.LSTM{Units: 4, NoUnitForgetBias: true, RecurrentInitializer: nn.Orthogonal{Gain: 2}, RecurrentActivation: nn.HardSigmoid{}},
		"nn.LSTM{Units: 4, RecurrentActivation: nn.HardSigmoid{}, NoUnitForgetBias: true, RecurrentInitializer: nn.Orthogonal{Gain: 2}}",
		"layers.LSTM(4, recurrent_activation='hard_sigmoid', unit_forget_bias=False, recurrent_initializer=keras.initializers.Orthogonal(gain=2.0))"},
	{nn.ReLU{}, "nn.ReLU{}", "layers.ReLU()"},
	{nn.ReLU{MaxValue: 6}, "nn.ReLU{MaxValue: 6}", "layers.ReLU(max_value=6.0)"},
	{nn.LeakyReLU{}, "nn.LeakyReLU{}", "layers.LeakyReLU()"},
	{nn.ELU{Alpha: 0.5}, "nn.ELU{Alpha: 0.5}", "layers.ELU(alpha=0.5)"},
	{nn.Softmax{}, "nn.Softmax{}", "layers.Softmax()"},
	{nn.Tanh{}, "nn.Tanh{}", "layers.Activation('tanh')"},
	{nn.HardSigmoid{Steep: true}, "nn.HardSigmoid{Steep: true}", "layers.Activation(lambda x: keras.ops.clip(0.2 * x + 0.5, 0, 1))"},
	{nn.GELU{Approximate: true}, "nn.GELU{Approximate: true}", "layers.Activation(lambda x: keras.activations.gelu(x, approximate=True))"},
	{nn.Frozen{Layer: nn.Dense{Units: 2, Name: "base"}}, `nn.Frozen{Layer: nn.Dense{Name: "base", Units: 2}}`, "layers.Dense(2, name='base', trainable=False)"},
	{nn.Renamed{Name: "it's", Layer: nn.Sigmoid{}}, `nn.Renamed{Name: "it's", Layer: nn.Sigmoid{}}`, `layers.Activation('sigmoid', name='it\'s')`},
	{nn.Sequential{}, "nn.Sequential{}", "keras.Sequential([])"},
	{nn.Sequential{nn.Dense{Units: 2}, nn.Frozen{Layer: nn.Sequential{nn.Tanh{}}}},
		"nn.Sequential{\n\tnn.Dense{Units: 2},\n\tnn.Frozen{Layer: nn.Sequential{\n\t\tnn.Tanh{},\n\t}},\n}",
		"keras.Sequential([\n    layers.Dense(2),\n    keras.Sequential([\n        layers.Activation('tanh'),\n    ], trainable=False),\n])"},
}

func TestCode(t *testing.T) {
	for _, c := range printed {
		if got := nn.GoCode(c.layer); got != c.gocode {
			t.Errorf("Go:   %s\nwant: %s", got, c.gocode)
		}
		if _, err := parser.ParseExpr(c.gocode); err != nil {
			t.Errorf("%s: %v", c.gocode, err)
		}
		if got, err := nn.KerasCode(c.layer); err != nil || got != c.keras {
			t.Errorf("Keras: %s (%v)\nwant:  %s", got, err, c.keras)
		}
	}
}

func ownLayer(_ *model.Scope, x *graph.Node) *graph.Node { return x }

func TestCodeOfFunc(t *testing.T) {
	net := nn.Sequential{nn.Func(ownLayer)}
	if got, want := fmt.Sprint(net), "ownLayer"; !strings.Contains(got, want) || got != fmt.Sprintf("%#v", net) {
		t.Errorf("Go is %s, want it to name %s", got, want)
	}
	if _, err := nn.KerasCode(net); err == nil || err.Error() != "nn: in Keras: layer 0: nn.Func: Keras has no such class" {
		t.Errorf("error %v must name the layer", err)
	}
}
