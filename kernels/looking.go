package kernels

import (
	"encoding/json"
	"sync"

	"example.com/unstuck/kernels/internal/cell"
)

// lookups remembers which questions about a place in a cell are under way, and how far GoNB's places are from the cell's.
type lookups struct {
	mu    sync.Mutex
	moved map[string]int // by the ID of a complete_request
}

// request puts what GoNB is to get into a complete_request or an inspect_request: a cell whose statements are in main.
func (l *lookups) request(m message) (content json.RawMessage, changed bool) {
	var fields map[string]json.RawMessage
	var code string
	var cursor int
	if json.Unmarshal(m.Content, &fields) != nil || json.Unmarshal(fields["code"], &code) != nil || json.Unmarshal(fields["cursor_pos"], &cursor) != nil {
		return nil, false
	}
	arranged, at := cell.Arranged(code, cursor)
	if arranged == code {
		return nil, false
	}
	fields["code"], _ = json.Marshal(arranged)
	fields["cursor_pos"], _ = json.Marshal(at)
	content, err := json.Marshal(fields)
	if err != nil {
		return nil, false
	}
	if m.Header.Type == "complete_request" {
		l.mu.Lock()
		defer l.mu.Unlock()
		if l.moved == nil {
			l.moved = map[string]int{}
		}
		l.moved[m.Header.ID] = at - cursor
	}
	return content, true
}

// answered puts the cell's own places into a complete_reply.
func (l *lookups) answered(reply message) (content json.RawMessage, changed bool) {
	l.mu.Lock()
	id := reply.parentID()
	moved, known := l.moved[id]
	delete(l.moved, id)
	l.mu.Unlock()
	var fields map[string]json.RawMessage
	if !known || json.Unmarshal(reply.Content, &fields) != nil {
		return nil, false
	}
	for _, place := range []string{"cursor_start", "cursor_end"} {
		var at int
		if json.Unmarshal(fields[place], &at) != nil {
			return nil, false
		}
		fields[place], _ = json.Marshal(max(at-moved, 0))
	}
	content, err := json.Marshal(fields)
	return content, err == nil
}
