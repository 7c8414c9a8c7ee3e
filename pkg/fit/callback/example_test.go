package callback_test

import (
	"context"
	"fmt"
	"log"

	"github.com/gomlx/compute/gobackend"

	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/fit"
	"example.com/unstuck/pkg/fit/callback"
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

func ExampleEarlyStopping() {
	history, err := neuron().Fit(context.Background(), line(), fit.Config{
		Epochs:          1000,
		ValidationSplit: 0.2,
		Callbacks: []fit.Callback{
			&callback.EarlyStopping{Monitor: "val_root_mean_squared_error", Patience: 3, MinDelta: 1e-3, RestoreBest: true},
		},
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(len(history.Epochs) < 100, history.Stopped != "")
	// Output: true true
}

func ExampleTerminateOnNaN() {
	m, err := fit.Compile(nn.Sequential{nn.Dense{Units: 1}}, optim.SGD(1e15), loss.MSE{}, fit.Options{Backend: gobackend.GetBackend()})
	if err != nil {
		log.Fatal(err)
	}
	stop := &callback.TerminateOnNaN{}
	if _, err := m.Fit(context.Background(), line(), fit.Config{Epochs: 3, BatchSize: 200, Callbacks: []fit.Callback{stop}}); err != nil {
		log.Fatal(err)
	}
	fmt.Println("loss", stop.Found().Loss, "in epoch", stop.Found().Epoch)
	// Output: loss +Inf in epoch 3
}
