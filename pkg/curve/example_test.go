package curve_test

import (
	"context"
	"fmt"

	"example.com/unstuck/pkg/curve"
)

func Example() {
	loss := curve.Series{Name: "loss", Axis: "epoch", Values: []float64{0.85, 0.6934, 0.6931, 0.6932, 0.6931, 0.6931, 0.6932, 0.6931}}
	r, err := curve.Read(context.Background(), []curve.Series{loss})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(r.Training.Shape, "from", r.Training.From)
	for _, s := range r.Seen {
		fmt.Println(s)
	}
	// Output:
	// fell-then-flat from epoch 2
	// loss stays at 0.6932, which is ln 2 = 0.6931: the cross-entropy of a model that finds all of 2 classes equally likely in every row
}

// A column under a name of one's own is given as the loss.
func ExampleReadAs() {
	cost := curve.Series{Name: "cost per row", Axis: "epoch", Values: []float64{3, 2, 1.5, 1.2, 1.05, 1, 0.97, 0.95}}
	r, err := curve.ReadAs(context.Background(), []curve.Series{{Name: "temperature", Values: []float64{1, 2, 3}}, cost}, curve.Names{Loss: "Cost per row"})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(r.Training.Name, r.Training.Sentence)
	// Output: cost per row is still falling: from 3 to 0.95, by 5.0% in the last quarter
}
