package keras_test

import (
	"fmt"
	"strings"

	"example.com/unstuck/pkg/exchange/keras"
)

// A saved model in Go: its layers, its weights, and how it was compiled. To use it:
//
//	m, err := fit.Compile(d.Model, d.Optimizer, d.Loss, fit.Options{})
//	err = m.Build(d.InputShape...)
//	err = d.SetWeights(m)
func ExampleReadModel() {
	d, err := keras.ReadModel("testdata/models/lstm.keras")
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, l := range d.Layers {
		fmt.Println(l.Class, l.Name, l.Weights)
	}
	for _, w := range d.Weights {
		fmt.Println(w.Path, w.Array.Shape)
	}
	fmt.Printf("%T at %.3f, loss %s\n", d.Optimizer.Rule, d.Optimizer.LearningRate, d.Loss)
	// Output:
	// LSTM lstm [kernel recurrent_kernel bias]
	// LSTM lstm_1 [kernel recurrent_kernel]
	// /lstm/kernel [3 16]
	// /lstm/recurrent_kernel [4 16]
	// /lstm/bias [16]
	// /lstm_1/kernel [4 12]
	// /lstm_1/recurrent_kernel [3 12]
	// optim.AdamRule at 0.001, loss mse
}

// What isn't supported is named with its place in the file.
func ExampleReadConfig() {
	_, err := keras.ReadConfig(strings.NewReader(`{"module": "keras", "class_name": "Sequential", "config": {"name": "sequential", "layers": [
		{"module": "keras.layers", "class_name": "MelSpectrogram", "config": {"name": "mel"}},
		{"module": "keras.layers", "class_name": "LSTM", "config": {"name": "lstm", "units": 8, "stateful": true}}]}}`))
	fmt.Println(err)
	// Output:
	// keras: config.layers[0] (MelSpectrogram "mel"): layers of class MelSpectrogram are not supported: make the spectrograms ahead of the model, and save them as its data
	// config.layers[1].config.stateful: needs an input that says how many rows all batches have, and as many in fit and predict: keras.Input(batch_shape=(32, …))
}
