package fit

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"hash/crc32"
	"slices"

	"example.com/unstuck/pkg/dataset"
)

// trainingSettings are what a training must share with the one it continues.
type trainingSettings struct {
	Seed       int64  `json:"seed"`
	Rows       int    `json:"rows"`
	BatchSize  int    `json:"batch_size"`
	NoShuffle  bool   `json:"no_shuffle"`
	Data       uint32 `json:"data"`       // CRC-32C of all values
	Validation uint32 `json:"validation"` // the same
	Model      string `json:"model"`      // hash of its description; empty: it has functions, which nobody can compare
}

// describe reads the data once.
func (t *trainer) describe() trainingSettings {
	s := trainingSettings{
		Seed: t.m.options.Seed, Rows: t.rows, BatchSize: t.config.BatchSize, NoShuffle: t.config.NoShuffle,
		Data: checksum(t.data), Validation: checksum(t.config.Validation),
	}
	if t.m.description.text != "" {
		sum := sha256.Sum256([]byte(t.m.description.text))
		s.Model = hex.EncodeToString(sum[:8])
	}
	return s
}

// differ names the first difference to the settings of a file.
func (s trainingSettings) differ(file trainingSettings) error {
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

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

func checksum(d dataset.Data) uint32 {
	sum := uint32(0)
	buffer := make([]byte, 0, 1<<16)
	for _, a := range slices.Concat(d.Inputs(), d.Outputs(), []dataset.Array{{Values: d.SampleWeight}}) {
		values := a.Values
		for len(values) > 0 {
			n := min(len(values), cap(buffer)/4)
			buffer, _ = binary.Append(buffer[:0], binary.LittleEndian, values[:n]) // float32s always fit
			sum = crc32.Update(sum, castagnoli, buffer)
			values = values[n:]
		}
	}
	return sum
}
