package dataset_test

import (
	"fmt"

	"example.com/unstuck/pkg/dataset"
)

func ExampleReadCSV() {
	data, err := dataset.ReadCSV("../../notebooks/data/diabetes.csv", dataset.CSVOptions{Targets: []string{"progression"}})
	if err != nil {
		fmt.Println(err)
		return
	}
	train, validation, err := data.Split(0.2)
	if err != nil {
		fmt.Println(err)
		return
	}
	train, scaler, err := train.Standardize()
	if err != nil {
		fmt.Println(err)
		return
	}
	if validation.X, err = scaler.Apply(validation.X); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(train.X.Shape, validation.X.Shape)
	fmt.Printf("the training rows' mean %s is %.1f\n", train.Features[2], scaler.Mean[2])
	// Output:
	// [353 10] [89 10]
	// the training rows' mean bmi is 26.3
}

func ExampleRandom() {
	data, err := dataset.Random(1000, []int{20}, []int{1}, 42)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(data.X.Shape, data.Y.Shape, data.Validate())
	// Output: [1000 20] [1000 1] <nil>
}

func ExampleData_Validate() {
	data := dataset.Data{
		X: dataset.Array{Shape: []int{2, 1}, Values: []float32{1, 2}},
		Y: dataset.Array{Shape: []int{3, 1}, Values: []float32{1, 2, 3}},
	}
	fmt.Println(data.Validate())
	// Output: dataset: x has 2 rows, y has 3: shapes don't fit; give one target row for every input row
}
