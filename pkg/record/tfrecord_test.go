package record

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"
)

// The check value of CRC-32C, and TensorFlow's mask over it, computed by hand.
func TestMaskedChecksum(t *testing.T) {
	const crc = 0xe3069283 // of "123456789": RFC 3720, appendix B.4, and every catalogue of checksums
	mask := uint32(0xa282ead8)
	require.Equal(t, (uint32(crc)>>15|uint32(crc&0x7fff)<<17)+mask, maskedChecksum([]byte("123456789")))
}

func TestWriteRecord(t *testing.T) {
	var b bytes.Buffer
	require.NoError(t, writeRecord(&b, []byte("abc")))
	require.Len(t, b.Bytes(), 8+4+3+4)
	require.Equal(t, []byte{3, 0, 0, 0, 0, 0, 0, 0}, b.Bytes()[:8])
	require.Equal(t, "abc", string(b.Bytes()[12:15]))
}
