package notebook_test

import (
	"context"
	"fmt"
	"os"

	"github.com/gomlx/compute/gobackend"

	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/figure"
	"example.com/unstuck/pkg/fit"
	"example.com/unstuck/pkg/loss"
	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/notebook"
	"example.com/unstuck/pkg/optim"
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

// In a cell this is a slider above a picture, in which the loss at the chosen rate stands out; here, as in any script, its numbers.
func ExampleSlide() {
	rates := []float64{1e-7, 1e-3, 10}
	runs := []figure.Run{
		{Name: "Adam, 1e-7", Train: []float64{0.48, 0.48, 0.479}},
		{Name: "Adam, 1e-3", Train: []float64{0.31, 0.12, 0.0842}},
		{Name: "Adam, 10", Train: []float64{8.1e6, 900, 12}},
	}
	notebook.Check(notebook.Show(notebook.Slide("learning rate", rates, func(i int) figure.Figure {
		return figure.LossCurves{Title: "Three rates", LogY: true, Runs: runs, Focus: i + 1}
	})))
	// Output:
	// Three rates
	// learning rate 1e-07
	//   Adam, 1e-7: loss 0.48 → 0.479 in 3 epochs
	// learning rate 0.001
	//   Adam, 1e-3: loss 0.31 → 0.0842 in 3 epochs
	// learning rate 10
	//   Adam, 10: loss 8.1e6 → 12 in 3 epochs
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

// The second model stands for one in a later cell: it is not trained, and predicts what the first does.
func ExampleKeepModel() {
	dir := notebook.Must(os.MkdirTemp("", "keep"))
	defer os.RemoveAll(dir)
	os.Setenv("UNSTUCK_KEEP", dir) // a notebook needs no setting
	defer os.Unsetenv("UNSTUCK_KEEP")

	net, rate := nn.Sequential{nn.Dense{Units: 1}}, 1e-3
	data := notebook.Must(dataset.Random(64, []int{2}, []int{1}, 1))
	var predictions []float32
	for range 2 {
		m := notebook.Must(fit.Compile(net, optim.Adam(rate), loss.MSE{}, fit.Options{Backend: gobackend.GetBackend(), Seed: 1}))
		h := notebook.Must(notebook.KeepModel("low", m, func() (*fit.History, error) {
			fmt.Println("training …")
			return m.Fit(context.Background(), data, fit.Config{Epochs: 5})
		}, net, rate))
		y := notebook.Must(m.Predict(context.Background(), data.X))
		predictions = append(predictions, y.Values[0])
		fmt.Println(len(h.Epochs), "epochs")
	}
	fmt.Println(predictions[0] == predictions[1])
	// Output:
	// training …
	// 5 epochs
	// 5 epochs
	// true
}
