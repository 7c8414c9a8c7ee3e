package nn_test

import (
	"fmt"

	"example.com/unstuck/pkg/nn"
)

// A model is a list of layers; each one's name and defaults are Keras'.
func Example() {
	net := nn.Sequential{
		nn.Dense{Units: 64},
		nn.BatchNormalization{},
		nn.ReLU{},
		nn.Dense{Units: 1},
	}
	summary, err := nn.Summarize(net, 10)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Print(summary)
	// Output:
	// Model: "sequential"
	// ┏━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━┓
	// ┃ Layer (type)                    ┃ Output Shape           ┃       Param # ┃
	// ┡━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━┩
	// │ dense (Dense)                   │ (None, 64)             │           704 │
	// ├─────────────────────────────────┼────────────────────────┼───────────────┤
	// │ batch_normalization             │ (None, 64)             │           256 │
	// │ (BatchNormalization)            │                        │               │
	// ├─────────────────────────────────┼────────────────────────┼───────────────┤
	// │ re_lu (ReLU)                    │ (None, 64)             │             0 │
	// ├─────────────────────────────────┼────────────────────────┼───────────────┤
	// │ dense_1 (Dense)                 │ (None, 1)              │            65 │
	// └─────────────────────────────────┴────────────────────────┴───────────────┘
	//  Total params: 1,025 (4.00 KB)
	//  Trainable params: 897 (3.50 KB)
	//  Non-trainable params: 128 (512.00 B)
}

// The Keras code of a model, to compare runs or to hand it on.
func ExampleKerasCode() {
	code, err := nn.KerasCode(nn.Sequential{
		nn.LSTM{Units: 16, ReturnSequences: true},
		nn.Dense{Units: 1, Activation: nn.Sigmoid{}},
	})
	fmt.Println(code, err)
	// Output:
	// keras.Sequential([
	//     layers.LSTM(16, return_sequences=True),
	//     layers.Dense(1, activation='sigmoid'),
	// ]) <nil>
}

func ExampleActivationByName() {
	leaky, _ := nn.ActivationByName("leaky_relu")
	fmt.Println(nn.GoCode(leaky))
	_, err := nn.ActivationByName("rleu")
	fmt.Println(err != nil)
	// Output:
	// nn.LeakyReLU{NegativeSlope: 0.2}
	// true
}
