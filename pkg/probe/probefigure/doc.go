// Package probefigure makes pictures of what a trained model says, and of how it came to say that, each by one call:
//
//	f, err := probefigure.Confusion(ctx, m, test, probefigure.Classes{Names: []string{"cat", "dog"}})
//	notebook.Show(f)
//
// What is shown is computed on the data given, as in use and not in training: without dropout, and with the moving statistics of batch
// normalization. The model's weights are left as they were; stateful layers go on
// from where the last rows left them, see ResetStates of fit.Model. Models with several inputs are fine; those with several outputs are an error.
package probefigure
