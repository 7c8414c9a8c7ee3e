package checkpoint_test

import (
	"bytes"
	"fmt"
	"log"

	"example.com/unstuck/pkg/fit/checkpoint"
)

func ExampleFile() {
	written := &checkpoint.File{Header: checkpoint.Header{Input: []int{2}, Epochs: 7}}
	if err := written.Add("/dense/kernel", "Float32", []int{2, 1}, []float32{2, -1}); err != nil {
		log.Fatal(err)
	}
	var file bytes.Buffer
	if err := written.Write(&file); err != nil {
		log.Fatal(err)
	}
	read, err := checkpoint.Read(bytes.NewReader(file.Bytes()), int64(file.Len()))
	if err != nil {
		log.Fatal(err)
	}
	kernel, _ := read.Float32s("/dense/kernel")
	fmt.Println(read.Epochs, read.Arrays[0].Shape, kernel)

	file.Bytes()[40] ^= 1
	_, err = checkpoint.Read(bytes.NewReader(file.Bytes()), int64(file.Len()))
	fmt.Println(err != nil)
	// Output:
	// 7 [2 1] [2 -1]
	// true
}
