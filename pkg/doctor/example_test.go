package doctor_test

import (
	"context"
	"fmt"
	"log"

	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/doctor"
	"example.com/unstuck/pkg/fit"
	"example.com/unstuck/pkg/loss"
	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/optim"
	"example.com/unstuck/pkg/training"
)

// The targets are as random as the inputs: no setting can help.
func ExampleExamine() {
	data, err := dataset.Random(400, []int{5}, []int{1}, 1)
	if err != nil {
		log.Fatal(err)
	}
	r, err := doctor.Examine(context.Background(), training.Training{
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

// A stuck training, and what the doctor says: the cause, what it measured, and the cure as code.
func ExampleReport() {
	data, err := dataset.Random(300, []int{3}, []int{1}, 5)
	if err != nil {
		log.Fatal(err)
	}
	for i := range data.Rows() {
		x := data.X.Row(i)
		data.Y.Row(i)[0] = 3*x[0] - 2*x[1]*x[1]
	}
	r, err := doctor.Examine(context.Background(), training.Training{
		Model:     nn.Sequential{nn.Dense{Units: 16, Activation: nn.ReLU{}}, nn.Dense{Units: 1}},
		Data:      data,
		Optimizer: optim.Adam(1e-8), Loss: loss.MSE{}, Epochs: 30, BatchSize: 16,
	}, doctor.Options{})
	if err != nil {
		log.Fatal(err)
	}
	f := r.Findings[0]
	fmt.Println(f.Cause, f.Verified)
	fmt.Println(f.Symptoms[0].Text, "|", f.Symptoms[0].Limit)
	fmt.Println("Go:   ", f.Treatment.Go)
	fmt.Println("Keras:", f.Treatment.Keras)
	fmt.Println("Torch:", f.Treatment.Torch)
	fmt.Println("learns with it:", r.ExplainedBefore() < 0.5 && r.ExplainedAfter() > 0.5)
	// Output:
	// learning-rate-too-low true
	// the learning rate is 1e-8 | usually 0.0001 to 0.01
	// Go:    Optimizer: optim.Adam(0.003) // instead of optim.Adam(1e-08)
	// Keras: optimizer=keras.optimizers.Adam(learning_rate=0.003)  # instead of keras.optimizers.Adam(learning_rate=1e-08)
	// Torch: optimizer = torch.optim.Adam(model.parameters(), lr=0.003, eps=1e-07)  # instead of torch.optim.Adam(model.parameters(), lr=1e-08, eps=1e-07)
	// learns with it: true
}

// Without model and data a history says less, and proves nothing.
func ExampleExamineHistory() {
	h := &fit.History{}
	for _, l := range []float64{2.5e6, 8.1e8, 4.4e11} {
		h.Epochs = append(h.Epochs, fit.Epoch{Loss: l})
		h.Steps = append(h.Steps, float32(l))
	}
	r, err := doctor.ExamineHistory(h, doctor.HistoryFacts{Constant: 1.3})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(r.Cause, "| verified:", r.Findings[0].Verified)
	fmt.Println(r.Findings[0].Evidence())
	// Output:
	// learning-rate-too-high | verified: false
	// the loss went from 2.5e6 to 4.4e11
}
