package record_test

import (
	"fmt"
	"os"

	"example.com/unstuck/pkg/fit"
	"example.com/unstuck/pkg/record"
)

// A history is one line of text for each step and epoch.
func Example() {
	h := &fit.History{
		Steps:  []float32{0.5, 0.25},
		Epochs: []fit.Epoch{{Number: 1, Loss: 0.375, LearningRate: 1e-3}},
	}
	if err := record.Write(os.Stdout, h); err != nil {
		fmt.Println(err)
	}
	// Output:
	// {"format":"unstuck training","version":1}
	// {"step":{"loss":0.5}}
	// {"step":{"loss":0.25}}
	// {"epoch":{"number":1,"loss":0.375,"learning_rate":0.001,"metrics":null,"nanoseconds":0}}
	// {"end":{"steps":2,"epochs":1}}
}

func ExampleEpochsCSV() {
	h := &fit.History{Epochs: []fit.Epoch{
		{Number: 1, Loss: 0.5, LearningRate: 0.1, Validation: &fit.Result{Loss: 0.6}},
		{Number: 2, Loss: 0.3, LearningRate: 0.1, Validation: &fit.Result{Loss: 0.4}},
	}}
	if err := record.EpochsCSV(os.Stdout, h); err != nil {
		fmt.Println(err)
	}
	// Output:
	// epoch,learning_rate,seconds,loss,val_loss
	// 1,0.1,0,0.5,0.6
	// 2,0.1,0,0.3,0.4
}
