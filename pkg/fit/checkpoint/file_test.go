package checkpoint

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/internal/allowance"
)

// readAllowance: the arrays once, and the header as JSON.
var readAllowance = allowance.Allowance{Fixed: 1 << 20, PerByte: 200}

// withHeader is a file of this header and these bytes of values, its checksum right.
func withHeader(header string, values []byte) []byte {
	file := binary.LittleEndian.AppendUint32([]byte(magic), version)
	file = binary.LittleEndian.AppendUint64(file, uint64(len(header)))
	file = append(append(file, header...), values...)
	sum := sha256.Sum256(file)
	return append(file, sum[:]...)
}

func TestHostileFiles(t *testing.T) {
	const many = 1 << 18
	for name, file := range map[string][]byte{
		"deep":             withHeader(strings.Repeat(`{"training":`, many), nil),
		"many arrays":      withHeader(`{"arrays":[`+strings.Repeat(`{},`, many)+`{}]}`, nil),
		"a long name":      withHeader(`{"arrays":[{"name":"`+strings.Repeat("x", many)+`","bytes":-1}]}`, nil),
		"a large number":   withHeader(`{"arrays":[{"bytes":9223372036854775807},{"bytes":9223372036854775807}]}`, nil),
		"a long shape":     withHeader(`{"arrays":[{"shape":[`+strings.Repeat("9,", many)+`9],"bytes":4}]}`, make([]byte, 4)),
		"a long constant":  withHeader(`{"training":{"rate":`+strings.Repeat("9", many)+`}}`, nil),
		"a header's claim": binary.LittleEndian.AppendUint64(binary.LittleEndian.AppendUint32([]byte(magic), 1), 1<<63),
	} {
		t.Run(name, func(t *testing.T) {
			var err error
			readAllowance.Check(t, len(file), func() {
				_, err = Read(bytes.NewReader(file), int64(len(file)))
			})
			if name == "many arrays" {
				return // they are read; no variable is called like that
			}
			require.Error(t, err)
			require.Less(t, len(err.Error()), 1000)
		})
	}
}

// FuzzCheckpointFile puts anything in place of the header and the values, beneath a checksum that is right.
func FuzzFile(f *testing.F) {
	f.Add(`{"arrays":[{"name":"/dense/kernel","dtype":"Float32","shape":[3,4],"bytes":48}],"input":[3],"target":[1],"seed":1,"epochs":2,"steps":4}`, make([]byte, 48))
	f.Add(`{"arrays":[{"name":"history/steps","dtype":"Float32","shape":[2],"bytes":8},{"name":"history/readings","dtype":"Float32","shape":[1,2],"bytes":8}],`+
		`"training":{"done":1,"rate":"NaN","stopped":"early","history":[{"number":1,"loss":"+Inf","metrics":{"mae":1}}],`+
		`"readings":[{"Name":"a","Size":2}],"measured":[2],"callbacks":[{"type":"*callback.EarlyStopping","state":"e30="}]}}`, make([]byte, 16))
	f.Fuzz(func(t *testing.T, header string, values []byte) {
		file := withHeader(header, values)
		var err error
		readAllowance.Check(t, len(file), func() {
			_, err = Read(bytes.NewReader(file), int64(len(file)))
		})
		if err != nil && len(err.Error()) > 1000 {
			t.Errorf("an error of %d bytes", len(err.Error()))
		}
	})
}
