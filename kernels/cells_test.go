package kernels

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/unstuck/kernels/internal/cell"
)

// newTestCells returns the cells of a kernel that knows no packages, in whose folder GoNB has made program.
func newTestCells(t *testing.T, program string) *cells {
	c := &cells{folder: t.TempDir(), session: &cell.Session{}}
	write(t, filepath.Join(c.folder, "gonb_12ab", "main.go"), program)
	return c
}

// ask lets the kernel get a cell, and returns its request and what GoNB gets.
func ask(t *testing.T, c *cells, code string, number int) (message, string) {
	m, err := newMessage("execute_request", "client", nil, map[string]any{"code": code, "silent": false})
	require.NoError(t, err)
	content, changed := c.request(m)
	got := struct{ Code string }{code}
	if changed {
		require.NoError(t, json.Unmarshal(content, &got))
		assert.Contains(t, string(content), `"silent":false`, "the rest stays")
	}
	c.numbered(m.Header.ID, number)
	return m, got.Code
}

func TestCellsAreRewritten(t *testing.T) {
	c := newTestCells(t, "")
	_, code := ask(t, c, "fmt.Println(1)", 1)
	assert.Equal(t, "func main() { flag.Parse();\nfmt.Println(1)\n}", code)
	_, code = ask(t, c, "%%\nfmt.Println(1)", 2)
	assert.Equal(t, "%%\nfmt.Println(1)", code)
}

func TestComplaintsNameCellAndLine(t *testing.T) {
	c := newTestCells(t, "")
	earlier, _ := ask(t, c, "func f() {\n\tg()\n}", 3)
	c.answered(reply(t, earlier, map[string]any{"status": "ok"}))
	m, _ := ask(t, c, "\tx := 1\nfmt.Println(z)", 4)
	w, ok := c.complain(c.of(m.Header.ID), "# gonb_12ab\n./main.go:9:13: undefined: z\n./main.go:5:2: undefined: g\n\thave (a)\n", []string{
		"# gonb_12ab", "Cell[4]: Line 3\nfunc main() { flag.Parse();\nfmt.Println(z)\n            ^\n}\n\nundefined: z",
		"Cell[3]: Line 2\nfunc f() {\n\tg()\n ^\n}\n\nundefined: g", "\thave (a)", "",
	})
	require.True(t, ok)
	assert.Equal(t, "cell [3], line 2: undefined: g", w.value)
	assert.Equal(t, []string{
		red + "cell [3], line 2: undefined: g" + plain, "    \tg()", "    \t^", "\thave (a)",
		red + "cell [4], line 2: undefined: z" + plain, "    fmt.Println(z)", "                ^",
		nothingRan + "No cell that has run sets or declares g: run the one that does first.",
	}, w.lines)

	w, ok = c.complain(c.of(m.Header.ID), "# gonb_12ab\n./main.go:5:2: too few values in struct literal of type Point\n", []string{
		"# gonb_12ab", "Cell[3]: Line 2\nfunc f() {\n\tg()\n ^\n}\n\ntoo few values in struct literal of type Point", "",
	})
	require.True(t, ok)
	assert.Equal(t, nothingRan+"That is a line of cell [3], which this one goes on from: mend and run that cell, or begin anew with %reset.", w.lines[len(w.lines)-1])

	w, ok = c.complain(c.of(m.Header.ID), "# gonb_12ab\n../pkg/fit/fit.go:3:1: syntax error\n", nil)
	require.True(t, ok)
	assert.Equal(t, "../pkg/fit/fit.go:3:1: syntax error\n", w.value)

	_, ok = c.complain(c.of(m.Header.ID), "`%cd`: it takes none or one argument", nil)
	assert.False(t, ok, "GoNB's own words about its commands stay")
}

