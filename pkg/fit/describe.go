package fit

import (
	"strings"
	"sync"

	"example.com/unstuck/internal/codec"
	"github.com/gomlx/compute"
)

// shared holds the programs of models that can be described, for each backend.
var (
	sharedMu sync.Mutex
	shared   = map[compute.Backend]*programs{}
)

// sharedPrograms returns where m's programs are kept and m's description there. Models that are built
// alike share their programs, so another learning rate, seed or clip value compiles nothing. A model
// with parts that hide what they do, such as an nn.Func, keeps its programs to itself.
func sharedPrograms(m *Model) (*programs, string) {
	description, ok := describe(m)
	if !ok {
		return &programs{}, ""
	}
	sharedMu.Lock()
	defer sharedMu.Unlock()
	if shared[m.backend] == nil {
		shared[m.backend] = &programs{}
	}
	return shared[m.backend], description
}

// describe writes down everything about m that is compiled into its programs.
func describe(m *Model) (string, bool) {
	o, ok := m.optimizer.(interface{ ProgramKey() (string, bool) })
	if !ok {
		return "", false
	}
	key, ok := o.ProgramKey()
	if !ok {
		return "", false
	}
	var b strings.Builder
	b.WriteString(key)
	for _, part := range []any{m.net, m.loss, m.options.Metrics, m.options.Probes} {
		b.WriteByte('\n')
		text, ok := codec.Key(part)
		if !ok {
			return "", false
		}
		b.WriteString(text)
	}
	return b.String(), true
}
