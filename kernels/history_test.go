package kernels

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestHistoryFind(t *testing.T) {
	h := &history{entries: []historyEntry{{1, "a/1"}, {2, "b"}, {3, "a/1"}, {4, "a\n2"}}}
	three := 3
	for _, c := range []struct {
		name  string
		asked historyRequest
		want  []int
	}{
		{"tail", historyRequest{Type: "tail", N: 2}, []int{3, 4}},
		{"tail of more than there is", historyRequest{Type: "tail", N: 9}, []int{1, 2, 3, 4}},
		{"range", historyRequest{Type: "range", Session: historySession, Start: 2, Stop: &three}, []int{2}},
		{"range without end", historyRequest{Type: "range", Start: 3}, []int{3, 4}},
		{"range of another session", historyRequest{Type: "range", Session: 9}, []int{}},
		{"search over slashes and lines", historyRequest{Type: "search", Pattern: "a*"}, []int{1, 3, 4}},
		{"search for a whole cell", historyRequest{Type: "search", Pattern: "a"}, []int{}},
		{"search for one character", historyRequest{Type: "search", Pattern: "?"}, []int{2}},
		{"search, each once", historyRequest{Type: "search", Pattern: "a*", Unique: true}, []int{3, 4}},
		{"search, the last", historyRequest{Type: "search", Pattern: "a*", N: 1}, []int{4}},
		{"search, brackets mean nothing", historyRequest{Type: "search", Pattern: "[ab]"}, []int{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := []int{}
			for _, entry := range h.find(c.asked) {
				got = append(got, entry[1].(int))
			}
			assert.Equal(t, c.want, got)
		})
	}
	assert.Equal(t, [][3]any{{1, 4, [2]any{"a\n2", nil}}}, h.find(historyRequest{Type: "tail", N: 1, Output: true}))
}

func TestHistoryKeepsWhatAsksForIt(t *testing.T) {
	h := &history{}
	for _, content := range []map[string]any{
		{"code": "silent", "silent": true, "store_history": true},
		{"code": "not stored", "store_history": false},
		{"code": "stored", "store_history": true},
		{"code": "stored by default"},
	} {
		request, err := newMessage("execute_request", "s", nil, content)
		assert.NoError(t, err)
		h.asked(request)
		reply, err := newMessage("execute_reply", "s", &request.Header, map[string]any{"execution_count": 5})
		assert.NoError(t, err)
		h.answered(reply)
		h.answered(reply)
	}
	assert.Equal(t, []historyEntry{{5, "stored"}, {5, "stored by default"}}, h.entries)
}

func TestMatches(t *testing.T) {
	for _, test := range []struct {
		pattern, cell string
		want          bool
	}{
		{"", "", true}, {"", "a", false}, {"*", "", true}, {"*", "a/b\nc", true}, {"?", "", false}, {"?", "ö", true}, {"?", "ab", false},
		{"a*", "abc", true}, {"*c", "abc", true}, {"a*c", "abcbc", true}, {"a*b*c", "a1b2b3c", true}, {"a*b*c", "acb", false},
		{"*b", "abab", true}, {"*ab?", "aabab", false}, {"**a**", "xax", true}, {"a.c", "abc", false}, {"[a]", "a", false}, {"*\n*", "a\nb", true},
		{"*" + strings.Repeat("a*", 400), strings.Repeat("a", 400), true}, {"*" + strings.Repeat("a*", 401), strings.Repeat("a", 400), false},
		{strings.Repeat("*", maxPattern+1), "a", false},
	} {
		assert.Equal(t, test.want, matches([]rune(test.pattern), []rune(test.cell)), "%.20q on %.20q", test.pattern, test.cell)
	}
}
