package kernels

import (
	"encoding/json"
	"slices"
	"sync"
)

// historySession numbers the only session there is: the history lives as long as its kernel.
const historySession = 1

// history holds the cells that were executed, in the order of their numbers.
type history struct {
	mu      sync.Mutex
	pending map[string]string // code by the ID of its request
	entries []historyEntry
}

type historyEntry struct {
	number int
	code   string
}

// historyRequest is the content of a history_request.
type historyRequest struct {
	Output  bool
	Type    string `json:"hist_access_type"`
	Session int
	Start   int
	Stop    *int
	N       int
	Pattern string
	Unique  bool
}

// asked notes an execute_request that is to be remembered.
func (h *history) asked(request message) {
	content := struct {
		Code         string
		Silent       bool
		StoreHistory bool `json:"store_history"`
	}{StoreHistory: true}
	if json.Unmarshal(request.Content, &content) != nil || content.Silent || !content.StoreHistory {
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.pending == nil {
		h.pending = map[string]string{}
	}
	h.pending[request.Header.ID] = content.Code
}

// answered enters the cell that an execute_reply belongs to, with its number.
func (h *history) answered(reply message) {
	var content struct {
		Number int `json:"execution_count"`
	}
	if json.Unmarshal(reply.Content, &content) != nil {
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	id := reply.parentID()
	if code, ok := h.pending[id]; ok {
		delete(h.pending, id)
		h.entries = append(h.entries, historyEntry{content.Number, code})
	}
}

// find returns [session, number, code] for every entry that is asked for. Where outputs are asked for, code is
// [code, null]: outputs are not kept.
func (h *history) find(asked historyRequest) [][3]any {
	h.mu.Lock()
	found := slices.Clone(h.entries)
	h.mu.Unlock()
	switch asked.Type {
	case "range":
		found = slices.DeleteFunc(found, func(e historyEntry) bool {
			return asked.Session > historySession || e.number < asked.Start || asked.Stop != nil && e.number >= *asked.Stop
		})
	case "search":
		pattern := []rune(asked.Pattern)
		found = slices.DeleteFunc(found, func(e historyEntry) bool {
			return !matches(pattern, []rune(e.code))
		})
		if asked.Unique {
			found = lastOfEach(found)
		}
	}
	if asked.Type != "range" && asked.N > 0 && len(found) > asked.N {
		found = found[len(found)-asked.N:]
	}
	result := make([][3]any, len(found))
	for i, e := range found {
		result[i] = [3]any{historySession, e.number, e.code}
		if asked.Output {
			result[i][2] = [2]any{e.code, nil}
		}
	}
	return result
}

// lastOfEach keeps the last entry of those with the same code.
func lastOfEach(entries []historyEntry) []historyEntry {
	seen := map[string]bool{}
	var kept []historyEntry
	for _, e := range slices.Backward(entries) {
		if !seen[e.code] {
			seen[e.code] = true
			kept = append(kept, e)
		}
	}
	slices.Reverse(kept)
	return kept
}

// maxPattern bounds the characters of a pattern: the search takes time for each of them with each of every cell.
const maxPattern = 1000

// matches tells whether the whole of a cell fits a pattern, in which * stands for any text and ? for any character.
// Other than in [path.Match], they stand for slashes and line ends too, and nothing else is special.
func matches(pattern, cell []rune) bool {
	if len(pattern) > maxPattern {
		return false
	}
	at, star, rest := 0, -1, 0 // star: the last * of the pattern; rest: the cell from where it stands for nothing more
	for i := 0; i < len(cell); {
		switch {
		case at < len(pattern) && pattern[at] == '*':
			star, rest = at, i
			at++
		case at < len(pattern) && (pattern[at] == '?' || pattern[at] == cell[i]):
			at++
			i++
		case star >= 0: // let the * take one character more
			rest++
			at, i = star+1, rest
		default:
			return false
		}
	}
	for at < len(pattern) && pattern[at] == '*' {
		at++
	}
	return at == len(pattern)
}
