package record_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/record"
)

// Large records of what costs most, and of what an error might quote.
func TestHostileRecords(t *testing.T) {
	const many = 1 << 18
	const head = `{"format":"unstuck training","version":1}` + "\n"
	for name, text := range map[string]string{
		"readings":    head + `{"step":{"loss":1,"readings":[` + strings.Repeat("1,", many) + "1]}}\n",
		"constants":   head + `{"step":{"loss":1,"readings":[` + strings.Repeat(`"NaN",`, many) + "1]}}\n",
		"columns":     head + `{"columns":[` + strings.Repeat(`{},`, many) + "{}]}\n",
		"a size":      head + `{"columns":[{"name":"a","size":9223372036854775807}]}` + "\n",
		"metrics":     head + `{"epoch":{"metrics":{` + strings.Repeat(`"a":1,`, many) + `"a":1}}}` + "\n",
		"a metric":    head + `{"epoch":{"metrics":{"` + strings.Repeat("m", many) + `":true}}}` + "\n",
		"a number":    head + `{"step":{"loss":` + strings.Repeat("9", many) + "}}\n",
		"deep":        head + strings.Repeat(`{"step":`, many),
		"a long line": head + strings.Repeat("x", many),
		"empty lines": head + strings.Repeat("\n", many),
		"steps":       head + strings.Repeat(`{"step":{"loss":1}}`+"\n", many/16),
		"a column":    head + `{"columns":[{"name":"` + strings.Repeat("c", many) + `","size":0}]}` + "\n",
		"a reason":    head + `{"end":{"steps":1,"epochs":0,"stopped":"` + strings.Repeat("s", many) + `"}}` + "\n",
	} {
		t.Run(name, func(t *testing.T) {
			var err error
			readAllowance.Check(t, len(text), func() { _, err = record.Read(strings.NewReader(text)) })
			require.Error(t, err)
			require.Less(t, len(err.Error()), 1000)
		})
	}
}