func TestWhatTheKernelHasAddedIsLeftOut(t *testing.T) {
	got := sorted([]problem{
		{message: "undefined: x", cell: 1}, {message: "undefined: x", cell: 1, line: 3}, {message: "undefined: x", cell: 1, line: 3}, {message: "odd", cell: 1},
	})
	require.Len(t, got, 2)
	assert.Equal(t, "cell [1]: odd", got[0].headline())
	assert.Equal(t, "cell [1], line 3: undefined: x", got[1].headline())
}

func TestEndings(t *testing.T) {
	c := newTestCells(t, "")
	m, _ := ask(t, c, "f()", 1)
	for said, want := range map[string]string{
		"exit status 1": "The cell stopped (exit status 1).", "exit status 3": "exit status 3", "signal: interrupt": "The cell was interrupted.",
		"signal: killed": "The cell was killed.", "signal: segmentation fault (core dumped)": "by a signal: segmentation fault.",
	} {
		w, ok := c.complain(c.of(m.Header.ID), said, []string{said})
		require.True(t, ok, said)
		assert.Contains(t, w.value, want)
		assert.True(t, strings.HasSuffix(w.lines[len(w.lines)-1], "."), said)
	}
	_, keep := c.trace(c.of(m.Header.ID), "exit status 2\n")
	assert.False(t, keep, "the error says it")
	said, keep := c.trace(c.of(m.Header.ID), "the child had exit status 2\n")
	assert.True(t, keep)
	assert.Equal(t, "the child had exit status 2\n", said)
}

// A cell that waits for ever can only be interrupted; what Go would have said of it stands there then.
func TestADeadlockIsExplained(t *testing.T) {
	for code, explained := range map[string]bool{"ch := make(chan int)\n<-ch": true, "var w sync.WaitGroup\nw.Add(1)\nw.Wait()": true, "for {\n}": false} {
		c := newTestCells(t, "")
		m, _ := ask(t, c, code, 1)
		w, ok := c.complain(c.of(m.Header.ID), "signal: interrupt", nil)
		require.True(t, ok)
		assert.Equal(t, explained, strings.Contains(strings.Join(w.lines, " "), "all goroutines are asleep"), code)
	}
}

func TestTraces(t *testing.T) {
	c := newTestCells(t, "package main\n\nfunc f() {\n\tpanic(1)\n}\n\nfunc main() { flag.Parse();\nf()\n}\n")
	earlier, _ := ask(t, c, "\nfunc f() {\n\tpanic(1)\n}", 1)
	c.answered(reply(t, earlier, map[string]any{"status": "ok"}))
	m, _ := ask(t, c, "// call\nf()", 2)
	said, keep := c.trace(c.of(m.Header.ID), "panic: 1\n\ngoroutine 1 [running]:\nmain.f(...)\n\t/tmp/unstuck-1/gonb_12ab/main.go:4\nmain.main()\n"+
		"\t \x1b[7m[[ Cell [2] Line 3 ]]\x1b[0m /tmp/unstuck-1/gonb_12ab/main.go:8 +0x1d\n")
	assert.True(t, keep)
	assert.Equal(t, "panic: 1\n\ngoroutine 1 [running]:\nmain.f(...)\n\tcell [1], line 3\nmain.main()\n\tcell [2], line 2\n", said)
	w, _ := c.complain(c.of(m.Header.ID), "exit status 2", []string{"exit status 2"})
	assert.Equal(t, "cell [1], line 3: panic: 1", w.value)
}

func TestAMarkOfACutLineNumber(t *testing.T) {
	c := newTestCells(t, "package main\n\nimport \"fmt\"\n\n\n\n\n\n\nfunc main() {\n\tflag.Parse()\nfmt.Print(1)\npanic(1)\n}\n")
	m, _ := ask(t, c, "%%\nfmt.Print(1)\npanic(1)", 7)
	for _, mark := range []string{"", " \x1b[7m[[ Cell Line 1 ]]\x1b[0m ", " \x1b[7m[[ Cell [7] Line 1 ]]\x1b[0m ", " \x1b[7m[[ Cell [7] Line 3 ]]\x1b[0m "} {
		said, _ := c.trace(c.of(m.Header.ID), "panic: 1\n\ngoroutine 1 [running]:\nmain.main()\n\t"+mark+"/tmp/unstuck-1/gonb_12ab/main.go:13 +0x1d\n")
		assert.Equal(t, "panic: 1\n\ngoroutine 1 [running]:\nmain.main()\n\tcell [7], line 3\n", said, "%q", mark)
	}
}

