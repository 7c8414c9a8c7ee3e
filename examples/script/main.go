// A script that asks why a loss is not moving: one network, three learning rates.
package main

import (
	"context"
	"fmt"
	"log"
	"os"
	"path/filepath"

	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/figure"
	"example.com/unstuck/pkg/fit"
	"example.com/unstuck/pkg/loss"
	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/optim"
)

func main() {
	home := os.Getenv("UNSTUCK_HOME") // the clone, which the notebooks' kernels set; empty in a terminal
	data, err := dataset.ReadCSV(filepath.Join(home, "notebooks/data/diabetes.csv"), dataset.CSVOptions{})
	check(err)
	train, held, err := data.Split(0.2)
	check(err)
	train, scaler, err := train.Standardize() // by the rows that are trained on: the others must not be known yet
	check(err)
	held.X, err = scaler.Apply(held.X)
	check(err)
	net := nn.Sequential{nn.Dense{Units: 64, Activation: nn.ReLU{}}, nn.Dense{Units: 1}}
	var runs []figure.Run
	for _, rate := range []float64{1e-7, 1e-1, 10} {
		m, err := fit.Compile(net, optim.Adam(rate), loss.MSE{}, fit.Options{Seed: 1})
		check(err)
		h, err := m.Fit(context.Background(), train, fit.Config{Epochs: 20, Validation: held})
		check(err)
		runs = append(runs, figure.Run{Name: fmt.Sprintf("Adam, %g", rate), Train: h.Loss(), Validation: h.ValidationLoss()})
	}
	curves := figure.LossCurves{Title: "Three learning rates", LogY: true, Runs: runs}
	fmt.Println(curves.Text())
	check(figure.Save("losses.png", curves))
	fmt.Println("The figure is in losses.png.")
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
