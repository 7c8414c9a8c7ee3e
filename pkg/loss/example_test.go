package loss_test

import (
	"fmt"

	"github.com/gomlx/compute/gobackend"
	"github.com/gomlx/gomlx/core/graph"

	"example.com/unstuck/pkg/loss"
)

// A loss is one number a row; it works in any GoMLX graph.
func Example() {
	backend, err := gobackend.New("")
	if err != nil {
		fmt.Println(err)
		return
	}
	exec, err := graph.NewExec(backend, loss.Huber{Delta: 1}.PerRow)
	if err != nil {
		fmt.Println(err)
		return
	}
	labels, predictions := [][]float32{{0}, {0}, {0}}, [][]float32{{0}, {0.5}, {10}}
	rows, err := exec.Call(labels, predictions)
	fmt.Println(rows[0].Value(), err)
	// Output: [0 0.125 9.5] <nil>
}

// Noise that is uniform in [0, 1) can't be predicted: no loss below its variance, 1/12, is to be had.
func ExampleBestConstant() {
	labels := make([]float32, 1000)
	for i := range labels {
		labels[i] = (float32(i) + 0.5) / 1000
	}
	best, err := loss.BestConstant(loss.MSE{}, labels, []int{1000, 1}, nil)
	fmt.Printf("%.4f %v\n", best, err)
	// Output: 0.0833 <nil>
}

func ExampleByName() {
	l, err := loss.ByName("binary_crossentropy")
	fmt.Println(loss.GoCode(l), err)
	// Output: loss.BinaryCrossentropy{} <nil>
}