func TestTracesComeInPieces(t *testing.T) {
	h := held{}
	said := ""
	for _, piece := range []string{"working…", "panic: ", "1\n\ngor", "outine 1", ":\n\t/tmp/gonb_1/ma", "in.go:4\nend"} {
		said += h.add("a", piece, nil)
	}
	assert.Equal(t, "working…panic: 1\n\ngoroutine 1:\n\t/tmp/gonb_1/main.go:4\n", said)
	rest, _ := h.rest("a")
	assert.Equal(t, "end", rest)
	assert.Equal(t, "50 %", h.add("b", "50 %", nil), "a line that grows is shown as it does")
}

func TestOutputIsInTheCellsWords(t *testing.T) {
	c := newTestCells(t, "")
	s := &shell{key: testKey, cells: c}
	m, _ := ask(t, c, "x := 1\nx", 5)
	for _, said := range []struct {
		kind    string
		content map[string]any
		want    string
	}{
		{"execute_input", map[string]any{"code": "func main() {…", "execution_count": 5}, `{"code": "x := 1\nx", "execution_count": 5}`},
		{"stream", map[string]any{"name": "stdout", "text": "exit status 1\n"}, `{"name": "stdout", "text": "exit status 1\n"}`},
		{"error", map[string]any{"ename": "ERROR", "evalue": "signal: killed", "traceback": []string{"signal: killed"}}, ""},
	} {
		got := s.output(held{}, encoded(t, reply(t, m, said.content), said.kind))
		require.Len(t, got, 1)
		passed, ok := s.parse(got[0])
		require.True(t, ok, "signed anew")
		if said.want != "" {
			assert.JSONEq(t, said.want, string(passed.Content))
		} else {
			assert.Contains(t, string(passed.Content), "The cell was killed.")
		}
	}
	assert.Empty(t, s.output(held{}, encoded(t, reply(t, m, map[string]any{"name": "stderr", "text": "signal: killed\n"}), "stream")))
	assert.Len(t, s.output(held{}, []frame{{body: []byte("topic")}}), 1, "what can't be read is passed on")
}

func TestLookupsMoveThePlace(t *testing.T) {
	var l lookups
	code := "x := 1\nmath.Hypo"
	m, err := newMessage("complete_request", "client", nil, map[string]any{"code": code, "cursor_pos": len(code)})
	require.NoError(t, err)
	content, changed := l.request(m)
	require.True(t, changed)
	var asked struct {
		Code string
		At   int `json:"cursor_pos"`
	}
	require.NoError(t, json.Unmarshal(content, &asked))
	assert.Equal(t, "math.Hypo", asked.Code[asked.At-9:asked.At])
	content, changed = l.answered(reply(t, m, map[string]any{"matches": []string{"Hypot"}, "cursor_start": asked.At - 4, "cursor_end": asked.At}))
	require.True(t, changed)
	assert.JSONEq(t, `{"matches": ["Hypot"], "cursor_start": 12, "cursor_end": 16}`, string(content))

	m, err = newMessage("complete_request", "client", nil, map[string]any{"code": "%%\nmath.Hypo", "cursor_pos": 12})
	require.NoError(t, err)
	_, changed = l.request(m)
	assert.False(t, changed, "upstream's way is GoNB's own")
}

func reply(t *testing.T, to message, content any) message {
	m, err := newMessage("execute_reply", "kernel", &to.Header, content)
	require.NoError(t, err)
	return m
}

func encoded(t *testing.T, m message, kind string) []frame {
	m.Header.Type = kind
	parts, err := m.frames(testKey)
	require.NoError(t, err)
	return messageFrames(parts)
}
