// Package record writes down what a training went through, for other days and other programs.
//
//	err := record.Save("run.jsonl", h)      // everything, to be loaded again
//	h, err := record.Load("run.jsonl")      // the same numbers to the last bit
//	path, err := record.SaveEvents("runs/adam", h, time.Time{})  // then: tensorboard --logdir runs
//
// [Save] writes JSON Lines, one line for each step and each epoch. [EpochsCSV] and [StepsCSV] write tables
// for spreadsheets. [WriteEvents] writes TensorBoard's event files, with what the probes of package probe
// measured as scalars and histograms.
package record
