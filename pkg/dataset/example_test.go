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

func ExampleFromRows() {
	data, err := dataset.FromRows([][]float64{{0, 0}, {0, 1}, {1, 0}, {1, 1}}, [][]int{{0}, {1}, {1}, {0}})
	fmt.Println(data.X.Shape, data.Y.Values, err)
	_, err = dataset.FromRows([][]float64{{0, 0}, {1}}, [][]int{{0}, {1}})
	fmt.Println(err)
	// Output:
	// [4 2] [0 1 1 0] <nil>
	// dataset: x: row 2 has 1 values, row 1 has 2: shapes don't fit; give all rows the same length
}

func ExampleColumnOf() {
	y, err := dataset.ColumnOf([]float64{0.5, 1.5, 2.5}) // one target a row
	fmt.Println(y.Shape, y.Values, err)
	// Output: [3 1] [0.5 1.5 2.5] <nil>
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

// From numbers at hand to rows that a model can learn from: validation rows are the last ones, as in Keras.
func Example() {
	x, err := dataset.NewArray([]float32{1, 10, 2, 20, 3, 30, 4, 40}, 4, 2) // 4 rows of 2 features
	if err != nil {
		fmt.Println(err)
		return
	}
	y, err := dataset.NewArray([]float32{0, 2, 1, 0}, 4)
	if err != nil {
		fmt.Println(err)
		return
	}
	train, validation, err := dataset.Data{X: x, Y: y}.Split(0.25)
	fmt.Println(train.Rows(), validation.X.Row(0), err)
	classes, err := dataset.OneHot(y, 0)
	fmt.Println(classes.Shape, classes.Row(1), err)
	// Output:
	// 3 [4 40] <nil>
	// [4 3] [0 0 1] <nil>
}
