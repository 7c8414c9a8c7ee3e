package doctor_test

import (
	"context"
	"fmt"
	"log"

	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/doctor"
	"example.com/unstuck/pkg/loss"
	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/optim"
)

// The targets are as random as the inputs: no setting can help.
func ExampleExamine() {
	data, err := dataset.Random(400, []int{5}, []int{1}, 1)
	if err != nil {
		log.Fatal(err)
	}
	r, err := doctor.Examine(context.Background(), doctor.Case{
		Model:     nn.Sequential{nn.Dense{Units: 8, Activation: nn.ReLU{}}, nn.Dense{Units: 1}},
		Data:      data,
		Optimizer: optim.Adam(1e-3),
		Loss:      loss.MSE{},
		Epochs:    20,
	}, doctor.Options{})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(r.Cause)
	fmt.Println(r.Findings[0].Treatment.Text)
	// Output:
	// no-signal
	// find inputs that have to do with the targets, or check that rows of x and y belong together
}
