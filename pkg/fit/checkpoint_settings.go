package fit

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"hash/crc32"
	"slices"

	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/fit/checkpoint"
)

// describe is what a checkpoint says of this training; it reads the data once.
func (t *trainer) describe() checkpoint.Settings {
	s := checkpoint.Settings{
		Seed: t.m.options.Seed, Rows: t.rows, BatchSize: t.config.BatchSize, NoShuffle: t.config.NoShuffle,
		Data: checksum(t.data), Validation: checksum(t.config.Validation),
	}
	if t.m.description.text != "" {
		sum := sha256.Sum256([]byte(t.m.description.text))
		s.Model = hex.EncodeToString(sum[:8])
	}
	return s
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
