// Package callback has what watches a training from outside, as Keras' callbacks do: it stops one that no longer gets better,
// changes its learning rate, keeps its best weights, writes a log, finds where a NaN began. Give them to [fit.Config]; one of your
// own is any type with one of the methods of [fit.Callback].
//
// Each begins anew with each Fit, goes on from a checkpoint, and doesn't depend on its place among the others.
package callback
