// Package fit trains models: [Compile] puts a model, an optimizer and a loss together, [Model.Fit]
// trains it, [Model.Evaluate] and [Model.Predict] use it. Names and meaning are those of Keras' compile,
// fit, evaluate and predict.
//
//	m, err := fit.Compile(net, optim.Adam(1e-3), loss.MSE{}, fit.Options{Seed: 42})
//	h, err := m.Fit(ctx, data, fit.Config{Epochs: 10, ValidationSplit: 0.2})
//	fmt.Println(h.Loss(), h.ValidationLoss())      // one number for each epoch
//	predictions, err := m.Predict(ctx, data.X)
//
// A second Fit goes on where the first left off. The same seed on the same backend gives the same numbers.
//
// A training step is one graph function over explicit state — weights, the optimizer's memory, the step
// counter and the learning rate go in and come out. Where the backend can loop (XLA), the step becomes
// the body of a loop and many steps, up to many epochs, are one execution; elsewhere the same graph runs
// step by step. Both give the same numbers.
//
// Beyond that there are metrics ([loss.Accuracy], [loss.RMSE], and every loss), callbacks ([EarlyStopping],
// [ReduceLROnPlateau], [TerminateOnNaN], …), and [Checkpointing], with which a training that was killed goes
// on to the numbers of one that was not.
//
// Models and optimizers written for GoMLX alone train as they are, the model as an nn.Func. One limit: the
// last batch of an epoch is filled up to its full size where steps are looped, and a layer that mixes rows
// has to look at nn.BatchMask. GoMLX's own batch normalization does not; take nn.BatchNormalization, or
// a batch size that divides the rows, or Options.Stepwise.
package fit
