package main

import "os"

// Example runs the program in a folder of its own, and looks at what it leaves there.
func Example() {
	data, err := os.ReadFile("../../notebooks/data/diabetes.csv")
	check(err)
	folder, err := os.MkdirTemp("", "diagnose")
	check(err)
	defer os.RemoveAll(folder)
	check(os.Chdir(folder))
	check(os.MkdirAll("notebooks/data", 0o755))
	check(os.WriteFile("notebooks/data/diabetes.csv", data, 0o644))
	check(os.Setenv("GOMLX_BACKEND", "go"))
	main()
	for _, name := range []string{"report.html", "history.jsonl", "model.unstuck"} {
		_, err := os.Stat(name)
		check(err)
	}
	// Output:
	// unscaled-targets: Targets are so large, small or far from 0 that weights of ordinary size don't get there, or gradients explode. Explained -2.69; with the treatment 0.575.
	// Go:    scaler, err := dataset.FitScaler(data.Y.Range(0, 353))
	// data.Y, err = scaler.Apply(data.Y)
	// Keras: y = (y - y[:353].mean(0)) / y[:353].std(0)  # predictions * std + mean
	// validation loss 0.93 → 0.51
}
