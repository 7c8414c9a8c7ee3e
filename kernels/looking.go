package kernels

import (
	"encoding/json"
	"regexp"
	"strings"
	"sync"

	"example.com/unstuck/kernels/internal/cell"
)

// lookups remembers which questions about a place in a cell are under way, and how far GoNB's places are from the cell's.
type lookups struct {
	module string // the project's, which no site on the network has pages of

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

// complete answers a complete_request, nil where gopls had better.
func (c *cells) complete(m message) any {
	asked, ok := c.atHand(m)
	if !ok {
		return nil
	}
	names, start, end := c.session.Complete(asked.Code, asked.Cursor)
	if len(names) == 0 {
		return nil
	}
	return map[string]any{"status": "ok", "matches": names, "cursor_start": start, "cursor_end": end, "metadata": map[string]any{}}
}

// explain answers an inspect_request, nil where gopls had better.
func (c *cells) explain(m message) any {
	asked, ok := c.atHand(m)
	if !ok {
		return nil
	}
	markdown, plain, ok := c.session.Explain(asked.Code, asked.Cursor)
	if !ok {
		return nil
	}
	data := map[string]any{"text/markdown": markdown, "text/plain": plain}
	if markdown == "" {
		data = map[string]any{}
	}
	return map[string]any{"status": "ok", "found": markdown != "", "data": data, "metadata": map[string]any{}}
}

// linkThere is a link of Markdown to documentation on the network.
var linkThere = regexp.MustCompile(`\[([^\[\]]*)\]\(https://pkg\.go\.dev/([^)\s]*)[^)]*\)`)

// explained takes from an inspect_reply what leads nowhere: gopls links every name to pkg.go.dev, which has no page of the project's; of
// one that another module requires it gives the folder for a path.
func (l *lookups) explained(reply message) (content json.RawMessage, changed bool) {
	var fields map[string]json.RawMessage
	var data map[string]any
	if l.module == "" || json.Unmarshal(reply.Content, &fields) != nil || json.Unmarshal(fields["data"], &data) != nil {
		return nil, false
	}
	for kind, text := range data {
		said, ok := text.(string)
		if !ok {
			continue
		}
		without := linkThere.ReplaceAllStringFunc(said, func(link string) string {
			parts := linkThere.FindStringSubmatch(link)
			switch {
			case !strings.HasPrefix(parts[2], "/") && parts[2] != l.module && !strings.HasPrefix(parts[2], l.module+"/"):
				return link
			case strings.HasSuffix(parts[1], " on pkg.go.dev"):
				return ""
			}
			return parts[1]
		})
		if without != said {
			without = strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(without), "---"))
			data[kind], changed = without, true
		}
	}
	if !changed {
		return nil, false
	}
	var err error
	if fields["data"], err = json.Marshal(data); err != nil {
		return nil, false
	}
	content, err = json.Marshal(fields)
	return content, err == nil
}
