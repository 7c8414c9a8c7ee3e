// Package optim describes how gradients become steps: optimizers with Keras' formulas, gradient
// transformations such as clipping, and learning-rate schedules.
//
// An [Optimizer] is a plain value that can be printed, compared, changed and saved:
//
//	o := optim.Adam(1e-3).With(optim.ClipByNorm{Max: 1})
//
// It is also a GoMLX optimizer.Interface, so it works in GoMLX's own train.Trainer; and [Wrap] puts
// the transformations around any GoMLX optimizer.
//
// The learning rate lives in GoMLX's variable "/optimizers/learning_rate": changing it needs no
// recompilation.
package optim
