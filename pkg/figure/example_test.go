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
