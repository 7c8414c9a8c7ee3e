// Package doctor finds out why a training doesn't learn, and proves it.
//
// A training is described as a [training.Training]: model, data, optimizer, loss and settings, all plain values. [Examine]
// looks at the data, runs the training as given with probes on its first steps, and asks its rules what speaks for
// each [Cause]. A rule only suspects; what decides is intervention: its [Treatment], a function from case to
// case, is run from the same seed on the same batches, and the cause is the one whose own treatment alone makes
// the training learn.
//
//	r, err := doctor.Examine(ctx, c, doctor.Options{})
//	fmt.Println(r.Verdict())
//	fmt.Println(r.Findings[0].Treatment.Go)
//
// How well a training does is told as "explained": 1 − loss / loss of the best constant prediction, without
// penalties and dropout. 0 is what knowing the targets' mean gives, 1 is perfect. How much of that is reachable judges say that know
// nothing of the model, see [Ceiling]: a training counts as healthy, and a treatment as a cure, by the share of it. Where they
// find nothing to learn no setting will.
//
// Examinations depend on the training alone: work is bounded by training steps, never by a clock.
package doctor
