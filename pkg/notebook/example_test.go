package notebook_test

import (
	"fmt"
	"os"

	"example.com/unstuck/pkg/figure"
	"example.com/unstuck/pkg/notebook"
)

// In a cell the figure appears below it; here, as in any script, its numbers.
func ExampleShow() {
	fig := figure.LossCurves{
		Title: "Adam at two learning rates",
		Runs: []figure.Run{
			{Name: "1e-7", Train: []float64{0.4213, 0.4212, 0.4211}},
			{Name: "1e-3", Train: []float64{0.31, 0.12, 0.0842}},
		},
	}
	notebook.Check(notebook.Show(fig))
	// Output:
	// Adam at two learning rates
	//   1e-7: loss 0.421 → 0.421 in 3 epochs
	//   1e-3: loss 0.31 → 0.0842 in 3 epochs
}

// The second call stands for a later cell: the value is read back.
func ExampleKeep() {
	dir := notebook.Must(os.MkdirTemp("", "keep"))
	defer os.RemoveAll(dir)
	os.Setenv("UNSTUCK_KEEP", dir) // a notebook needs no setting
	defer os.Unsetenv("UNSTUCK_KEEP")

	train := func() ([]float64, error) {
		fmt.Println("training …")
		return []float64{0.31, 0.0842}, nil
	}
	rate := 1e-3
	first := notebook.Must(notebook.Keep("low", train, rate))
	again := notebook.Must(notebook.Keep("low", train, rate))
	fmt.Println(first, again)
	// Output:
	// training …
	// [0.31 0.0842] [0.31 0.0842]
}
