package keras

// refusedLayers says of Keras' layers that aren't read why, and what to do.
var refusedLayers = map[string]string{
	"Lambda":              "it is Python code, which isn't run: write what it does with keras.ops and layers",
	"JaxLayer":            "it is code of JAX, which isn't run: write what it does with keras.ops and layers",
	"FlaxLayer":           "it is code of Flax, which isn't run: write what it does with keras.ops and layers",
	"TorchModuleWrapper":  "it is code of PyTorch, which isn't run: export the whole model by torch.export, or write what it does with keras.ops and layers",
	"TFSMLayer":           "it is a program of TensorFlow, which isn't run: load the Keras model that it was made of",
	"Layer":               "it does nothing by itself: a class of your own is Python code, which isn't run",
	"Wrapper":             "it does nothing by itself: a class of your own is Python code, which isn't run",
	"SimpleRNNCell":       "a cell by itself takes a state that no layer gives: put it into an RNN",
	"GRUCell":             "a cell by itself takes a state that no layer gives: put it into an RNN",
	"LSTMCell":            "a cell by itself takes a state that no layer gives: put it into an RNN",
	"StackedRNNCells":     "cells by themselves take states that no layer gives: put them into an RNN",
	"MelSpectrogram":      "make the spectrograms ahead of the model, and save them as its data",
	"STFTSpectrogram":     "make the spectrograms ahead of the model, and save them as its data",
	"Pipeline":            "put its layers into the model, one behind the other",
	"MaxNumBoundingBoxes": "boxes around things in images are no data here: prepare them ahead of the model",
}

// notRead is why a class of layers isn't read.
func notRead(class string) string {
	if why := refusedLayers[class]; why != "" {
		return "layers of class " + class + " are not supported: " + why
	}
	return "layers of class " + orUnnamed(class) + " are not supported"
}
