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
