// Package fit trains models: [Compile] puts a model, an optimizer and a loss together, [Model.Fit]
// trains it, [Model.Evaluate] and [Model.Predict] use it. Names and meaning are those of Keras' compile,
// fit, evaluate and predict.
//
// A training step is one graph function over explicit state — weights, the optimizer's memory, the step
// counter and the learning rate go in and come out. Where the backend can loop (XLA), the step becomes
// the body of a loop and many steps, up to many epochs, are one execution; elsewhere the same graph runs
// step by step. Both give the same numbers.
package fit
