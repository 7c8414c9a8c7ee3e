package main

import "os"

// Example is the whole program.
func Example() {
	os.Setenv("GOMLX_BACKEND", "go")
	main()
	// Output:
	// 1. What do gradients and updates look like?
	//    loss 4.19 → 4.17
	//    hidden/dense/weights moves by 8e-07 of its size in a step
	//    hidden/dense/biases moves by 6e-03 of its size in a step
	//    output/dense/weights moves by 5e-06 of its size in a step
	//    output/dense/biases moves by 5e-03 of its size in a step
	// 2. Why does it not learn?
	//    learning-rate-too-low: Each update changes the weights so little that they don't arrive within the epochs. Explained -0.524; with the treatment 0.959.
	//    Optimizer: optim.Adam(0.003) // instead of optim.Adam(1e-06)
	// 3. GoMLX's own trainer and optimizer, with a clip around it
	//    loss 0.01
}
