// Package nn describes neural networks as plain values with Keras' names, defaults and formulas.
//
// A layer is its settings plus one call, [Layer.Apply], which adds its computation to a GoMLX graph.
// A [Sequential] is a list of layers and is itself a layer; any GoMLX model function becomes one
// through [Func]. Layers hold no weights: those live in the model.Store whose scope is passed to
// Apply, under the layer's name and Keras' name of the weight ("/dense_1/kernel").
//
//	net := nn.Sequential{
//		nn.Dense{Units: 64, Activation: nn.ReLU{}},
//		nn.Dense{Units: 1},
//	}
//
// Initial weights are drawn on the host, from the store's seed (GoMLX's parameter "initializers_seed")
// and the weight's path. So every backend starts from the same numbers, and two models that share a
// layer's name and shape share its initial weights.
//
// Inside a graph GoMLX panics; Apply does too, with a [LayerError] that names layer and input shape.
// The exported borders above this package (fit.Compile, fit.Model.Fit, [Summarize]) return it as an error.
package nn
