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
