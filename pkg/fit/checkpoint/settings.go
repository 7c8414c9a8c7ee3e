package checkpoint

import "fmt"

// Settings are what a training must share with the one it continues: all that its numbers depend on, but for what may
// change, the learning rate and the callbacks.
type Settings struct {
	Seed       int64  `json:"seed"`
	Rows       int    `json:"rows"`
	BatchSize  int    `json:"batch_size"`
	NoShuffle  bool   `json:"no_shuffle"`
	Data       uint32 `json:"data"`       // CRC-32C of all values
	Validation uint32 `json:"validation"` // the same
	Model      string `json:"model"`      // hash of its description; empty: it has functions, which nobody can compare
}

// Differ names the first difference to the settings of a file; nil: there is none.
func (s Settings) Differ(file Settings) error {
	for _, c := range []struct {
		what       string
		now, saved any
	}{
		{"the seed", s.Seed, file.Seed},
		{"the number of rows", s.Rows, file.Rows},
		{"the batch size", s.BatchSize, file.BatchSize},
		{"NoShuffle", s.NoShuffle, file.NoShuffle},
		{"the checksum of the data", s.Data, file.Data},
		{"the checksum of the validation data", s.Validation, file.Validation},
		{"the model, its loss, metrics or optimizer (as a hash)", s.Model, file.Model},
	} {
		if c.now != c.saved {
			return fmt.Errorf("%s differs: %v now, %v there; delete the file to train anew", c.what, c.now, c.saved)
		}
	}
	return nil
}
