package torch_test

import (
	"fmt"

	"example.com/unstuck/pkg/exchange/torch"
	"example.com/unstuck/pkg/loss"
)

func ExampleReadDescription() {
	d, err := torch.ReadDescription([]byte(`{
		"format": 1, "framework": "torch",
		"loss": {"class": "BCEWithLogitsLoss", "options": {"pos_weight": [3.0]}},
		"optimizer": {"class": "SGD", "groups": [{"parameters": ["0.weight", "0.bias"], "lr": 0.1, "momentum": 0.9}]},
		"scheduler": {"class": "CosineAnnealingLR", "options": {"T_max": 100, "warm": true}, "every": "step"}
	}`), torch.Subject{})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(loss.GoCode(d.Loss))
	fmt.Println(d.Optimizer.GoCode())
	fmt.Println(d.Problems)
	// Output:
	// loss.BinaryCrossentropy{FromLogits: true, PosWeights: []float64{3}}
	// optim.SGD(0.1).WithRule(optim.SGDRule{Momentum: 0.9, Velocity: true})
	// scheduler.options.warm: this option is not known; its value is true
}
