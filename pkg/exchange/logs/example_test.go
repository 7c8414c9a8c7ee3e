package logs_test

import (
	"fmt"
	"strings"

	"example.com/unstuck/pkg/exchange/logs"
)

func ExampleRead() {
	log, err := logs.Read(strings.NewReader("Epoch 1/2, Train Loss: 0.7, Val Loss: 0.8\nEpoch 2/2, Train Loss: 0.6, Val Loss: 0.9\n"))
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, s := range log.Series {
		fmt.Println(s.Name, s.Axis, s.At, s.Values)
	}
	// Output:
	// train_loss epoch [1 2] [0.7 0.6]
	// val_loss epoch [1 2] [0.8 0.9]
}
