// A script that has a training diagnosed, applies the treatment, and keeps what came of it.
package main

import (
	"context"
	"fmt"
	"log"
	"os"
	"os/signal"
	"path/filepath"

	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/doctor"
	"example.com/unstuck/pkg/doctor/report"
	"example.com/unstuck/pkg/fit"
	"example.com/unstuck/pkg/fit/run"
	"example.com/unstuck/pkg/loss"
	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/optim"
	"example.com/unstuck/pkg/record"
	"example.com/unstuck/pkg/training"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt) // Ctrl-C ends a training in order
	defer stop()

	home := os.Getenv("UNSTUCK_HOME") // the clone, which the notebooks' kernels set; empty in a terminal
	data, err := dataset.ReadCSV(filepath.Join(home, "notebooks/data/diabetes.csv"), dataset.CSVOptions{})
	check(err)
	train, _, err := data.Split(0.2) // the last rows are held out; they must not help to scale the others
	check(err)
	scaler, err := dataset.FitScaler(train.X)
	check(err)
	data.X, err = scaler.Apply(data.X)
	check(err)
	c := training.Training{
		Model: nn.Sequential{nn.Dense{Units: 64, Activation: nn.ReLU{}}, nn.Dense{Units: 1}},
		Data:  data, Optimizer: optim.Adam(1e-3), Loss: loss.MSE{}, Epochs: 30, ValidationSplit: 0.2, Seed: 1,
	}

	r, err := doctor.Examine(ctx, c, doctor.Options{})
	check(err)
	fmt.Println(r.Verdict())
	page, err := report.HTML(ctx, r) // the whole report, with figures
	check(err)
	check(os.WriteFile("report.html", []byte(page), 0o644))
	if len(r.Findings) == 0 {
		return
	}
	fmt.Println("Go:   ", r.Findings[0].Treatment.Go)
	fmt.Println("Keras:", r.Findings[0].Treatment.Keras)

	cured, err := r.Findings[0].Treatment.Apply(c) // a treatment is a function from training to training
	check(err)
	m, err := run.New(cured, fit.Options{})
	check(err)
	h, err := m.Fit(ctx, cured.TrainData(), run.Config(cured))
	check(err)
	fmt.Printf("validation loss %.2f → %.2f\n", h.ValidationLoss()[0], h.ValidationLoss()[len(h.Epochs)-1])
	check(record.Save("history.jsonl", h)) // every step and epoch, to be loaded again
	check(m.Save("model.unstuck"))         // weights and the optimizer's memory
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
