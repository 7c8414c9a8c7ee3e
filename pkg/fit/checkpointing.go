package fit

// Checkpointing keeps a training in a file, so that it can go on after an interruption.
//
// A Fit that finds the file goes on from it, up to Config.Epochs in total, and ends with the numbers of
// a training that was never interrupted: the same weights, and a History of all epochs. A training that was
// complete, or stopped by a callback, is just read back. To train anew, delete the file; to train a
// complete one for longer, raise Config.Epochs.
//
// The model, the data and the other settings that the numbers depend on must be those that the file was
// written with, which is checked. The learning rate and the callbacks may change; callbacks that are new
// begin anew.
type Checkpointing struct {
	Path  string // empty: nothing is kept. The folder must exist.
	Every int    // epochs from one save to the next; 0: 1. The last epoch is saved in any case. A save waits for the disk.
}

// Stateful is implemented by callbacks that remember something from epoch to epoch: it goes into
// checkpoints. SetState is called after Begin.
type Stateful interface {
	State() ([]byte, error)
	SetState([]byte) error
}
