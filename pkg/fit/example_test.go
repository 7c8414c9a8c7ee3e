package fit_test

import (
	"context"
	"fmt"
	"log"
	"os"
	"path/filepath"

	"github.com/gomlx/compute/gobackend"

	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/fit"
	"example.com/unstuck/pkg/loss"
	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/optim"
)

// line is y = 2·x₀ − x₁, which a single neuron learns.
func line() dataset.Data {
	data, err := dataset.Random(200, []int{2}, []int{1}, 1)
	if err != nil {
		log.Fatal(err)
	}
	for i := range data.Rows() {
		row := data.X.Row(i)
		data.Y.Values[i] = 2*row[0] - row[1]
	}
	return data
}

func neuron() *fit.Model {
	m, err := fit.Compile(nn.Sequential{nn.Dense{Units: 1}}, optim.Adam(0.1), loss.MSE{}, fit.Options{
		Backend: gobackend.GetBackend(), // nil takes the best there is
		Seed:    1,
		Metrics: []loss.Metric{loss.RMSE{}},
	})
	if err != nil {
		log.Fatal(err)
	}
	return m
}

func Example() {
	ctx, m := context.Background(), neuron()
	history, err := m.Fit(ctx, line(), fit.Config{Epochs: 100, ValidationSplit: 0.2})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%d epochs, loss %.4f\n", len(history.Epochs), history.Loss()[99])

	y, err := m.Predict(ctx, dataset.Array{Shape: []int{1, 2}, Values: []float32{3, 1}})
	if err != nil {
		log.Fatal(err)
	}
	weights, err := m.Weights()
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("2·3 − 1 is %.2f, the weights are %.2f\n", y.Values, weights[0].Values)
	// Output:
	// 100 epochs, loss 0.0000
	// 2·3 − 1 is [5.00], the weights are [2.00 -1.00]
}

func ExampleCheckpointing() {
	folder, err := os.MkdirTemp("", "checkpoint")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(folder)
	keep := fit.Checkpointing{Path: filepath.Join(folder, "line.ckpt")}

	interrupted, cancel := context.WithCancel(context.Background())
	_, err = neuron().Fit(interrupted, line(), fit.Config{Epochs: 10, Checkpoint: keep, Callbacks: []fit.Callback{
		fit.OnEpochEnd(func(r *fit.Run) error {
			if r.Epoch == 4 {
				cancel()
			}
			return nil
		}),
	}})
	fmt.Println(err)

	// later, in another process
	history, err := neuron().Fit(context.Background(), line(), fit.Config{Epochs: 10, Checkpoint: keep})
	fmt.Println(len(history.Epochs), "epochs,", err)
	// Output:
	// fit: epoch 5, step 1: context canceled
	// 10 epochs, <nil>
}
