package loop

import (
	"encoding/binary"
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

// Numbers in 16 bits, with those that aren't finite.
func TestNumbersIn16Bits(t *testing.T) {
	raw := binary.LittleEndian.AppendUint32(nil, math.Float32bits(0.5))
	for _, n := range []uint16{3, 0xfffd, 0x8000, 0x7fff, 0x8001} {
		raw = binary.LittleEndian.AppendUint16(raw, n)
	}
	values := entry{kind: "q2"}.decoded(raw, 5)
	require.Equal(t, []float32{1.5, -1.5}, values[:2])
	require.True(t, math.IsNaN(float64(values[2])))
	require.Equal(t, []float32{float32(math.Inf(1)), float32(math.Inf(-1))}, values[3:])
}
