// A script that asks why a loss is not moving: one network, three learning rates.
package main

import (
	"context"
	"fmt"
	"log"

	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/figure"
	"example.com/unstuck/pkg/fit"
	"example.com/unstuck/pkg/loss"
	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/optim"
)

func main() {
	data, err := dataset.ReadCSV("notebooks/data/diabetes.csv", dataset.CSVOptions{})
	check(err)
	data, _, err = data.Standardize()
	check(err)
	net := nn.Sequential{nn.Dense{Units: 64, Activation: nn.ReLU{}}, nn.Dense{Units: 1}}
	var runs []figure.Run
	for _, rate := range []float64{1e-7, 1e-1, 10} {
		m, err := fit.Compile(net, optim.Adam(rate), loss.MSE{}, fit.Options{Seed: 1})
		check(err)
		h, err := m.Fit(context.Background(), data, fit.Config{Epochs: 20, ValidationSplit: 0.2})
		check(err)
		runs = append(runs, figure.Run{Name: fmt.Sprintf("Adam, %g", rate), Train: h.Loss(), Validation: h.ValidationLoss()})
	}
	curves := figure.LossCurves{Title: "Three learning rates", LogY: true, Runs: runs}
	fmt.Println(curves.Text())
	check(figure.Save("losses.png", curves))
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
