package wire_test

import (
	"fmt"

	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/exchange/wire"
	"example.com/unstuck/pkg/loss"
	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/optim"
	"example.com/unstuck/pkg/training"
)

// A training goes to another program and comes out as it was.
func Example() {
	data, err := dataset.Random(100, []int{3}, []int{1}, 1)
	if err != nil {
		fmt.Println(err)
		return
	}
	t := training.Training{
		Model:     nn.Sequential{nn.Dense{Units: 1}},
		Optimizer: optim.SGD(0.1), Loss: loss.MSE{}, Data: data, Epochs: 2,
	}
	aside := map[string][]byte{}
	e := wire.Encoder{Put: func(sum string, content []byte) error {
		aside[sum] = content
		return nil
	}}
	text, err := e.Training(t)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(string(text[:66]), "…")

	back, err := wire.Decoder{Get: func(sum string) ([]float32, error) { return wire.Numbers(aside[sum]) }}.Training(text)
	fmt.Println(back.Optimizer.GoCode(), back.Data.Rows(), err)
	// Output:
	// {"Model":{"is":"nn.Sequential","of":[{"is":"nn.Dense","of":{"Units …
	// optim.SGD(0.1) 100 <nil>
}
