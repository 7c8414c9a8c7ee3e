package training_test

import (
	"fmt"

	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/loss"
	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/optim"
	"example.com/unstuck/pkg/training"
)

func Example() {
	data, err := dataset.Random(100, []int{3}, []int{1}, 1)
	if err != nil {
		fmt.Println(err)
		return
	}
	t := training.Training{
		Model: nn.Sequential{nn.Dense{Units: 8, Activation: nn.ReLU{}}, nn.Dense{Units: 1}},
		Data:  data, Optimizer: optim.Adam(1e-3), Loss: loss.MSE{},
		Epochs: 10, BatchSize: 32, ValidationSplit: 0.2,
	}
	fmt.Println(t.Validate(), t.TrainRows(), t.Steps(), t.Updates())
	t.BatchSize = -1
	fmt.Println(t.Validate())
	// Output:
	// <nil> 80 3 30
	// training: batch size -1: must be positive
}
