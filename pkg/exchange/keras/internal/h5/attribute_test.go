package h5

import (
	"encoding/binary"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestTexts(t *testing.T) {
	var many []string
	for i := range 300 {
		many = append(many, fmt.Sprintf("weight/%d/kernel:0", i))
	}
	for _, name := range []string{"attributes_earliest.h5", "attributes_latest.h5"} {
		f := parse(t, name)
		for at, want := range map[[2]string][]string{
			{"", "variable"}:       {"grüße"},
			{"", "long"}:           {strings.Repeat("0123456789", 500)},
			{"", "fixed"}:          {"of six"},
			{"", "empty"}:          nil,
			{"group", "variables"}: {"a", "", "ccc"},
			{"group", "fixeds"}:    {"a", "bb", "ccc"},
			{"group", "many"}:      many,
		} {
			got, err := f.Texts(at[0], at[1])
			require.NoError(t, err, "%s %v", name, at)
			assert.Equal(t, want, got, "%s %v", name, at)
		}
		for at, target := range map[[2]string]error{
			{"", "number"}: ErrUnsupported, {"", "nothing"}: ErrNotFound, {"nowhere", "fixed"}: ErrNotFound,
		} {
			_, err := f.Texts(at[0], at[1])
			assert.ErrorIs(t, err, target, "%s %v", name, at)
		}
	}
}

// Cut anywhere or with any byte changed, a file gives an error or strings, and none larger than the file.
func TestDamagedAttributes(t *testing.T) {
	data, err := os.ReadFile("testdata/attributes_earliest.h5")
	require.NoError(t, err)
	read := func(data []byte) {
		f, err := Parse(data)
		if err != nil {
			return
		}
		for _, at := range [][2]string{{"", "variable"}, {"", "fixed"}, {"group", "variables"}, {"group", "many"}} {
			texts, err := f.Texts(at[0], at[1])
			require.LessOrEqual(t, len(strings.Join(texts, "")), len(data), "%v", err)
		}
	}
	for n := 0; n < len(data); n += 97 {
		read(data[:n])
	}
	for n := 0; n < min(len(data), 16<<10); n++ {
		changed := append([]byte(nil), data...)
		changed[n] ^= 0xff
		read(changed)
	}
}

// A list may name one string of a heap again and again: a file of a kilobyte would become a gigabyte.
func TestReferencesToOneString(t *testing.T) {
	const size, references = 4096, 1000
	heap := append([]byte("GCOL\x01\x00\x00\x00"), binary.LittleEndian.AppendUint64(nil, 32+size)...)
	heap = append(heap, 1, 0, 1, 0, 0, 0, 0, 0)
	heap = binary.LittleEndian.AppendUint64(heap, size)
	heap = append(heap, make([]byte, size)...)
	f := &File{data: append(make([]byte, 8), heap...), heaps: map[uint64]map[uint32][]byte{}, budget: 1000}
	reference := binary.LittleEndian.AppendUint32(nil, size)
	reference = binary.LittleEndian.AppendUint64(reference, 8)
	reference = binary.LittleEndian.AppendUint32(reference, 1)
	a := attribute{
		kind:  []byte{0x19, 1, 0, 0, 16, 0, 0, 0},
		space: []byte{2, 1, 0, 1, references & 255, references >> 8, 0, 0, 0, 0, 0, 0},
	}
	for range references {
		a.data = append(a.data, reference...)
	}
	_, err := f.texts(a)
	require.ErrorIs(t, err, ErrFormat)
	a.space[4], a.space[5] = 1, 0
	texts, err := f.texts(a)
	require.NoError(t, err)
	require.Len(t, texts, 1)
}
