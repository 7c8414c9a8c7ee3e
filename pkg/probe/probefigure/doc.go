// Package probefigure makes pictures of trainings, each by one call: of what probes read off one as it ran, of what the trained
// model says, and of how it came to say that.
//
//	notebook.Show(notebook.Must(probefigure.GradientNorms("Adam, 1e-3", history)))
//	notebook.Show(notebook.Must(probefigure.Confusion(ctx, m, test, probefigure.Classes{Names: []string{"cat", "dog"}})))
//
// What was read is shown as it was; a probe that wasn't switched on is an error. What a model says is computed on the data given, as in use and not
// in training: without dropout, and with the moving statistics of batch normalization. The model's weights are left as they were; stateful layers
// go on from where the last rows left them, see ResetStates of fit.Model. Models with several inputs are fine; those with several
// outputs are an error. The figures are values: what else they can show is set on them.
package probefigure
