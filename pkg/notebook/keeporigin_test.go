package notebook

import (
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

func TestKeptValuesSaySo(t *testing.T) {
	when := time.Date(2026, 3, 1, 14, 5, 0, 0, time.Local)
	said := func(name string, o origin, head keepHead) string {
		head.Name, head.Kept = name, when
		return standardError(t, func() {
			out := os.Stdout
			os.Stdout = os.Stderr // a notebook's goes there
			defer func() { os.Stdout = out }()
			o.tell(head)
			o.tell(head) // once is enough
		})
	}
	line := func(name string) string {
		return `kept: "` + name + `", computed 2026-03-01 14:05; notebook.Forget("` + name + `") computes it again`
	}
	assert.Equal(t, line("of an earlier program"), said("of an earlier program", origin{}, keepHead{Process: "other"}))
	assert.Empty(t, said("of this program", origin{}, keepHead{Process: thisProcess()}))

	t.Setenv("GONB_PIPE", "pipe")
	t.Setenv("GONB_TMP_DIR", "/tmp/kernel/gonb_1")
	assert.Equal(t, line("of an earlier kernel"), said("of an earlier kernel", origin{cell: "a"}, keepHead{Kernel: "gonb_0", Cell: "b"}))
	assert.Equal(t, line("of this cell, run before"), said("of this cell, run before", origin{cell: "a"}, keepHead{Kernel: "gonb_1", Cell: "a"}))
	assert.Empty(t, said("of an earlier cell", origin{cell: "a"}, keepHead{Kernel: "gonb_1", Cell: "b"}), "so a notebook run from top to bottom says nothing")
}
