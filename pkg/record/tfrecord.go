package record

import (
	"encoding/binary"
	"errors"
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

// NextFrame takes the first TFRecord of text apart: its data, and what comes behind it. The error is that of a frame that isn't
// whole or whose checksums are wrong.
func NextFrame(text []byte) (data, rest []byte, err error) {
	if len(text) < 12 {
		return nil, nil, io.ErrUnexpectedEOF
	}
	length := binary.LittleEndian.Uint64(text)
	if maskedChecksum(text[:8]) != binary.LittleEndian.Uint32(text[8:]) {
		return nil, nil, errors.New("the checksum of a record's length is wrong")
	}
	if length > uint64(len(text)-12) || uint64(len(text)-12)-length < 4 {
		return nil, nil, io.ErrUnexpectedEOF
	}
	data, rest = text[12:12+length], text[12+length:]
	if maskedChecksum(data) != binary.LittleEndian.Uint32(rest) {
		return nil, nil, errors.New("the checksum of a record is wrong")
	}
	return data, rest[4:], nil
}
