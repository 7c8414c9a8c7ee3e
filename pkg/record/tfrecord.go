package record

import (
	"encoding/binary"
	"hash/crc32"
	"io"
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// maskedChecksum is the CRC-32C of data as TensorFlow stores it: rotated and shifted, since the checksum of
// something that holds checksums is weak (tensorflow/core/lib/hash/crc32c.h).
func maskedChecksum(data []byte) uint32 {
	crc := crc32.Checksum(data, castagnoli)
	return (crc>>15 | crc<<17) + 0xa282ead8
}

// writeRecord frames data as a TFRecord: length, its checksum, data, its checksum, little-endian
// (tensorflow.org/tutorials/load_data/tfrecord).
func writeRecord(w io.Writer, data []byte) error {
	framed := make([]byte, 12, 16+len(data))
	binary.LittleEndian.PutUint64(framed, uint64(len(data)))
	binary.LittleEndian.PutUint32(framed[8:], maskedChecksum(framed[:8]))
	framed = append(framed, data...)
	framed = binary.LittleEndian.AppendUint32(framed, maskedChecksum(data))
	_, err := w.Write(framed)
	return err
}
