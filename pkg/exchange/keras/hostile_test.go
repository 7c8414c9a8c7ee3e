package keras

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Large files of what costs most: each ends in an error within the allowance, which is in proportion to the file.
func TestHostileConfigs(t *testing.T) {
	if testing.Short() {
		t.Skip("reads large files")
	}
	const size = 1 << 20 // a sixteenth of what is read at most
	fill := func(before, part, after string) string {
		return before + strings.Repeat(part, (size-len(before)-len(after))/len(part)) + after
	}
	const head = `{"class_name": "Sequential", "config": {"layers": [`
	for name, text := range map[string]string{
		"numbers":         fill(head, "0,", "0]}}"),
		"objects":         fill(head, "{},", "{}]}}"),
		"lists":           fill(`{"a":[`, "[],", "[]]}"),
		"deep lists":      fill(head, "[", ""),
		"deep objects":    fill("", `{"config":`, "1"),
		"nested layers":   fill(head, `{"class_name":"Sequential","config":{"layers":[`, ""),
		"constants":       fill(head, "NaN,", "1]}}"),
		"marks":           fill(head, "-Infinity,\"\ue000NaN\",", "1]}}"),
		"one text":        fill(`{"class_name": "`, "x", `", "config": {}}`),
		"a name":          fill(head+`{"class_name":"Dense","config":{"name":"`, "x", `","units":1}}]}}`),
		"escapes":         fill(`{"class_name": "`, `\u0001`, `", "config": {}}`),
		"layers":          fill(head, `{"class_name":"Dense","config":{"units":1}},`, `{}]}}`),
		"keys":            fill(`{`, `"a":0,`, `"b":0}`),
		"a number":        fill(`{"class_name":`, "9", `}`),
		"too many bytes":  strings.Repeat(" ", MaxConfig+1),
		"unending number": fill(head+`{"class_name":"Dense","config":{"units":`, "1", `}}]}}`),
	} {
		t.Run(name, func(t *testing.T) {
			var err error
			configAllowance.Check(t, len(text), func() { _, err = ReadConfig(strings.NewReader(text)) })
			require.Error(t, err)
			assert.Less(t, len(err.Error()), maxMessage)
		})
	}
}

// A zip file of some kB that claims, or really becomes, a gigabyte.
func TestHostileArchives(t *testing.T) {
	if testing.Short() {
		t.Skip("inflates a lot")
	}
	config := parts(t, "testdata/models/dense.keras")[configName]
	for name, files := range map[string]map[string]string{
		"config.json of zeros": {configName: strings.Repeat("\x00", MaxConfig+1)},
		"weights of zeros":     {configName: config, weightsName: strings.Repeat("\x00", 32<<20)},
	} {
		t.Run(name, func(t *testing.T) {
			data := archive(t, files)
			var err error
			modelAllowance.Check(t, len(data), func() { _, err = ReadModelFrom(bytes.NewReader(data), int64(len(data))) })
			require.Error(t, err)
			t.Logf("%d bytes: %v", len(data), err)
		})
	}
}
