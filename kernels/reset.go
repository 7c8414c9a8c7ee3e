package kernels

import (
	"encoding/json"
	"strings"
	"sync"
)

// resets remembers which cells that are under way make GoNB forget the imports.
type resets struct {
	mu      sync.Mutex
	pending map[string]bool // by the ID of the request
}

func (r *resets) asked(request message) {
	var content struct{ Code string }
	if json.Unmarshal(request.Content, &content) != nil || !forgetsImports(content.Code) {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.pending == nil {
		r.pending = map[string]bool{}
	}
	r.pending[request.Header.ID] = true
}

// answered tells, once, whether the reply belongs to such a cell.
func (r *resets) answered(reply message) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	id := reply.parentID()
	forgot := r.pending[id]
	delete(r.pending, id)
	return forgot
}

// forgetsImports tells whether a cell has the command %reset. With the argument go.mod it keeps the imports.
func forgetsImports(cell string) bool {
	for line := range strings.Lines(cell) {
		words := strings.Fields(strings.TrimPrefix(line, "//gonb:"))
		if len(words) == 1 && words[0] == "%reset" {
			return true
		}
	}
	return false
}
