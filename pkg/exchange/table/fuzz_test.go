package table

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/internal/allowance"
)

// fuzzAllowance is what reading a table and making data of it may cost; docs/limits.md states it.
var fuzzAllowance = allowance.Allowance{Fixed: 8 << 20, PerByte: 2000}

// FuzzTable: whatever a file holds, there is an error or data whose shapes fit, within the allowance.
func FuzzTable(f *testing.F) {
	for _, text := range []string{
		"a,b,y\n1,2,3\n4,5,6\n", "a;b;y\n1,5;2;x\n2,5;3;y\n", "id\tname\ty\n1\tA\t0\n2\tB\t1\n", "1 2 3\n4 5 6\n", "\xff\xfea\x00,\x00b\x00\n\x001\x00,\x002\x00\n\x00",
		"d,y\n01/02/2024,1\n03/04/2024,2\n", "# c\n\nsep=;\na;b\n1;2", "a,b\n\"1\n2\",3\n", "size,y\nlow,1\nhigh,2\n", "$1,000;5%\n(3);4%", "NA,?\n,-\n", "a,b\n1e999,-inf\n1e308,nan\n",
		"x,y\n" + strings.Repeat("1,2\n", 50), "\x1f\x8b", "PAR1", ",,,\n,,,\n", "a,a,a\n1,1,1\n", "9999-12-31,1\n0001-01-01,2\n", "12:30,1\n13:30,2\n",
	} {
		f.Add([]byte(text), byte(1), byte(0))
		f.Add([]byte(text), byte(2), byte(3))
	}
	f.Fuzz(func(t *testing.T, raw []byte, width, how byte) {
		if bytes.HasPrefix(raw, []byte{0x1f, 0x8b}) || isFormat(raw) {
			return // what these may claim is bounded by other limits, see docs/limits.md
		}
		fuzzAllowance.Check(t, len(raw), func() {
			o := Options{Missing: []string{"", FillMissing, DropMissing, KeepMissing}[how%4], DayFirst: how&4 != 0}
			read, err := Read(raw, o)
			if err != nil {
				require.Less(t, len(err.Error()), 4000)
				return
			}
			need := Need{Inputs: []Input{{Shape: []int{int(width)}}}, Outputs: []Output{{Units: int(how>>3) % 5, Coding: Coding(how>>6) % 4}}}
			if width == 0 {
				need.Inputs[0].Shape = nil
			}
			made, err := read.Make(need, o)
			if err != nil {
				require.Less(t, len(err.Error()), 8000)
				return
			}
			require.NoError(t, made.Data.ValidateShapes())
			if width > 0 {
				require.Equal(t, int(width), made.Data.X.RowSize())
			}
		})
	})
}
