package figure_test

import (
	"fmt"

	"example.com/unstuck/pkg/figure"
)

func ExampleLossCurves() {
	fig := figure.LossCurves{
		Title:  "Adam at two learning rates",
		YLabel: "Mean squared error",
		LogY:   true,
		Runs: []figure.Run{
			{Name: "1e-7", Train: []float64{0.4213, 0.4212, 0.4211}},
			{Name: "1e-3", Train: []float64{0.31, 0.12, 0.0842}, Validation: []float64{0.28, 0.13, 0.0911}},
		},
		Marks: []figure.Reference{{Value: 1.0 / 12, Label: "variance of the targets"}},
	}
	// figure.Save("losses.png", fig) writes it; this states its numbers:
	fmt.Println(fig.Text())
	// Output:
	// Adam at two learning rates
	//   1e-7: loss 0.421 → 0.421 in 3 epochs
	//   1e-3: loss 0.31 → 0.0842 in 3 epochs; validation 0.28 → 0.0911 in 3 epochs
	//   variance of the targets: 0.0833
}

func ExampleConfusion() {
	fig := figure.Confusion{Classes: []string{"cat", "dog"}, Counts: [][]int{{45, 5}, {10, 40}}}
	fmt.Println(fig.Text())
	// Output:
	// Confusion matrix
	//   85% right of 100 rows in 2 classes
	//   dog taken for cat: 10 of 50 (20%)
	//   cat taken for dog: 5 of 50 (10%)
}

func ExamplePredictions() {
	fig := figure.Predictions{Targets: []float64{1, 2, 3, 4}, Values: []float64{1.5, 2, 3, 3.5}}
	fmt.Println(fig.Text())
	// Output:
	// Predictions beside the targets
	//   R² 0.9: the share of the targets' variance that is explained
	//   4 rows: targets from 1 to 4, predictions from 1.5 to 3.5
}
