package h5_test

import (
	"fmt"
	"os"

	"example.com/unstuck/pkg/exchange/keras/internal/h5"
)

// Every object has a path; groups list their members.
func Example() {
	data, err := os.ReadFile("testdata/latest.h5")
	if err != nil {
		fmt.Println(err)
		return
	}
	file, err := h5.Parse(data)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(file.Members("layers/dense/vars"))
	shape, values, err := file.Float32s("layers/dense/vars/1")
	fmt.Println(shape, values, err)
	_, _, err = file.Float32s("layers/dense/vars/7")
	fmt.Println(err)
	// Output:
	// [0 1] <nil>
	// [4] [-3 -2.5 -2 -1.5] <nil>
	// "7" in group "/layers/dense/vars": not found in the HDF5 file
}
