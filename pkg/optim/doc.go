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
// Three parts make it up. A [Rule] is the formula; a [Transform] changes the gradients before it; a
// [Schedule] is the learning rate as a function of the step, on the host. The learning rate lives in
// GoMLX's variable "/optimizers/learning_rate" and the limits of the clips in variables beside it:
// changing them needs no recompilation.
//
// Rules, clips and schedules give Keras' numbers, to 1e-6; the tests hold them against Keras 3 on JAX.
// Weights and gradients must be of the loss's type, float32.
package optim
