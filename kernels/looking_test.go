package kernels

import (
	"context"
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/kernels/internal/cell"
)

func TestCompletionAndHelpAreAnsweredHere(t *testing.T) {
	p, env := buildable(t)
	session := &cell.Session{Imports: map[string]string{"greeting": p.Module + "/pkg/greeting"}}
	session.Exports = func(paths []string) map[string]string { return exportsOf(context.Background(), p, env, paths, 0) }
	c := &cells{session: session, typesOf: func(ctx context.Context, paths []string, priority int) map[string]string {
		return exportsOf(ctx, p, env, paths, priority)
	}}
	c.warmUp(p, env, nil)
	session.Exports = func([]string) map[string]string { t.Error("it is at hand"); return nil }
	ask := func(code string) any {
		content, err := json.Marshal(map[string]any{"code": code, "cursor_pos": len(code)})
		require.NoError(t, err)
		return c.complete(message{Header: header{Type: "complete_request"}, Content: content})
	}
	require.Equal(t, map[string]any{"status": "ok", "matches": []string{"Word"}, "cursor_start": 14, "cursor_end": 16, "metadata": map[string]any{}}, ask("x := greeting.Wo"))
	require.Nil(t, ask("x := greeting.Nothing"), "gopls may know more")
	require.Nil(t, (*cells)(nil).complete(message{}))
	content := json.RawMessage(`{"code": "x := greeting.Word + nothing", "cursor_pos": 17, "detail_level": 0}`)
	require.Equal(t, map[string]any{
		"status": "ok", "found": true, "metadata": map[string]any{},
		"data": map[string]any{"text/markdown": "```go\nconst greeting.Word untyped string = \"hello\"\n```", "text/plain": "const greeting.Word untyped string = \"hello\""},
	}, c.explain(message{Header: header{Type: "inspect_request"}, Content: content}))
	require.Nil(t, c.explain(message{Header: header{Type: "inspect_request"}, Content: json.RawMessage(`{"code": "nothing", "cursor_pos": 3}`)}), "gopls may know more")
	require.Nil(t, (*cells)(nil).explain(message{}))
}

func TestHelpHasNoLinksThatLeadNowhere(t *testing.T) {
	l := lookups{module: "example.com/unstuck"}
	content := func(text string) json.RawMessage {
		c, err := json.Marshal(map[string]any{"status": "ok", "found": true, "data": map[string]any{"text/markdown": text}})
		require.NoError(t, err)
		return c
	}
	got, changed := l.explained(message{Content: content("Adam, see [SGD](https://pkg.go.dev/example.com/unstuck/pkg/optim#SGD)\n\n[`optim.Adam` on pkg.go.dev](https://pkg.go.dev/example.com/unstuck/pkg/optim#Adam)")})
	require.True(t, changed)
	require.JSONEq(t, string(content("Adam, see SGD")), string(got))
	got, changed = l.explained(message{Content: content("Adam returns\n\n---\n\n[`optim.Adam` on pkg.go.dev](https://pkg.go.dev//home/a/unstuck@/pkg/optim#Adam)")})
	require.True(t, changed)
	require.JSONEq(t, string(content("Adam returns")), string(got))
	_, changed = l.explained(message{Content: content("[`math.Floor` on pkg.go.dev](https://pkg.go.dev/math#Floor)")})
	require.False(t, changed, "that page is there")
	_, changed = l.explained(message{Content: content("[a](https://pkg.go.dev/example.com/unstuckable)")})
	require.False(t, changed)
	_, changed = l.explained(message{Content: []byte(`{"data": 3}`)})
	require.False(t, changed)
}
