package run_test

import (
	"context"
	"fmt"
	"log"

	"github.com/gomlx/compute/gobackend"

	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/fit"
	"example.com/unstuck/pkg/fit/run"
	"example.com/unstuck/pkg/loss"
	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/optim"
	"example.com/unstuck/pkg/training"
)

func Example() {
	data, err := dataset.Random(200, []int{2}, []int{1}, 1)
	if err != nil {
		log.Fatal(err)
	}
	for i := range data.Rows() {
		row := data.X.Row(i)
		data.Y.Values[i] = 2*row[0] - row[1]
	}
	t := training.Training{
		Model: nn.Sequential{nn.Dense{Units: 1}}, Data: data, Optimizer: optim.Adam(0.1), Loss: loss.MSE{},
		Epochs: 1000, BatchSize: 32, ValidationSplit: 0.2, StopEarly: 10,
	}
	m, err := run.New(t, fit.Options{Backend: gobackend.GetBackend()})
	if err != nil {
		log.Fatal(err)
	}
	h, err := m.Fit(context.Background(), t.TrainData(), run.Config(t))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("stopped early:", h.Stopped != "")
	weights, err := m.Weights()
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("the weights are %.2f\n", weights[0].Values)
	// Output:
	// stopped early: true
	// the weights are [2.00 -1.00]
}
